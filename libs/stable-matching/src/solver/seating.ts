// A matching that can be tried on: one more seat, one more wish, and back again, at the cost of what changes and not of a whole run.
import { NOBODY, Seats, type Levels } from './tree-kernel.js';

/**
 * Holds a stable matching of the levels and keeps it stable through each change (property: the same people are placed as by a run from the start, because
 * in every stable matching of these levels the same are: Roth 1986, Hatfield and Milgrom 2005).
 */
export class Seating {
  /** By applicant the wish that came true, or -1. */
  readonly held: Int32Array;
  private readonly seats: Seats;
  private readonly nodeCapacity: Int32Array;
  private readonly owner: Int32Array;
  private passing: Passing | null = null;
  private readonly ends: Int32Array;
  private readonly before = new Map<number, number>();
  private readonly endBefore = new Map<number, number>();

  /** Of applicant a only wishes before ends[a] count, until `ask` goes beyond. `extra`: seats that `addSeat` may add to one position. */
  constructor(
    private readonly levels: Levels,
    ends: Int32Array,
    extra = 0,
  ) {
    this.ends = ends.slice();
    this.nodeCapacity = levels.nodeCapacity.slice();
    this.seats = new Seats({ ...levels, nodeCapacity: this.nodeCapacity }, extra);
    this.held = new Int32Array(ends.length).fill(NOBODY);
    this.owner = new Int32Array(levels.wishPosition.length);
    for (let a = 0; a < ends.length; a += 1) this.owner.fill(a, levels.wishStart[a], levels.wishStart[a + 1]);
    for (let a = 0; a < ends.length; a += 1) this.settle(a, levels.wishStart[a]!);
    this.before.clear();
  }

  /** Everybody whom the changes since the last `undo` moved. */
  moved(): Iterable<number> {
    return this.before.keys();
  }

  isFull(position: number): boolean {
    return this.seats.count[position]! >= this.nodeCapacity[position]!;
  }

  /** Lets an applicant without a seat ask for wishes `from` to `to`; true as soon as and as long as one of them came true. */
  ask(applicant: number, from: number, to: number): boolean {
    if (!this.endBefore.has(applicant)) this.endBefore.set(applicant, this.ends[applicant]!);
    this.ends[applicant] = to;
    this.settle(applicant, from);
    return this.held[applicant]! >= 0;
  }

  /**
   * One seat more at the position, as if somebody left it who came before all: its caps and all above rise by one and the seat goes from hand to hand; then the caps
   * above fall back, as if somebody came who needs a seat of the host and none of the position, and whoever has to go asks further down.
   */
  addSeat(position: number): void {
    const { nodeParent } = this.levels;
    this.passing ??= { ...rankedWishes(this.levels), tree: treesOf(this.levels) };
    for (let node = position; node >= 0; node = nodeParent[node]!) this.nodeCapacity[node]! += 1;
    this.pass(position);
    for (let node = nodeParent[position]!; node >= 0; node = nodeParent[node]!) this.nodeCapacity[node]! -= 1;
    for (let node = nodeParent[position]!; node >= 0; node = nodeParent[node]!) {
      if (this.seats.count[node]! <= this.nodeCapacity[node]!) continue;
      const loser = this.seats.dropWorst(node);
      const lost = this.held[loser]!;
      this.move(loser, NOBODY);
      this.settle(loser, lost + 1);
    }
  }

  /** Back to the matching that the levels had. */
  undo(): void {
    this.nodeCapacity.set(this.levels.nodeCapacity);
    for (const a of this.before.keys()) if (this.held[a]! >= 0) this.seats.leave(this.held[a]!, a);
    for (const [a, w] of this.before) {
      if (w >= 0) this.seats.offer(w, a);
      this.held[a] = w;
    }
    this.before.clear();
    for (const [a, end] of this.endBefore) this.ends[a] = end;
    this.endBefore.clear();
  }

  private move(a: number, w: number): void {
    if (!this.before.has(a)) this.before.set(a, this.held[a]!);
    this.held[a] = w;
  }

  /** Applicants propose, the first from wish `from` on; whoever loses a seat goes on behind it. */
  private settle(first: number, from: number): void {
    const { wishRank } = this.levels;
    let [a, w] = [first, from];
    while (w < this.ends[a]!) {
      const loser = wishRank[w]! < 0 ? a : this.seats.offer(w, a);
      if (loser === a) {
        w += 1;
        continue;
      }
      this.move(a, w);
      if (loser === NOBODY) return;
      w = this.held[loser]! + 1;
      a = loser;
      this.move(a, NOBODY);
    }
  }

  /** A free seat goes to the best of those who want it more than what they have, and so on with the seat that leaves. */
  private pass(free: number): void {
    let position = free;
    for (;;) {
      const w = this.levels.reserves.overlaps[position] ? this.fillInTurn(position) : this.fill(position);
      if (w === NOBODY) return;
      const a = this.owner[w]!;
      const left = this.held[a]!;
      this.move(a, w);
      if (left < 0) return;
      this.seats.leave(left, a);
      position = this.levels.wishPosition[left]!;
    }
  }

  /** Of a tree with a free seat: whoever fills a reserved seat first, then by the order, then by the own wish. */
  private fill(position: number): number {
    let best = NOBODY;
    let isReserve = false;
    for (const p of this.passing!.tree[position]!) {
      if (this.seats.lowestFull(p) >= 0) continue;
      const isShort = this.levels.reserves.wishGroups !== null && this.seats.isShort(p);
      for (const w of this.wanting(p)) {
        const fills = isShort && this.seats.fillsReserve(w);
        if (fills === isReserve ? this.isBefore(w, best) : fills) [best, isReserve] = [w, fills];
        if (!isShort || fills) break;
      }
    }
    if (best >= 0) this.seats.offer(best, this.owner[best]!);
    return best;
  }

  /** Wishes are numbered in the order of the own list. */
  private isBefore(w: number, other: number): boolean {
    const { wishRank } = this.levels;
    return other < 0 || wishRank[w]! < wishRank[other]! || (wishRank[w] === wishRank[other] && w < other);
  }

  /** All who want it ask, and the position's own choice shows whom it takes. */
  private fillInTurn(position: number): number {
    let taken = NOBODY;
    for (const w of this.wanting(position)) if (this.seats.offer(w, this.owner[w]!) !== this.owner[w]) taken = w;
    return taken;
  }

  private *wanting(position: number): Generator<number> {
    const { ranked, start } = this.passing!;
    for (let n = start[position]!; n < start[position + 1]!; n += 1) {
      const w = ranked[n]!;
      const a = this.owner[w]!;
      if (w < this.ends[a]! && (this.held[a]! < 0 || this.held[a]! > w)) yield w;
    }
  }
}

/** What only a seat that goes from hand to hand needs. */
interface Passing {
  /** Wishes for position p, the best-ranked first: ranked[start[p]] to ranked[start[p + 1]]. */
  readonly ranked: Int32Array;
  readonly start: Int32Array;
  /** By position all positions of its tree. */
  readonly tree: readonly (readonly number[])[];
}

function rankedWishes({ wishPosition, wishRank, reserves }: Levels): Pick<Passing, 'ranked' | 'start'> {
  const start = new Int32Array(reserves.start.length);
  for (let w = 0; w < wishPosition.length; w += 1) if (wishRank[w]! >= 0) start[wishPosition[w]! + 1]! += 1;
  for (let p = 0; p + 1 < start.length; p += 1) start[p + 1]! += start[p]!;
  const ranked = new Int32Array(start[start.length - 1]!);
  const next = start.slice();
  for (let w = 0; w < wishPosition.length; w += 1) {
    if (wishRank[w]! < 0) continue;
    ranked[next[wishPosition[w]!]!] = w;
    next[wishPosition[w]!]! += 1;
  }
  for (let p = 0; p + 1 < start.length; p += 1) ranked.subarray(start[p], start[p + 1]).sort((v, w) => wishRank[v]! - wishRank[w]!);
  return { ranked, start };
}

function treesOf({ nodeParent, reserves }: Levels): number[][] {
  const rootOf = (p: number): number => {
    let node = p;
    while (nodeParent[node]! >= 0) node = nodeParent[node]!;
    return node;
  };
  const byRoot = new Map<number, number[]>();
  const roots = Array.from({ length: reserves.start.length - 1 }, (_, p) => rootOf(p));
  for (const [p, root] of roots.entries()) {
    const tree = byRoot.get(root);
    if (tree) tree.push(p);
    else byRoot.set(root, [p]);
  }
  return roots.map((root) => byRoot.get(root)!);
}
