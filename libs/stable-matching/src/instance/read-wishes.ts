// Preferences of what somebody sent, cleaned wish by wish: known, named once, and of a position that accepts the applicant.
import { Fields, type Owner } from './fields.js';
import type { Position } from './instance.js';
import { Marks } from './numbers.js';
import { shown, type Problem, type ProblemCode } from './problems.js';

export interface WishContext {
  readonly applicants: readonly string[];
  readonly positions: readonly Position[];
  /** Ids as they were sent, also of positions that were dropped. */
  readonly named: ReadonlySet<unknown>;
  /** By position whom it accepts. */
  readonly accepted: (position: Position) => Int32Array;
}

const [KEPT, REPEATED, ONE_SIDED] = [0, 1, 2];
const UNKNOWN = -1;

/** All wishes at once: whether a position accepts an applicant is asked position by position, for which its order is marked once. */
export class Wishes {
  /** By wish the position, or -1. */
  private readonly position: Int32Array;
  private readonly start: Int32Array;
  private readonly flaw: Uint8Array;
  private readonly kept: Int32Array;
  private count = 0;

  constructor(
    private readonly sent: readonly (readonly unknown[])[],
    private readonly context: WishContext,
  ) {
    this.start = new Int32Array(sent.length + 1);
    for (let a = 0; a < sent.length; a += 1) this.start[a + 1] = this.start[a]! + sent[a]!.length;
    const total = this.start[sent.length]!;
    this.position = new Int32Array(total);
    this.flaw = new Uint8Array(total);
    this.kept = new Int32Array(total);
    this.find();
    this.markOneSided();
  }

  private find(): void {
    const at = new Map(this.context.positions.map(({ id }, p) => [id, p]));
    const lastListed = new Int32Array(at.size).fill(-1);
    for (let a = 0, w = 0; a < this.sent.length; a += 1) {
      for (const wish of this.sent[a]!) {
        const p = typeof wish === 'string' ? (at.get(wish) ?? UNKNOWN) : UNKNOWN;
        this.position[w] = p;
        if (p >= 0 && lastListed[p] === a) this.flaw[w] = REPEATED;
        if (p >= 0) lastListed[p] = a;
        w += 1;
      }
    }
  }

  private markOneSided(): void {
    const { positions, accepted } = this.context;
    const { start, wishes, owners } = this.byPosition();
    const marks = new Marks(this.sent.length);
    for (let p = 0; p < positions.length; p += 1) {
      if (start[p] === start[p + 1]) continue;
      marks.begin();
      for (const a of accepted(positions[p]!)) marks.add(a);
      for (let n = start[p]!; n < start[p + 1]!; n += 1) if (!marks.has(owners[n]!) && this.flaw[wishes[n]!] === KEPT) this.flaw[wishes[n]!] = ONE_SIDED;
    }
  }

  /** Wishes for known positions, and whose they are. */
  private byPosition(): { start: Int32Array; wishes: Int32Array; owners: Int32Array } {
    const start = new Int32Array(this.context.positions.length + 1);
    for (const p of this.position) if (p >= 0) start[p + 1]! += 1;
    for (let p = 0; p + 1 < start.length; p += 1) start[p + 1]! += start[p]!;
    const next = start.slice();
    const [wishes, owners] = [new Int32Array(start[start.length - 1]!), new Int32Array(start[start.length - 1]!)];
    for (let a = 0, w = 0; a < this.sent.length; a += 1) {
      for (; w < this.start[a + 1]!; w += 1) {
        const p = this.position[w]!;
        if (p < 0) continue;
        wishes[next[p]!] = w;
        owners[next[p]!] = a;
        next[p]! += 1;
      }
    }
    return { start, wishes, owners };
  }

  /** The wishes of applicant a that can be used; to be asked once for each, in order. */
  of(a: number, problems: Problem[]): string[] {
    const preferences: string[] = [];
    let strangers: Set<string> | null = null;
    const owner: Owner = { applicant: this.context.applicants[a]! };
    const sent = this.sent[a]!;
    for (let n = 0; n < sent.length; n += 1) {
      const w = this.start[a]! + n;
      const wish = sent[n];
      const code = this.position[w]! >= 0 ? codes[this.flaw[w]!]! : this.strange(wish, (strangers ??= new Set()));
      if (code === null) {
        preferences.push(wish as string);
        this.kept[this.count] = this.position[w]!;
        this.count += 1;
      } else problems.push({ code, ...owner, ...(typeof wish === 'string' ? { position: wish } : { field: 'preferences', value: shown(wish) }) });
    }
    return preferences;
  }

  private strange(wish: unknown, strangers: Set<string>): ProblemCode {
    if (typeof wish !== 'string') return 'malformed';
    if (strangers.has(wish)) return 'repeated_wish';
    strangers.add(wish);
    return this.context.named.has(wish) ? 'position_dropped' : 'unknown_position';
  }

  /** The positions of all wishes that `of` kept. */
  numbers(): Int32Array {
    return this.kept.slice(0, this.count);
  }
}

const codes: readonly (ProblemCode | null)[] = [null, 'repeated_wish', 'one_sided'];

/** What stands in the place of a list and is none, is reported by whoever reads the applicant. */
export function sentList(raw: Record<string, unknown>, owner: Owner, problems: Problem[]): readonly unknown[] {
  return new Fields(problems).list(raw['preferences'], { ...owner, field: 'preferences' });
}
