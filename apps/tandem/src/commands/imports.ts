// What imports of rows have in common: a name that follows from the file, keys that follow from the name, patience, and the way back.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { FileRefused, type Problem } from '@tandem/taxonomy';
import { CallFailed } from './call-failed.js';
import type { Session, UserError } from './client.js';
import type { Interruption } from './interruption.js';

const NAMESPACE = Buffer.from('8d1f3a52c6de5b0f9a1b4c7d2e3f6a81', 'hex');
const UUID_BYTES = 16;
const VERSION_5 = 0x50;
const VARIANT = 0x80;
const ATTEMPTS = 5;
const PAUSE_MS = 1_000;
const UNDO_STEPS = 100_000;

/** UUIDv5 of what was read and for whom: the same file again is the same import. */
export function importIdOf(...parts: readonly (Uint8Array | string)[]): string {
  const whole = createHash('sha256');
  for (const part of parts) whole.update(createHash('sha256').update(part).digest());
  const bytes = createHash('sha1').update(NAMESPACE).update(whole.digest()).digest().subarray(0, UUID_BYTES);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | VERSION_5;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | VARIANT;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Of the import, how much of it was undone so far, and the slice: repeated it is the same request, after an undoing another one. */
export function keyOf(kind: string, ...parts: readonly unknown[]): string {
  return `${kind}-${createHash('sha256').update(JSON.stringify(parts)).digest('hex')}`;
}

export interface Progressing {
  readonly onSlice?: (line: string) => void;
  readonly interrupted?: Pick<Interruption, 'wanted'>;
}

/** As the reader, the college or the service tells it. */
export interface RowProblem extends Problem {
  readonly file?: string;
  /** The code in question, where it is no personal matter. */
  readonly value?: string;
}

export interface BulkResult {
  readonly id: string | null;
  readonly version: number | null;
  readonly error: UserError | null;
}
export interface ImportState {
  readonly present: number;
  readonly undone: number;
}

export function stateOf(session: Session, importId: string): Promise<ImportState> {
  return session.query<ImportState>('query ($importId: String!) { importState(importId: $importId) { present undone } }', { importId });
}

/** Reads a file, or says in a line why not. */
export function bytesOf(file: string, area: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new CallFailed(`${area}.unreadable`, `${file}: ${(error as NodeJS.ErrnoException).code ?? ''}`);
  }
}

export function reading<T>(file: string, area: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof FileRefused) throw new CallFailed(`${area}.${error.problem}`, `${file}: ${error.message}`);
    throw error;
  }
}

const passing = new Set(['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'command.contended']);

/** The same request a few times where its outcome is unknown: under its key it happens once. */
export async function patiently<T>(request: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await request();
    } catch (error) {
      if (!(error instanceof CallFailed)) throw broken(error);
      if (!passing.has(error.code) || attempt >= ATTEMPTS) throw error;
      await pause(PAUSE_MS);
    }
  }
}

function broken(error: unknown): unknown {
  const { code } = (error as { cause?: { code?: string } }).cause ?? {};
  if (code === undefined || code === 'ECONNREFUSED') return error;
  return new CallFailed('import.interrupted', `the connection broke (${code}); the same command goes on from there`);
}

export interface UndoReport {
  readonly importId: string;
  readonly undone: number;
  readonly kept: readonly { readonly label: string; readonly reason: string }[];
  readonly complete: boolean;
}

const undoImport = 'mutation ($input: UndoImportInput!) { undoImport(input: $input) { undone kept { label reason } after userErrors { code kind field details } } }';

/** Takes an import back step by step; again after an interruption it finds what is left. */
export async function undo(session: Session, importId: string, { onSlice, interrupted }: Progressing = {}): Promise<UndoReport> {
  let undone = 0;
  const kept: UndoReport['kept'][number][] = [];
  let after: string | null = null;
  for (let step = 0; step < UNDO_STEPS; step += 1) {
    if (interrupted?.wanted) return { importId, undone, kept, complete: false };
    const key = crypto.randomUUID();
    const input: Record<string, unknown> = { importId, ...(after !== null && { after }) };
    const answer = await patiently(() => session.mutate<{ undone: number; kept: UndoReport['kept']; after: string | null }>(undoImport, input, key));
    undone += answer.undone;
    kept.push(...answer.kept);
    onSlice?.(`${undone} undone, ${kept.length} kept`);
    if (answer.after === null) break;
    after = answer.after;
  }
  return { importId, undone, kept, complete: true };
}

interface Page<Node> {
  readonly edges: readonly { readonly node: Node }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** Every node of a connection whose document takes `$after`. */
export async function allOf<Node>(session: Session, document: string, variables: Record<string, unknown> = {}): Promise<Node[]> {
  const nodes: Node[] = [];
  let after: string | null = null;
  do {
    const page: Page<Node> = await patiently(() => session.query<Page<Node>>(document, { ...variables, after }));
    nodes.push(...page.edges.map(({ node }) => node));
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null);
  return nodes;
}
