// A college's roster as it comes out of an office: students row by row, and every row that is not as it should be with line, column and reason.
import { FileRefused } from './csv.js';
import { bornOnOf, idNumberProblem, isCalendarDay } from './id-number.js';
import { isRegionCode } from './regions.js';
import { headerOf, rowsOf, type Header, type Problem } from './rows.js';

export const rosterColumns = ['roll_no', 'name', 'id_number', 'phone', 'guardian_name', 'guardian_phone', 'born_on', 'program_code', 'program_years', 'entry_year', 'class', 'region'] as const;
export type RosterColumn = (typeof rosterColumns)[number];
const chinese = ['学号', '姓名', '身份证号', '手机', '监护人', '监护人手机', '出生日期', '专业代码', '学制', '入学年份', '班级', '行政区划'] as const;
const names = Object.fromEntries(rosterColumns.flatMap((column, n) => [[column, column], [chinese[n] ?? column, column]])) as Record<string, RosterColumn>;
const needed = ['roll_no', 'name', 'program_code', 'program_years', 'region'] as const;

export interface RosterRow {
  readonly line: number;
  /** Empty where the file says nothing. */
  readonly cells: Readonly<Record<RosterColumn, string>>;
}

export interface Roster {
  /** Below the header, good or bad. */
  readonly rows: number;
  readonly good: readonly RosterRow[];
  readonly problems: readonly Problem[];
  readonly ignored: readonly string[];
}

const MAX_ROWS = 100_000;
const MAX_PROBLEMS = 10_000;

interface Rule {
  readonly pattern: RegExp;
  readonly max: number;
}
const phone: Rule = { pattern: /^\+?\d{7,15}$/, max: 16 };
const person: Rule = { pattern: /\S/, max: 60 };
/** Of a cell that is filled. */
const rules: Readonly<Record<RosterColumn, Rule>> = {
  roll_no: { pattern: /^[0-9A-Za-z_.-]+$/, max: 40 },
  name: person,
  id_number: { pattern: /^\d{17}[\dXx]$/, max: 18 },
  phone,
  guardian_name: person,
  guardian_phone: phone,
  born_on: { pattern: /^\d{4}-\d{2}-\d{2}$/, max: 10 },
  program_code: { pattern: /^\d{6}[A-Z]{0,2}$/, max: 8 },
  program_years: { pattern: /^[1-8]$/, max: 1 },
  entry_year: { pattern: /^(?:19|20)\d\d$/, max: 4 },
  class: person,
  region: { pattern: /^[1-9]\d{5}$/, max: 6 },
};
/** A file without any is not looked at cell by cell. */
const unprintable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffd]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** A row with any problem is left out; of the same roll number or person twice the first row counts. */
export function readRoster(csv: string): Roster {
  const rows = rowsOf(csv);
  const first = rows.next();
  if (first.done) throw new FileRefused('empty', 'the file has no header');
  const header = headerOf<RosterColumn>(first.value.cells, names, needed);
  if (header.places.id_number === undefined && header.places.born_on === undefined) throw new FileRefused('missing_column', 'is missing, and born_on too', { line: 1, column: 'id_number' });
  const reading = new Reading(header, unprintable.test(csv) || csv.includes('\t'));
  let count = 0;
  for (const { line, cells } of rows) {
    count += 1;
    if (count > MAX_ROWS) throw new FileRefused('too_many_rows', `the file has more than ${MAX_ROWS} rows`);
    reading.take(line, cells);
  }
  if (count === 0) throw new FileRefused('empty', 'the file has no row below its header');
  return { rows: count, good: reading.good, problems: reading.problems, ignored: header.ignored };
}

interface Column {
  readonly column: RosterColumn;
  readonly place: number;
  readonly isNeeded: boolean;
  /** The last cell without a problem. */
  last: string;
}

class Reading {
  readonly good: RosterRow[] = [];
  readonly problems: Problem[] = [];
  private readonly rollNos = new Set<string>();
  private readonly people = new Set<string>();
  private readonly columns: readonly Column[];

  constructor(
    private readonly header: Header<RosterColumn>,
    private readonly isSuspect: boolean,
  ) {
    this.columns = rosterColumns.map((column) => ({ column, place: header.places[column] ?? -1, isNeeded: (needed as readonly string[]).includes(column), last: '' }));
  }

  take(line: number, raw: readonly string[]): void {
    if (raw.length !== this.header.width) return this.tell({ line, problem: 'wrong_width' });
    const before = this.problems.length;
    const cells = {} as Record<RosterColumn, string>;
    for (const at of this.columns) {
      const { column } = at;
      const cell = at.place < 0 ? '' : (raw[at.place] as string);
      const value = column === 'id_number' ? cell.trim().toUpperCase() : cell.trim();
      cells[column] = value;
      const problem = this.problemIn(at, cell, value);
      if (problem !== null) this.tell({ line, column, problem });
    }
    if (this.problems.length === before) this.together(line, cells);
    if (this.problems.length === before) this.good.push({ line, cells });
  }

  private problemIn(at: Column, cell: string, value: string): string | null {
    if (value === '') return at.isNeeded ? 'missing' : null;
    // What the row above has, most often, in half of the columns.
    if (cell === at.last) return null;
    if (this.unprintableIn(cell)) return 'unprintable';
    const problem = problemOf(at.column, value);
    if (problem === null) at.last = cell;
    return problem;
  }

  private unprintableIn(cell: string): boolean {
    return cell.includes('\n') || (this.isSuspect && (cell.includes('\t') || unprintable.test(cell)));
  }

  /** What only the whole row, or the file, shows. */
  private together(line: number, { roll_no: rollNo, id_number: id, born_on: born }: Readonly<Record<RosterColumn, string>>): void {
    if (id === '' && born === '') this.tell({ line, column: 'id_number', problem: 'missing' });
    if (id !== '' && born !== '' && bornOnOf(id) !== born) this.tell({ line, column: 'born_on', problem: 'birth_date_differs' });
    if (this.rollNos.has(rollNo)) this.tell({ line, column: 'roll_no', problem: 'duplicate_roll_no' });
    if (id !== '' && this.people.has(id)) this.tell({ line, column: 'id_number', problem: 'duplicate_id_number' });
    this.rollNos.add(rollNo);
    if (id !== '') this.people.add(id);
  }

  private tell(problem: Problem): void {
    this.problems.push(problem);
    if (this.problems.length > MAX_PROBLEMS) throw new FileRefused('bad_value', `the file has more than ${MAX_PROBLEMS} problems; is it the right one?`, problem.column === undefined ? { line: problem.line } : { line: problem.line, column: problem.column });
  }
}

const formulaStarts = new Set([...'=+-@'].map((character) => character.charCodeAt(0)));

function problemOf(column: RosterColumn, value: string): string | null {
  const { pattern, max } = rules[column];
  if (pattern !== phone.pattern && formulaStarts.has(value.charCodeAt(0))) return 'formula';
  if (value.length > max) return 'too_long';
  if (!pattern.test(value)) return column === 'born_on' ? 'no_such_date' : 'bad_value';
  return meaning[column]?.(value) ?? null;
}

/** Beyond the form. */
const meaning: Readonly<Partial<Record<RosterColumn, (value: string) => string | null>>> = {
  id_number: (value) => {
    const problem = idNumberProblem(value);
    return problem === 'check_digit' ? 'bad_check_digit' : problem === 'birth_date' ? 'no_such_date' : problem && 'bad_value';
  },
  born_on: (value) => (isDay(value) ? null : 'no_such_date'),
  region: (value) => (isRegionCode(value) ? null : 'bad_value'),
};

function isDay(value: string): boolean {
  return isCalendarDay(Number(value.slice(0, 4)), Number(value.slice(5, 7)), Number(value.slice(8)));
}
