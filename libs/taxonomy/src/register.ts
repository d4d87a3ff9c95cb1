// A register of what colleges teach, and of the colleges: rows with a code are read, every other one is told with its line.
import { FileRefused } from './csv.js';
import { headerOf, rowsOf, type Problem, type RawRow } from './rows.js';

export interface RegisteredCollege {
  readonly line: number;
  readonly code: string;
  readonly name: string;
  /** GB/T 2260 of the province. */
  readonly region: string;
}
export interface RegisteredOffering {
  readonly line: number;
  readonly college: string;
  readonly code: string;
  readonly years: number;
}
export interface Read<Row> {
  readonly rows: number;
  readonly good: readonly Row[];
  readonly problems: readonly Problem[];
}

const schoolCode = /^[0-9A-Za-z_.-]{1,32}$/;
const unprintable = /[\u0000-\u001f\u007f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffd]/;

/** What the register names as a province, and GB/T 2260 holds in another one. */
const within: Readonly<Record<string, string>> = { 新疆生产建设兵团: '65' };

/** Columns school_code, school_name, province, province_code_gbt2260; of a code twice the first row counts. */
export function readColleges(csv: string): Read<RegisteredCollege> {
  const columns = ['school_code', 'school_name', 'province', 'province_code_gbt2260'] as const;
  const seen = new Set<string>();
  return read(csv, columns, (line, cells): RegisteredCollege | Problem => {
    const { school_code: code, school_name: name, province: named, province_code_gbt2260: numbered } = cells;
    const province = numbered || (within[named] ?? '');
    if (code === '') return { line, column: 'school_code', problem: 'no_college_code' };
    if (!schoolCode.test(code)) return { line, column: 'school_code', problem: 'bad_value' };
    if (name === '' || name.length > 120) return { line, column: 'school_name', problem: name === '' ? 'missing' : 'too_long' };
    if (!/^[1-9]\d(?:\d\d){0,2}$/.test(province)) return { line, column: 'province_code_gbt2260', problem: 'bad_value' };
    if (seen.has(code)) return { line, column: 'school_code', problem: 'repeated' };
    seen.add(code);
    return { line, code, name, region: province.padEnd(6, '0') };
  });
}

/** Columns school_code, major_code, years; the same program of a college twice is told. */
export function readOfferings(csv: string): Read<RegisteredOffering> {
  const columns = ['school_code', 'major_code', 'years'] as const;
  const seen = new Set<string>();
  return read(csv, columns, (line, { school_code: college, major_code: code, years }): RegisteredOffering | Problem => {
    if (college === '') return { line, column: 'school_code', problem: 'no_college_code' };
    if (!schoolCode.test(college)) return { line, column: 'school_code', problem: 'bad_value' };
    if (!/^\d{6}[A-Z]{0,2}$/.test(code)) return { line, column: 'major_code', problem: 'bad_value' };
    if (!/^[1-8]$/.test(years)) return { line, column: 'years', problem: 'bad_value' };
    const key = `${college} ${code} ${years}`;
    if (seen.has(key)) return { line, problem: 'repeated' };
    seen.add(key);
    return { line, college, code, years: Number(years) };
  });
}

/** 中职, 高职专科 or 职业本科, as the first digit of a code of the directory of 2021 says. */
export function levelOfMajor(code: string): 'secondary' | 'higher' | 'bachelor' {
  const [first = ''] = code;
  if (first >= '6') return 'secondary';
  return first >= '4' ? 'higher' : 'bachelor';
}

function read<Row extends object, Column extends string>(csv: string, columns: readonly Column[], take: (line: number, cells: Record<Column, string>) => Row | Problem): Read<Row> {
  const rows = rowsOf(csv);
  const first = rows.next() as IteratorResult<RawRow, undefined>;
  if (first.done) throw new FileRefused('empty', 'the file has no header');
  const { places, width } = headerOf(first.value.cells, Object.fromEntries(columns.map((column) => [column, column])) as Record<string, Column>, columns);
  const good: Row[] = [];
  const problems: Problem[] = [];
  for (const { line, cells } of rows) {
    const taken = cells.length === width ? cellsOf(line, columns, cells, places) : { line, problem: 'wrong_width' };
    const row = 'problem' in taken ? (taken as Problem) : take(line, taken as Record<Column, string>);
    if ('problem' in row) problems.push(row as Problem);
    else good.push(row as Row);
  }
  if (good.length + problems.length === 0) throw new FileRefused('empty', 'the file has no row below its header');
  return { rows: good.length + problems.length, good, problems };
}

function cellsOf<Column extends string>(line: number, columns: readonly Column[], cells: readonly string[], places: Readonly<Partial<Record<Column, number>>>): Record<Column, string> | Problem {
  const named = {} as Record<Column, string>;
  for (const column of columns) {
    const value = (cells[places[column] ?? -1] ?? '').trim();
    if (unprintable.test(value)) return { line, column, problem: 'unprintable' };
    if (value !== '' && '=+-@'.includes(value[0] ?? ' ')) return { line, column, problem: 'formula' };
    named[column] = value;
  }
  return named;
}
