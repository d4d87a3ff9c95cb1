// Files of instances, results and ranked lists, as the match commands take them.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { csvFiles, readAssignmentsCsv, readCsvInstance, readInstance, type Candidate, type Claimed, type ReadInstance, type Share } from '@tandem/stable-matching';
import { CallFailed } from './client.js';

interface Reading {
  readonly strict?: boolean;
  readonly seed?: string;
}

export function readMatchFile(path: string, { strict = false, seed }: Reading): ReadInstance {
  if (isFolder(path)) {
    const texts = csvFiles.filter((name) => existsSync(join(path, `${name}.csv`))).map((name): [string, string] => [name, textOf(join(path, `${name}.csv`))]);
    return readCsvInstance(Object.fromEntries(texts), { strict, ...(seed !== undefined && { seed }) });
  }
  const json = jsonOf(path);
  return readInstance(seed !== undefined && isRecord(json) ? { ...json, seed } : json, { strict });
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

function textOf(path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CallFailed('match.unreadable', `${path}: ${code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'not UTF-8' : (code ?? 'unreadable')}`);
  }
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
