// A large CSV file as rows, one after the other, of which a bad one is told and the others are read.
import { FileRefused } from './csv.js';

export interface RawRow {
  /** As an editor counts: of a row over several lines the first. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** Characters of a quoted row: more is a quote that somebody forgot to close. */
const MAX_RECORD = 64 * 1024;
const QUOTE = '"';

/** Blank lines are left out. A quote that is never closed, or text behind one, refuses the file: nobody knows where the row ends. */
export function* rowsOf(csv: string): Generator<RawRow> {
  const text = csv.includes('\r') ? csv.replace(/\r\n?/g, '\n') : csv;
  let line = 1;
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    const plain = text.slice(at, end);
    if (!plain.includes(QUOTE)) {
      if (plain !== '') yield { line, cells: plain.split(',') };
      at = end + 1;
      line += 1;
    } else {
      const row = quoted(text, at, line);
      yield { line, cells: row.cells };
      at = row.next;
      line += row.lines;
    }
  }
}

interface QuotedRow {
  readonly cells: string[];
  readonly next: number;
  readonly lines: number;
}

function quoted(text: string, start: number, line: number): QuotedRow {
  const cells: string[] = [];
  let at = start;
  let lines = 1;
  for (;;) {
    const cell = text[at] === QUOTE ? quotedCell(text, at, line) : plainCell(text, at, line);
    if (cell.end - start > MAX_RECORD) throw new FileRefused('too_long', `the row has more than ${MAX_RECORD} characters`, { line });
    cells.push(cell.value);
    lines += newlines(cell.value);
    at = cell.end + 1;
    if (cell.end >= text.length || text[cell.end] === '\n') return { cells, next: at, lines };
  }
}

interface Cell {
  readonly value: string;
  /** Of the comma or line end behind it. */
  readonly end: number;
}

function plainCell(text: string, start: number, line: number): Cell {
  const comma = text.indexOf(',', start);
  const newline = text.indexOf('\n', start);
  const end = Math.min(comma < 0 ? text.length : comma, newline < 0 ? text.length : newline);
  const value = text.slice(start, end);
  if (value.includes(QUOTE)) throw new FileRefused('stray_quote', 'a quote stands where none may be', { line });
  return { value, end };
}

function quotedCell(text: string, start: number, line: number): Cell {
  let value = '';
  for (let at = start + 1; ; ) {
    const quote = text.indexOf(QUOTE, at);
    if (quote < 0) throw new FileRefused('unclosed_quote', 'a quote is opened and not closed', { line });
    if (quote - start > MAX_RECORD) throw new FileRefused('unclosed_quote', `a quote is opened and not closed within ${MAX_RECORD} characters`, { line });
    value += text.slice(at, quote);
    const next = text[quote + 1];
    if (next === undefined || next === ',' || next === '\n') return { value, end: quote + 1 };
    if (next !== QUOTE) throw new FileRefused('stray_quote', 'text stands behind a closing quote', { line });
    value += QUOTE;
    at = quote + 2;
  }
}

function newlines(value: string): number {
  return value.split('\n').length - 1;
}

export interface Problem {
  readonly line: number;
  /** Absent where the whole row is meant. */
  readonly column?: string;
  /** A code; what the cell holds is never told. */
  readonly problem: string;
}

export interface Header<Column extends string> {
  readonly places: Readonly<Partial<Record<Column, number>>>;
  readonly width: number;
  /** Names of columns that nobody asked for. */
  readonly ignored: readonly string[];
}

/** Where the known columns stand, by any of their names; a column twice or a needed one missing refuses the file. */
export function headerOf<Column extends string>(cells: readonly string[], names: Readonly<Record<string, Column>>, needed: readonly Column[]): Header<Column> {
  const places: Partial<Record<Column, number>> = {};
  const ignored: string[] = [];
  cells.map((cell) => cell.replace(/^\ufeff/, '').trim()).forEach((name, place) => {
    const column = Object.hasOwn(names, name) ? names[name] : undefined;
    if (column === undefined) ignored.push(name);
    else if (places[column] !== undefined) throw new FileRefused('repeated_column', 'stands in the header twice', { line: 1, column });
    else places[column] = place;
  });
  const missing = needed.find((column) => places[column] === undefined);
  if (missing !== undefined) throw new FileRefused('missing_column', `is missing; the header has ${cells.slice(0, 20).map((cell) => cell.slice(0, 40)).join(', ')}`, { line: 1, column: missing });
  return { places, width: cells.length, ignored };
}
