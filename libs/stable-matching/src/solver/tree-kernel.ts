// Deferred acceptance over trees of caps with reserves, in flat arrays: position, kind of post, enterprise, park, to any depth.
import type { Market } from '../instance/market.js';
import { Cells, cellsOf, EMPTY, radix } from './cells.js';
import { Tops } from './tops.js';

/** What the kernel reads of a market; capacities and reserves may be smaller than the instance's, as in a refill. */
export type Levels = Pick<Market, 'wishStart' | 'wishPosition' | 'wishRank' | 'nodeCapacity' | 'nodeParent' | 'reserves'>;

/**
 * For each applicant the position, or -1: applicant-proposing deferred acceptance over the choice of each tree (model.md section 7).
 *
 * A tree's choice is the greedy one of a laminar matroid (Fleiner 2003; Biro, Fleiner, Irving and Manlove 2010, nested case); with reserves for groups
 * that are disjoint at each position it maximises an M-natural-concave function (Kojima, Tamura and Yokoo 2018). Such a choice from a chosen set and one
 * more pair drops at most one pair: under the lowest node over its cap the worst that stands on no reserved seat, or, when all there do, the worst.
 */
export function treeAcceptance(levels: Levels): Int32Array {
  const run = new Seats(levels);
  const applicants = levels.wishStart.length - 1;
  const { wishStart, wishRank } = levels;
  const next = wishStart.slice(0, applicants);
  const held = new Int32Array(applicants).fill(-1);
  for (let first = 0; first < applicants; first += 1) {
    let applicant = first;
    while (applicant >= 0) {
      const w = next[applicant]!;
      if (w >= wishStart[applicant + 1]!) break;
      next[applicant] = w + 1;
      if (wishRank[w]! < 0) continue;
      const loser = run.offer(w, applicant);
      if (loser === applicant) continue;
      held[applicant] = w;
      if (loser >= 0) held[loser] = -1;
      applicant = loser;
    }
  }
  return held.map((w) => (w < 0 ? -1 : levels.wishPosition[w]!));
}

export const NOBODY = -1;

/** Who sits where. Capacities are read from `levels` at each offer, so that whoever owns them may change them between offers. */
export class Seats {
  private readonly shift: number;
  private readonly inverse: number;
  private readonly cells: Cells;
  /** By node. */
  readonly count: Int32Array;
  private readonly open: Tops;
  /** Also of those on reserved seats; only needed where there are any. */
  private readonly every: Tops | null;

  constructor(
    private readonly levels: Levels,
    extra = 0,
  ) {
    this.shift = radix(levels.wishStart.length - 1);
    this.inverse = 1 / this.shift;
    this.cells = cellsOf(levels, extra);
    this.count = new Int32Array(levels.nodeCapacity.length);
    this.open = new Tops(levels.nodeParent);
    this.every = levels.reserves.wishGroups ? new Tops(levels.nodeParent) : null;
  }

  /** The applicant who has no seat after the offer: nobody (-1), the one who asked, or another. */
  offer(w: number, applicant: number): number {
    const position = this.levels.wishPosition[w]!;
    const key = this.levels.wishRank[w]! * this.shift + applicant;
    if (!this.every) return this.offerPlain(position, key);
    if (this.levels.reserves.overlaps[position]) return this.offerInTurn(position, key);
    const cell = this.cells.of(w);
    const full = this.lowestFull(position);
    if (full >= 0 && this.cells.isOver(cell) && key > this.open.of(full)) return applicant;
    this.cells.push(cell, key);
    this.add(position, 1);
    this.refresh(position);
    return full < 0 ? NOBODY : this.dropWorst(full);
  }

  /** Without reserves a position is one cell, and whoever comes to a full one takes the place of its worst. */
  private offerPlain(position: number, key: number): number {
    const { cells, open, count } = this;
    const { nodeParent } = this.levels;
    const full = this.lowestFull(position);
    if (full >= 0 && key > open.of(full)) return this.applicantOf(key);
    if (full === position) {
      const loser = cells.replaceTop(position, key);
      open.set(position, cells.top(position));
      return this.applicantOf(loser);
    }
    cells.push(position, key);
    for (let node = position; node >= 0; node = nodeParent[node]!) count[node]! += 1;
    open.set(position, cells.top(position));
    return full < 0 ? NOBODY : this.dropWorst(full);
  }

  /** By hand, because a remainder of such large numbers is a call to the system's library; the radix is a power of two, so nothing is rounded. */
  private applicantOf(key: number): number {
    return key - Math.floor(key * this.inverse) * this.shift;
  }

  /** Below a node the worst on no reserved seat, or, when all sit on one, the worst. */
  dropWorst(node: number): number {
    const worst = this.open.of(node);
    const loser = worst >= 0 ? worst : this.every!.of(node);
    this.remove(node, loser, worst >= 0);
    return this.applicantOf(loser);
  }

  leave(w: number, applicant: number): void {
    const position = this.levels.wishPosition[w]!;
    const key = this.levels.wishRank[w]! * this.shift + applicant;
    if (this.levels.reserves.overlaps[position]) return this.refillInTurn(position, key);
    this.cells.delete(this.cells.of(w), key);
    this.add(position, -1);
    this.refresh(position);
  }

  /** The lowest node from the position up that has no seat left, or -1. */
  lowestFull(position: number): number {
    const { nodeCapacity, nodeParent } = this.levels;
    for (let node = position; node >= 0; node = nodeParent[node]!) if (this.count[node]! >= nodeCapacity[node]!) return node;
    return NOBODY;
  }

  /** Whether a reserved seat of the position is empty, or taken by nobody of its group. */
  isShort(position: number): boolean {
    const { start, size, seats } = this.cells;
    for (let cell = start[position]!; cell < start[position + 1]!; cell += 1) if (size[cell]! < seats[cell]!) return true;
    return false;
  }

  /** Whether a reserved seat would be filled that nobody sits on. */
  fillsReserve(w: number): boolean {
    const cell = this.cells.of(w);
    return this.cells.size[cell]! < this.cells.seats[cell]!;
  }

  /** Combination C: seats are filled group by group in the order listed, then by everyone; whom a stage drops tries the next. */
  private offerInTurn(position: number, key: number): number {
    const { cells } = this;
    const [first, last] = [cells.start[position]!, cells.start[position + 1]! - 1];
    let mover = key;
    for (let cell = first; cell <= last; cell += 1) {
      if (cell < last && !this.belongs(mover, cell - first, position)) continue;
      if (cell === last || cells.size[cell]! < cells.seats[cell]!) {
        cells.push(cell, mover);
        this.count[position]! += 1;
        return this.count[position]! > this.levels.nodeCapacity[position]! ? this.dropLast(position) : NOBODY;
      }
      if (cells.size[cell]! > 0 && mover < cells.top(cell)) mover = cells.replaceTop(cell, mover);
    }
    throw new Error('the last stage is open to everyone');
  }

  private dropLast(position: number): number {
    let cell = this.cells.start[position + 1]! - 1;
    while (this.cells.size[cell] === 0) cell -= 1;
    this.count[position]! -= 1;
    return this.applicantOf(this.cells.pop(cell));
  }

  private belongs(key: number, reserve: number, position: number): boolean {
    const { wishStart, wishPosition, reserves } = this.levels;
    const applicant = this.applicantOf(key);
    let w = wishStart[applicant]!;
    while (wishPosition[w] !== position) w += 1;
    return ((reserves.wishGroups![w]! >> reserve) & 1) === 1;
  }

  /** Who left may have sat on a seat that another one now takes: all take their seats anew. */
  private refillInTurn(position: number, gone: number): void {
    const { cells } = this;
    const keys: number[] = [];
    for (let cell = cells.start[position]!; cell < cells.start[position + 1]!; cell += 1) {
      keys.push(...cells.keys(cell));
      cells.size[cell] = 0;
    }
    this.count[position] = 0;
    for (const key of keys) if (key !== gone) this.offerInTurn(position, key);
  }

  private add(position: number, change: number): void {
    const { nodeParent } = this.levels;
    for (let node = position; node >= 0; node = nodeParent[node]!) this.count[node]! += change;
  }

  /** The worst of a node is the top of one of its cells. */
  private remove(node: number, key: number, isOpen: boolean): void {
    const position = (isOpen ? this.open : this.every!).positionOf(node, key);
    const { start } = this.cells;
    for (let cell = start[position]!; cell < start[position + 1]!; cell += 1) {
      if (this.cells.top(cell) !== key) continue;
      this.cells.pop(cell);
      break;
    }
    this.add(position, -1);
    this.refresh(position);
  }

  private refresh(position: number): void {
    const { start } = this.cells;
    let [open, every] = [EMPTY, EMPTY];
    for (let cell = start[position]!; cell < start[position + 1]!; cell += 1) {
      const top = this.cells.top(cell);
      if (top > every) every = top;
      if (top > open && this.cells.isOver(cell)) open = top;
    }
    this.open.set(position, open);
    this.every?.set(position, every);
  }
}
