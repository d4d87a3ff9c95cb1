// A CSV file as rows of named cells, or a refusal that says which line to mend. All of a file is read or nothing.
import { CsvError, parse } from 'csv-parse/sync';

const MAX_BYTES = 16 * 1024 * 1024;
const MAX_ROWS = 50_000;
const MAX_COLUMNS = 64;
const MAX_RECORD = 64 * 1024;
const MAX_NAME = 200;

export type FileProblem =
  | 'too_big' | 'not_text' | 'not_utf8' | 'empty' | 'missing_column' | 'repeated_column' | 'too_many_columns' | 'too_many_rows'
  | 'unclosed_quote' | 'stray_quote' | 'wrong_width' | 'too_long' | 'unprintable' | 'bad_value';

/** The file as a whole is refused; `line` and `column` say where, as far as there is such a place. */
export class FileRefused extends Error {
  constructor(
    readonly problem: FileProblem,
    readonly detail: string,
    readonly place: { readonly line?: number; readonly column?: string } = {},
  ) {
    super([place.line && `line ${place.line}`, place.column && `column ${place.column}`, detail].filter(Boolean).join(', '));
    this.name = 'FileRefused';
  }
}

/** UTF-8 or nothing: a guess at another encoding can be wrong without a sign of it (C4 A3 is text in UTF-8 and in GB 18030). */
export function textOf(bytes: Uint8Array): string {
  if (bytes.length > MAX_BYTES) throw new FileRefused('too_big', `the file has more than ${MAX_BYTES / 1024 / 1024} MiB`);
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) throw new FileRefused('not_text', 'the file is a workbook or an archive; save it as CSV in UTF-8');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new FileRefused('not_utf8', 'the file is not UTF-8; save it as CSV in UTF-8');
  }
}

export interface CsvRow<Column extends string> {
  readonly line: number;
  readonly cells: Readonly<Record<Column, string>>;
}

/** Rows with at least these columns; others are left out. A mark at the start, CR LF and blank lines are harmless. */
export function readCsv<Column extends string>(csv: string, columns: readonly Column[]): CsvRow<Column>[] {
  const [header, ...records] = parsed(csv);
  if (!header) throw new FileRefused('empty', 'the file has no header');
  const places = placesOf(header.cells.map((name) => name.trim()), columns);
  if (records.length === 0) throw new FileRefused('empty', 'the file has no row below its header');
  if (records.length > MAX_ROWS) throw new FileRefused('too_many_rows', `the file has more than ${MAX_ROWS} rows`);
  return records.map(({ line, cells }) => {
    const named = columns.map((column, n) => [column, clean(cells[places[n] ?? -1] ?? '', { line, column })]);
    return { line, cells: Object.fromEntries(named) as Record<Column, string> };
  });
}

function placesOf<Column extends string>(header: readonly string[], columns: readonly Column[]): number[] {
  if (header.length > MAX_COLUMNS) throw new FileRefused('too_many_columns', `the file has more than ${MAX_COLUMNS} columns`, { line: 1 });
  return columns.map((column) => {
    const place = header.indexOf(column);
    if (place < 0) throw new FileRefused('missing_column', `is missing; the header has ${header.join(', ')}`, { line: 1, column });
    if (header.includes(column, place + 1)) throw new FileRefused('repeated_column', 'stands in the header twice', { line: 1, column });
    return place;
  });
}

function parsed(csv: string): { line: number; cells: string[] }[] {
  try {
    // One kind of line end first: the parser counts a CR LF inside quotes as two lines.
    const options = { bom: true, info: true, skip_empty_lines: true, record_delimiter: '\n', max_record_size: MAX_RECORD } as const;
    const records = parse(csv.replace(/\r\n?/g, '\n'), options) as unknown as { record: string[]; info: { lines: number } }[];
    return records.map(({ record, info }) => ({ line: info.lines - newlines(record), cells: record }));
  } catch (error) {
    throw error instanceof CsvError ? refusedBy(error) : error;
  }
}

function newlines(cells: readonly string[]): number {
  return cells.reduce((count, cell) => count + cell.split('\n').length - 1, 0);
}

const problems: Partial<Record<CsvError['code'], readonly [FileProblem, string]>> = {
  CSV_QUOTE_NOT_CLOSED: ['unclosed_quote', 'a quote is opened and not closed'],
  CSV_RECORD_INCONSISTENT_FIELDS_LENGTH: ['wrong_width', 'the row has more or fewer cells than the header'],
  CSV_MAX_RECORD_SIZE: ['too_long', `the row has more than ${MAX_RECORD} characters`],
};

function refusedBy(error: CsvError): FileRefused {
  const [problem, detail] = problems[error.code] ?? ['stray_quote', 'a quote stands where none may be'];
  const line = (error as unknown as { lines?: number }).lines;
  return new FileRefused(problem, detail, line === undefined ? {} : { line });
}

const unprintable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/;

/** One line, without the spaces that a typesetter left between Chinese characters. */
function clean(cell: string, place: { line: number; column: string }): string {
  if (unprintable.test(cell)) throw new FileRefused('unprintable', 'a control or invisible character', place);
  const text = cell.trim().replace(/\s+/g, ' ').replace(/(?<=[\u3001-\u9fff]) (?=[\u3001-\u9fff])/g, '');
  if (text.length > MAX_NAME) throw new FileRefused('too_long', `the cell has more than ${MAX_NAME} characters`, place);
  return text;
}

/** The cell, which must look like this. */
export function matching<Column extends string>({ line, cells }: CsvRow<Column>, column: Column, pattern: RegExp, what: string): string {
  const value = cells[column];
  if (!pattern.test(value)) throw new FileRefused('bad_value', `${JSON.stringify(value.slice(0, 40))} is no ${what}`, { line, column });
  return value;
}

export function filled<Column extends string>(row: CsvRow<Column>, column: Column): string {
  return matching(row, column, /./u, 'name');
}
