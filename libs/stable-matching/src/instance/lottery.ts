// One lottery for all positions and hosts of a round, fixed by a secret that was promised before anybody ranked.
import { createHash, createHmac } from 'node:crypto';

/** HMAC-SHA-256 in hexadecimal, key = seed and message = id as UTF-8. Smaller goes first; equal ones (which nobody will see) by id. */
export function lotteryNumber(seed: string, id: string): string {
  return createHmac('sha256', seed).update(id).digest('hex');
}

/** The number of each id. The same seed and id give the same number on every machine, whoever else takes part. */
export function lotteryNumbers(seed: string, ids: Iterable<string>): Map<string, string> {
  const numbers = new Map<string, string>();
  for (const id of ids) numbers.set(id, lotteryNumber(seed, id));
  return numbers;
}

/** What stands in the announced rule sheet: SHA-256 of the secret, in hexadecimal. */
export function commitment(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** A round's seed: SHA-256(secret || digest of the frozen lists), both as UTF-8, in hexadecimal. Whoever knows the secret early cannot know the lists, and the other way round. */
export function roundSeed(secret: string, digestOfLists: string): string {
  return createHash('sha256').update(secret).update(digestOfLists).digest('hex');
}

interface Draw {
  readonly id: string;
  /** The number's first 48 bits, which decide nearly always and compare faster. */
  readonly head: number;
  readonly number: string;
}

const HEAD_DIGITS = 12;

/** Draws each number when it is first needed: most instances have few ties, and a number costs some microseconds. */
export class Lottery {
  private readonly drawn = new Map<string, Draw>();

  constructor(private readonly seed: string) {}

  readonly compare = (a: string, b: string): number => compareDraws(this.of(a), this.of(b));

  sorted(ids: readonly string[]): string[] {
    return ids.map((id) => this.of(id)).sort(compareDraws).map(({ id }) => id);
  }

  private of(id: string): Draw {
    const known = this.drawn.get(id);
    if (known) return known;
    const number = lotteryNumber(this.seed, id);
    const draw = { id, head: Number.parseInt(number.slice(0, HEAD_DIGITS), 16), number };
    this.drawn.set(id, draw);
    return draw;
  }
}

function compareDraws(one: Draw, other: Draw): number {
  if (one.head !== other.head) return one.head - other.head;
  if (one.number !== other.number) return one.number < other.number ? -1 : 1;
  return compareBytes(one.id, other.id);
}

/** In the order of the UTF-8 bytes. JavaScript compares UTF-16 units, which differ from it only above U+D7FF. */
export function compareBytes(a: string, b: string): number {
  if (a === b) return 0;
  return isBelowSurrogates(a) && isBelowSurrogates(b) ? (a < b ? -1 : 1) : Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function isBelowSurrogates(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) >= 0xd800) return false;
  return true;
}

/** What `roundSeed` takes of the frozen lists: SHA-256 over the lines `id TAB position,position,... LF`, sorted. */
export function digestOfLists(lists: Iterable<readonly [id: string, choices: readonly string[]]>): string {
  const lines = Array.from(lists, ([id, choices]) => `${id}\t${choices.join(',')}\n`);
  return `sha256:${createHash('sha256').update(lines.sort().join('')).digest('hex')}`;
}
