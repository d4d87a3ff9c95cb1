// A matching in one line, equal on every machine.
import { createHash } from 'node:crypto';
import type { Assignments } from './instance.js';
import { compareBytes } from './lottery.js';

const LINES_AT_ONCE = 4_096;

/** `sha256:` and SHA-256 over the lines `applicant TAB position LF` (position empty when unassigned), by applicant id bytewise. */
export function digest(assignments: Assignments): string {
  return digestOf(Object.keys(assignments), (id) => assignments[id] ?? '');
}

/** The same over ids and what each got, without an object of them all. */
export function digestOf(ids: readonly string[], positionOf: (id: string, at: number) => string): string {
  const hash = createHash('sha256');
  const sorted = inOrder(ids) ? null : ids.map((_, at) => at).sort((a, b) => compareBytes(ids[a]!, ids[b]!));
  for (let from = 0; from < ids.length; from += LINES_AT_ONCE) {
    let lines = '';
    for (let n = from; n < Math.min(ids.length, from + LINES_AT_ONCE); n += 1) {
      const at = sorted ? sorted[n]! : n;
      lines += `${ids[at]!}\t${positionOf(ids[at]!, at)}\n`;
    }
    hash.update(lines);
  }
  return `sha256:${hash.digest('hex')}`;
}

function inOrder(ids: readonly string[]): boolean {
  for (let n = 1; n < ids.length; n += 1) if (compareBytes(ids[n - 1]!, ids[n]!) > 0) return false;
  return true;
}
