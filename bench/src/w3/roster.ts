// Invented students as an office would export them: Chinese header, numbers of an invented region with right check characters.
import { writeFileSync } from 'node:fs';
import { idCheckCharacter } from '@tandem/taxonomy';

const HEADER = '学号,姓名,身份证号,手机,监护人,监护人手机,出生日期,专业代码,学制,入学年份,班级,行政区划';
export const CLASSES = 50;
/** Days of birth differ, so that 50,000 numbers of one region do. */
const DAYS = 28;

export function writeRoster(file: string, students: number, seed: number): void {
  const rows = Array.from({ length: students }, (_, n) => row(n, seed));
  writeFileSync(file, `${[HEADER, ...rows].join('\n')}\n`, { mode: 0o644 });
}

function row(n: number, seed: number): string {
  const [day, month, year] = [1 + (n % DAYS), 1 + (Math.floor(n / DAYS) % 12), 2006 + (Math.floor(n / (DAYS * 12)) % 3)];
  const born = [String(year), two(month), two(day)];
  const digits = `9901${two(1 + (Math.floor(n / 1_000) % 99))}${born.join('')}${String(n % 1_000).padStart(3, '0')}`;
  const phone = (head: string): string => `${head}${String(n).padStart(8, '0')}`;
  const person = `样例学生${n.toString(36)}（虚构）`;
  return [`W${seed}-${n}`, person, digits + idCheckCharacter(digits), phone('139'), '样例家长（虚构）', phone('138'), born.join('-'), '990101', '3', '2025', `样例${1 + (n % CLASSES)}班`, '990101'].join(',');
}

function two(n: number): string {
  return String(n).padStart(2, '0');
}
