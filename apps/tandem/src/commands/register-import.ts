// A register brought in: its colleges first, then what they teach, in slices that may be repeated.
import { setTimeout as pause } from 'node:timers/promises';
import { decoded, levelOfMajor, readColleges, readOfferings, type Read, type RegisteredCollege, type RegisteredOffering } from '@tandem/taxonomy';
import type { Session } from './client.js';
import { allOf, bytesOf, importIdOf, keyOf, patiently, reading, stateOf, type BulkResult, type Progressing, type RowProblem } from './imports.js';

export interface Register {
  readonly importId: string;
  readonly offerings: Read<RegisteredOffering>;
  readonly colleges: Read<RegisteredCollege>;
}
export interface RegisterReport {
  readonly importId: string;
  readonly rows: number;
  /** Of the register's colleges, now active under their codes. */
  readonly colleges: number;
  /** Rows that are programs now, by this run or an earlier one. */
  readonly programs: number;
  readonly complete: boolean;
  readonly problems: readonly RowProblem[];
}

const SLICE = 1_000;
/** How long the colleges of a slice may take to become known to programs. */
const KNOWN_MS = 60_000;
const PAUSE_MS = 200;

const answer = 'results { id version error { code kind field details } } userErrors { code kind field details }';
const documents = {
  register: `mutation ($input: RegisterOrganisationsInput!) { registerOrganisations(input: $input) { ${answer} } }`,
  offer: `mutation ($input: ImportOfferingsInput!) { importOfferings(input: $input) { ${answer} } }`,
  colleges: 'query ($after: String) { organisations(page: { first: 100, after: $after }, filter: { kind: college, state: active }) { edges { node { id code } } pageInfo { hasNextPage endCursor } } }',
};

export function readRegister(file: string, collegesFile: string): Register {
  const [bytes, more] = [bytesOf(file, 'register'), bytesOf(collegesFile, 'register')];
  const offerings = reading(file, 'register', () => readOfferings(decoded(bytes).text));
  const colleges = reading(collegesFile, 'register', () => readColleges(decoded(more).text));
  return { importId: importIdOf('register', bytes, more), offerings, colleges };
}

export async function importRegister(session: Session, { importId, offerings, colleges }: Register, course: Progressing = {}): Promise<RegisterReport> {
  const { undone } = await patiently(() => stateOf(session, importId));
  const run: Run = { session, importId, undone, course };
  const byCode = await registerColleges(run, colleges.good);
  if (course.interrupted?.wanted) return { importId, rows: offerings.rows, colleges: byCode.size, programs: 0, complete: false, problems: [] };
  const known = offerings.good.filter(({ college }) => byCode.has(college));
  const strangers = offerings.good.filter(({ college }) => !byCode.has(college)).map(({ line, college }) => ({ line, column: 'school_code', problem: 'unknown_college', value: college }));
  const problems: RowProblem[] = [...offerings.problems, ...strangers];
  let sent = 0;
  let programs = 0;
  while (sent < known.length && !course.interrupted?.wanted) {
    const slice = known.slice(sent, sent + SLICE);
    const refused = await offer(run, slice, byCode);
    problems.push(...refused);
    programs += slice.length - refused.length;
    sent += slice.length;
    course.onSlice?.(`register: ${sent} of ${known.length} rows, ${programs} programs`);
  }
  const ofColleges = colleges.problems.map((problem) => ({ file: 'colleges', ...problem }));
  const sorted = problems.sort((a, b) => a.line - b.line);
  return { importId, rows: offerings.rows, colleges: colleges.good.filter(({ code }) => byCode.has(code)).length, programs, complete: sent === known.length, problems: [...ofColleges, ...sorted] };
}

interface Run {
  readonly session: Session;
  readonly importId: string;
  readonly undone: number;
  readonly course: Progressing;
}

/** Global ids of the active colleges by code. One that was there before this import keeps its row. */
async function registerColleges({ session, importId, undone, course }: Run, colleges: readonly RegisteredCollege[]): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  let taken = false;
  for (let sent = 0; sent < colleges.length && !course.interrupted?.wanted; sent += SLICE) {
    const slice = colleges.slice(sent, sent + SLICE);
    const organisations = slice.map(({ code, name, region }) => ({ kind: 'college', code, name, region, invented: false }));
    const { results } = await patiently(() => session.mutate<{ results: BulkResult[] }>(documents.register, { organisations, verified: true, importId }, keyOf('register', importId, undone, 'colleges', sent)));
    results.forEach(({ id, error }, n) => {
      if (id !== null) ids.set(slice[n]?.code ?? '', id);
      taken ||= error?.code === 'organisation.code_taken';
    });
    course.onSlice?.(`register: ${sent + slice.length} of ${colleges.length} colleges`);
  }
  if (!taken) return ids;
  const active = await allOf<{ id: string; code: string }>(session, documents.colleges);
  return new Map([...active.map(({ id, code }): [string, string] => [code, id]), ...ids]);
}

/** The rows of the slice that are no programs now. What programs does not know yet of a new college, it learns within a moment. */
async function offer({ session, importId, undone }: Run, slice: readonly RegisteredOffering[], byCode: ReadonlyMap<string, string>): Promise<RowProblem[]> {
  const deadline = Date.now() + KNOWN_MS;
  const problems: RowProblem[] = [];
  let rest = slice;
  for (let attempt = 0; ; attempt += 1) {
    const offerings = rest.map(({ college, code, years }) => ({ college: byCode.get(college), code, level: levelOfMajor(code), years }));
    const key = keyOf('register', importId, undone, 'offerings', slice[0]?.line, attempt);
    const { results } = await patiently(() => session.mutate<{ results: BulkResult[] }>(documents.offer, { offerings, importId }, key));
    const isLate = (n: number): boolean => results[n]?.error?.code === 'program.unknown_college';
    const late = rest.filter((_row, n) => isLate(n));
    const isOver = late.length === 0 || Date.now() > deadline;
    rest.forEach((row, n) => {
      const error = results[n]?.error;
      if (error && (isOver || !isLate(n))) problems.push(problemOf(row, error.code));
    });
    if (isOver) return problems;
    rest = late;
    await pause(PAUSE_MS);
  }
}

function problemOf({ line, college, code }: RegisteredOffering, refusal: string): RowProblem {
  const problem = refusal.replace(/^program\./, '');
  if (problem === 'unknown_code') return { line, column: 'major_code', problem, value: code };
  if (problem === 'unknown_college') return { line, column: 'school_code', problem, value: college };
  return { line, problem };
}
