// An instance as a folder of CSV files: applicants, positions, priorities or scores, hosts, their orders, groups, reserves and shares.
import { csvCell, eachRow, type Columns } from './csv.js';
import { Refused, type Assignments } from './instance.js';
import type { Problem } from './problems.js';
import { rankedLists, type RankedColumns, type RankedList } from './ranked-rows.js';
import { readInstance, type ReadInstance, type ReadOptions } from './read-instance.js';

/** Names of the files; only the first two must be there. `shares` and `host_shares` are ours, for combination D. */
export const csvFiles = ['applicants', 'positions', 'priorities', 'scores', 'hosts', 'host_priorities', 'groups', 'reserves', 'shares', 'host_shares'] as const;
export type CsvFile = (typeof csvFiles)[number];
/** The text of each file, or its bytes as UTF-8: large ones are read several times faster from their bytes. */
export type CsvFolder = Readonly<Partial<Record<CsvFile, string | Uint8Array>>>;

/** The same as `readInstance`, from the files of a folder. Problems of rows name file and line. */
export function readCsvInstance(folder: CsvFolder, { strict = false, seed }: ReadOptions & { readonly seed?: string } = {}): ReadInstance {
  const reader = new Folder(folder);
  const json = reader.json();
  const { instance, problems } = readInstance(seed === undefined ? json : { ...json, seed });
  const all = [...reader.problems, ...problems];
  if (strict && all.length > 0) throw new Refused('instance.dirty', { problems: all });
  return { instance, problems: all };
}

interface Ranked {
  readonly rank: number;
  readonly id: string;
}

interface Entry {
  readonly id: string;
  readonly [field: string]: unknown;
}

class Folder {
  readonly problems: Problem[] = [];

  constructor(private readonly folder: CsvFolder) {}

  json(): { applicants: Entry[]; positions: Entry[]; hosts: Entry[] } {
    const groups = this.values('groups', ['applicant', 'group']);
    const wishes = this.wishes();
    for (const applicant of groups.keys()) if (!wishes.has(applicant)) this.problems.push({ code: 'unknown_applicant', file: 'groups.csv', value: applicant });
    const applicants = [...wishes].map(([id, preferences]) => ({ id, preferences, ...(groups.has(id) && { groups: groups.get(id)!.map(([group]) => group) }) }));
    return { applicants, positions: this.entries('position'), hosts: this.entries('host') };
  }

  /** A row without rank and position is an applicant without a list. */
  private wishes(): Map<string, readonly string[]> {
    const plain = this.plain('applicants', { owner: 'applicant', id: 'position', mayBeAlone: true });
    if (plain?.every(({ ranks }) => ranks === null)) return new Map(plain.map(({ owner, ids }) => [owner, ids]));
    const ranked = new Map<string, Ranked[]>();
    this.rows('applicants', { required: ['applicant', 'rank', 'position'] }, ([applicant = '', rank = '', id = ''], line) => {
      const list = ranked.get(applicant) ?? [];
      ranked.set(applicant, list);
      if (rank === '' && id === '') return;
      const read = this.rank(rank, { file: 'applicants', line });
      if (read !== null) list.push({ rank: read, id });
    });
    return new Map([...ranked].map(([applicant, list]) => [applicant, inOrder(list).filter(({ rank }, n, sorted) => this.isFirst(rank, sorted[n - 1], applicant)).map(({ id }) => id)]));
  }

  private isFirst(rank: number, before: Ranked | undefined, applicant: string): boolean {
    if (before?.rank !== rank) return true;
    this.problems.push({ code: 'repeated_rank', file: 'applicants.csv', applicant, value: String(rank) });
    return false;
  }

  private entries(kind: 'position' | 'host'): Entry[] {
    const above = kind === 'position' ? 'host' : 'parent';
    const prefix = kind === 'position' ? '' : 'host_';
    const entries: Entry[] = [];
    this.rows(`${kind}s`, { required: [kind, 'capacity'], optional: [above] }, ([id = '', capacity = '', parent = '']) => entries.push({ id, capacity: figure(capacity), ...(parent !== '' && { [above]: parent }) }));
    const of = new Map<string, Record<string, unknown>>(entries.map(({ id }) => [id, {}]));
    const give = (file: CsvFile, field: string, values: ReadonlyMap<string, unknown>): void => {
      for (const [id, value] of values) {
        const entry = of.get(id);
        if (entry) entry[field] = value;
        else this.problems.push({ code: `unknown_${kind}`, file: `${file}.csv`, value: id });
      }
    };
    give(`${prefix}priorities`, 'priorities', this.orders(`${prefix}priorities`, kind));
    give(`${prefix}shares`, 'shares', this.figures(`${prefix}shares`, [kind, 'group', 'percent']));
    if (kind === 'position') {
      give('scores', 'scores', new Map([...this.values('scores', ['position', 'applicant', 'score'])].map(([id, rows]) => [id, Object.fromEntries(rows.map(([applicant, score]) => [applicant, figure(score ?? '')]))])));
      give('reserves', 'reserves', this.figures('reserves', ['position', 'group', 'seats']));
    }
    return entries.map((entry) => ({ ...entry, ...of.get(entry.id) }));
  }

  /** Equal ranks are a tie. */
  private orders(file: CsvFile, owner: string): Map<string, readonly (string | string[])[]> {
    const plain = this.plain(file, { owner, id: 'applicant' });
    if (plain) return new Map(plain.map(({ owner: of, ids, ranks }) => [of, ranks ? tied(ids.map((id, n) => ({ rank: ranks[n]!, id }))) : ids]));
    const ranked = new Map<string, Ranked[]>();
    this.rows(file, { required: [owner, 'rank', 'applicant'] }, ([of = '', rank = '', id = ''], line) => {
      const read = this.rank(rank, { file, line });
      const list = ranked.get(of) ?? [];
      ranked.set(of, list);
      if (read !== null) list.push({ rank: read, id });
    });
    return new Map([...ranked].map(([of, list]) => [of, tied(inOrder(list))]));
  }

  private figures(file: CsvFile, columns: readonly [string, string, string]): Map<string, object[]> {
    return new Map([...this.values(file, columns)].map(([id, rows]) => [id, rows.map(([group, value]) => ({ group, [columns[2]]: figure(value ?? '') }))]));
  }

  private values(file: CsvFile, columns: readonly string[]): Map<string, string[][]> {
    const values = new Map<string, string[][]>();
    this.rows(file, { required: columns }, ([of = '', ...rest]) => {
      const list = values.get(of) ?? [];
      values.set(of, list);
      list.push(rest);
    });
    return values;
  }

  private rows(file: CsvFile, columns: Omit<Columns, 'file'>, onRow: (cells: readonly string[], line: number) => void): void {
    const text = this.textOf(file);
    if (text === undefined) {
      if (file === 'applicants' || file === 'positions') throw new Refused('instance.unreadable', { file: `${file}.csv` });
      return;
    }
    for (const problem of eachRow(text, { file: `${file}.csv`, ...columns }, onRow)) this.problems.push(problem);
  }

  /** Null where the file is not there or not plain, and then read row by row. */
  private plain(file: CsvFile, columns: RankedColumns): RankedList[] | null {
    const read = this.folder[file];
    return read === undefined ? null : rankedLists(typeof read === 'string' ? Buffer.from(read) : read, columns);
  }

  private textOf(file: CsvFile): string | undefined {
    const read = this.folder[file];
    if (read === undefined || typeof read === 'string') return read;
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(read);
    } catch {
      throw new Refused('instance.unreadable', { file: `${file}.csv`, problem: 'not UTF-8' });
    }
  }

  private rank(text: string, { file, line }: { file: string; line: number }): number | null {
    const rank = figure(text);
    if (typeof rank === 'number' && Number.isInteger(rank)) return rank;
    this.problems.push({ code: 'bad_number', field: 'rank', file: `${file}.csv`, line, value: text });
    return null;
  }
}

/** What is no number stays text, and the reader of instances names it. */
function figure(text: string): number | string {
  return /^-?\d+([.]\d+)?$/.test(text.trim()) ? Number(text) : text;
}

function inOrder(list: Ranked[]): Ranked[] {
  return list.every(({ rank }, n) => n === 0 || list[n - 1]!.rank <= rank) ? list : list.sort((x, y) => x.rank - y.rank);
}

function tied(list: readonly Ranked[]): (string | string[])[] {
  const order: (string | string[])[] = [];
  for (let n = 0; n < list.length; ) {
    let end = n + 1;
    while (list[end]?.rank === list[n]!.rank) end += 1;
    order.push(end === n + 1 ? list[n]!.id : list.slice(n, end).map(({ id }) => id));
    n = end;
  }
  return order;
}

/** `applicant,position`, the position empty when unassigned. */
export function assignmentsCsv(assignments: Assignments): string {
  return ['applicant,position', ...Object.entries(assignments).map(([applicant, position]) => `${csvCell(applicant)},${csvCell(position ?? '')}`), ''].join('\n');
}

/** As pairs, because a file can name one applicant twice. */
export function readAssignmentsCsv(text: string): [applicant: string, position: string | null][] {
  const pairs: [string, string | null][] = [];
  const [problem] = eachRow(text, { file: 'assignments.csv', required: ['applicant', 'position'] }, ([applicant = '', position = '']) => pairs.push([applicant, position === '' ? null : position]));
  if (problem) throw new Refused('instance.unreadable', { file: 'assignments.csv', line: problem.line });
  return pairs;
}
