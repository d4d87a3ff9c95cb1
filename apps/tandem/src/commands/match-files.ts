// Files of instances, results and ranked lists, as the match commands take them.
import { isUtf8 } from 'node:buffer';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { csvFiles, readAssignmentsCsv, readCsvInstance, readInstance, type Candidate, type Claimed, type CsvFile, type ReadInstance, type Share } from '@tandem/stable-matching';
import { BundleFile, FORMAT, type Bundle } from './bundle.js';
import { CallFailed } from './call-failed.js';

interface Reading {
  readonly strict?: boolean;
  readonly seed?: string;
}

export function readMatchFile(path: string, { strict = false, seed }: Reading): ReadInstance {
  if (isFolder(path)) {
    const files = csvFiles.filter((name) => namesIn(path).includes(`${name}.csv`)).map((name): [string, Buffer] => [name, bytesOf(join(path, `${name}.csv`))]);
    return readCsvInstance(Object.fromEntries(files), { strict, ...(seed !== undefined && { seed }) });
  }
  const json = jsonOf(path);
  return readInstance(seed !== undefined && isRecord(json) ? { ...json, seed } : json, { strict });
}

/** CSV files in the folder of an instance that are not read: a misspelt name would leave out its caps or orders without a word. */
export function strayFiles(path: string): string[] {
  return isFolder(path) ? namesIn(path).filter((name) => name.toLowerCase().endsWith('.csv') && name !== RESULT && !csvFiles.includes(name.slice(0, -'.csv'.length) as CsvFile)) : [];
}

/** May lie beside the files that it came from. */
const RESULT = 'assignments.csv';

function namesIn(folder: string): string[] {
  return readdirSync(folder).sort();
}

/** Null for a file that is none; one that says it is and is not whole is refused with the place. */
export function readBundle(path: string): Bundle | null {
  if (isFolder(path)) return null;
  const json = jsonOf(path);
  if (!isRecord(json) || json['format'] !== FORMAT) return null;
  const parsed = BundleFile.safeParse(json);
  if (!parsed.success) throw new CallFailed('match.broken_bundle', `${path}: ${parsed.error.issues.map(({ path: at, message }) => `${at.join('.')}: ${message}`).slice(0, 5).join('; ')}`);
  const { instance, problems } = readInstance(parsed.data.instance, { strict: false });
  if (problems.length > 0) throw new CallFailed('match.broken_bundle', `${path}: the instance has ${problems.length} problems, the first ${JSON.stringify(problems[0])}`);
  return { ...parsed.data, instance };
}

/** The result of `match run`, its assignments alone, pairs, or assignments.csv. */
export function readClaim(path: string): { assignments: Claimed; digest?: string } {
  if (path.endsWith('.csv')) return { assignments: readAssignmentsCsv(textOf(path)) };
  const json = jsonOf(path);
  const assignments = isRecord(json) && isRecord(json['assignments']) ? json['assignments'] : json;
  const pairs = Array.isArray(assignments) ? (assignments as unknown[]) : isRecord(assignments) ? Object.entries(assignments) : null;
  if (!pairs?.every(isPair)) throw new CallFailed('match.no_assignments', `${path}: expected an object of applicant and position or null, or pairs of them`);
  const digest = isRecord(json) ? json['digest'] : undefined;
  return { assignments: pairs, ...(typeof digest === 'string' && { digest }) };
}

export function readCallList(path: string): { list: readonly Candidate[]; shares: readonly Share[] } {
  const json = jsonOf(path);
  const { list, shares = [] } = isRecord(json) ? json : {};
  if (!Array.isArray(list) || !list.every(isCandidate)) throw new CallFailed('match.no_list', `${path}: list must hold objects with an id and groups`);
  if (!Array.isArray(shares) || !shares.every(isShare)) throw new CallFailed('match.no_shares', `${path}: shares must hold objects with a group and a percent`);
  const ids = new Set(list.map(({ id }) => id));
  if (ids.size < list.length) throw new CallFailed('match.repeated_id', `${path}: somebody stands in the list twice`);
  return { list: list.map(({ id, groups = [] }) => ({ id, groups })), shares };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPair(value: unknown): value is [string, string | null] {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' && (value[1] === null || typeof value[1] === 'string');
}

function isCandidate(value: unknown): value is { id: string; groups?: string[] } {
  if (!isRecord(value) || typeof value['id'] !== 'string') return false;
  const { groups = [] } = value;
  return Array.isArray(groups) && groups.every((group) => typeof group === 'string');
}

function isShare(value: unknown): value is Share {
  return isRecord(value) && typeof value['group'] === 'string' && typeof value['percent'] === 'number';
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function bytesOf(path: string): Buffer {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new CallFailed('match.unreadable', `${path}: ${(error as NodeJS.ErrnoException).code ?? 'unreadable'}`);
  }
  if (!isUtf8(bytes)) throw new CallFailed('match.unreadable', `${path}: not UTF-8`);
  return bytes;
}

function textOf(path: string): string {
  return new TextDecoder().decode(bytesOf(path));
}

function jsonOf(path: string): unknown {
  const text = textOf(path);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new CallFailed('match.no_json', `${path}: ${(error as Error).message}`);
  }
  const twice = repeatedName(text);
  if (twice !== null) throw new CallFailed('match.repeated_name', `${path}: ${twice} stands twice in one object`);
  return json;
}

/** Of two entries of one name JSON.parse keeps the last without a word: an applicant with two seats would look like one with one. */
function repeatedName(json: string): string | null {
  const open: Set<string>[] = [];
  const tokens = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}]/g;
  for (let token = tokens.exec(json); token; token = tokens.exec(json)) {
    const [text] = token;
    if (text === '{') open.push(new Set());
    else if (text === '}') open.pop();
    else if (token[1] !== undefined) {
      const name = text.slice(0, text.length - token[1].length);
      const names = open.at(-1);
      if (names?.has(name)) return name;
      names?.add(name);
    }
  }
  return null;
}
