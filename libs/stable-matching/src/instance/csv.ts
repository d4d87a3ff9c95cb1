// A folder of CSV files as the JSON of an instance. Reads text only: who has the files, opens them.
import { CsvError, parse } from 'csv-parse/sync';
import { Refused } from './instance.js';
import type { Problem } from './problems.js';

/** Each row with the cells of these columns, in this order; a column that the header lacks gives empty cells if it is optional. */
export interface Columns {
  readonly file: string;
  readonly required: readonly string[];
  readonly optional?: readonly string[];
}

export type OnRow = (cells: readonly string[], line: number) => void;

/** Refused: no header, a column missing, a quote out of place. A row with too few or too many cells is a problem and left out; blank lines are harmless. */
export function eachRow(text: string, columns: Columns, onRow: OnRow): Problem[] {
  const problems: Problem[] = [];
  let places: readonly number[] | null = null;
  let width = 0;
  const take = (cells: readonly string[], line: number): void => {
    if (!places) {
      places = placesOf(cells, columns);
      width = cells.length;
      return;
    }
    if (cells.length === 1 && cells[0] === '') return;
    if (cells.length > width || columns.required.some((_, n) => cells[places![n]!] === undefined)) problems.push({ code: 'malformed', file: columns.file, line });
    else onRow(places.map((place) => cells[place] ?? ''), line);
  };
  if (text.includes('"')) parsed(text, columns.file, take);
  else split(text, take);
  if (!places) throw new Refused('instance.unreadable', { file: columns.file, expected: columns.required });
  return problems;
}

function placesOf(header: readonly string[], { file, required, optional = [] }: Columns): number[] {
  const names = header.map((name) => name.trim());
  const missing = required.find((name) => !names.includes(name));
  if (missing) throw new Refused('instance.unreadable', { file, column: missing });
  return [...required, ...optional].map((name) => names.indexOf(name));
}

/** Without a quote a line end always ends a row and a comma a cell: ten times faster than a parser. */
function split(text: string, take: OnRow): void {
  let from = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  for (let line = 1; from < text.length; line += 1) {
    const found = text.indexOf('\n', from);
    const end = found < 0 ? text.length : found;
    const withoutReturn = end > from && text.charCodeAt(end - 1) === 0x0d ? end - 1 : end;
    take(text.slice(from, withoutReturn).split(','), line);
    from = end + 1;
  }
}

function parsed(text: string, file: string, take: OnRow): void {
  try {
    const records = parse(text.replace(/\r\n?/g, '\n'), { bom: true, info: true, relax_column_count: true, skip_empty_lines: true, record_delimiter: '\n' }) as unknown as { record: string[]; info: { lines: number } }[];
    for (const { record, info } of records) take(record, info.lines);
  } catch (error) {
    if (error instanceof CsvError) throw new Refused('instance.unreadable', { file, problem: error.code });
    throw error;
  }
}

export function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
