// The classification of occupations: `a-bb-cc-dd`, zeros for what a wider level leaves open.
import { codeListOf, type CodeListFile, type CodeRow } from './code-list.js';
import { filled, matching, readCsv, type CsvRow } from './csv.js';

const columns = ['level', 'code', 'name'] as const;
const LOWEST = 4;

/** Columns level (1 to 4), code, name. Only the lowest level can be named by a position, also where its code ends in 00. */
export function readOccupations(csv: string): CodeListFile {
  return codeListOf(readCsv(csv, columns).map(rowOf));
}

function rowOf(row: CsvRow<(typeof columns)[number]>): CodeRow {
  const level = Number(matching(row, 'level', /^[1-4]$/, 'level from 1 to 4'));
  const code = matching(row, 'code', /^\d-\d\d-\d\d-\d\d$/, 'occupation code (like 1-02-03-04)');
  return { line: row.line, code, name: unflagged(filled(row, 'name')), level, leaf: level === LOWEST, parents: wider(code) };
}

/** L: green, S: digital. The classification prints the flags behind the name. */
function unflagged(name: string): string {
  return name.replace(/\s*(?:L\/S|S\/L|L|S)$/, '');
}

/** `1-02-03-04` to `1-02-03-00`, `1-02-00-00`, `1-00-00-00`. */
function wider(code: string): string[] {
  const parts = code.split('-');
  const cut = (kept: number) => parts.map((part, n) => (n < kept ? part : '00')).join('-');
  return [3, 2, 1].map(cut).filter((candidate) => candidate !== code);
}
