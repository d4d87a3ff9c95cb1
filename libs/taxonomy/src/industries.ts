// GB/T 4754: section (a letter), then two, three and four digits.
import { codeListOf, type CodeListFile, type CodeRow } from './code-list.js';
import { filled, matching, readCsv, type CsvRow } from './csv.js';

const columns = ['code', 'name', 'parent', 'level'] as const;
const levels = ['门类', '大类', '中类', '小类'];

/** Columns code, name, parent, level (门类, 大类, 中类 or 小类, which alone is the lowest). */
export function readIndustries(csv: string): CodeListFile {
  return codeListOf(readCsv(csv, columns).map(rowOf));
}

function rowOf(row: CsvRow<(typeof columns)[number]>): CodeRow {
  const level = 1 + levels.indexOf(matching(row, 'level', new RegExp(`^(?:${levels.join('|')})$`), `level (${levels.join(', ')})`));
  const code = matching(row, 'code', level === 1 ? /^[A-Z]$/ : /^\d{2,4}$/, 'industry code of its level');
  const parent = level === 1 ? '' : matching(row, 'parent', /^(?:[A-Z]|\d{2,4})$/, 'industry code');
  // A section's letter says nothing of the digits below it.
  const stem = level > 2 ? { stem: code } : {};
  return { line: row.line, code, name: filled(row, 'name'), level, leaf: level === levels.length, parents: parent === '' ? [] : [parent], ...stem };
}
