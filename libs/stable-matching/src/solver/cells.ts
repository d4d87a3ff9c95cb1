// Who sits at a position, by kind of seat: one heap for each reserve, and one for everyone else; the worst on top.
import type { Levels } from './tree-kernel.js';

export const EMPTY = -1;

/** Cells of position p: start[p] to start[p + 1], its reserves as they are listed and the open one last. */
export class Cells {
  private readonly heap: Float64Array;

  constructor(
    readonly start: Int32Array,
    /** Reserved seats; 0 for the open cell. */
    readonly seats: Int32Array,
    private readonly heapStart: Int32Array,
    private readonly levels: Levels,
  ) {
    this.heap = new Float64Array(heapStart[heapStart.length - 1]!);
    this.size = new Int32Array(seats.length);
  }

  readonly size: Int32Array;

  /** Of a wish, where groups are disjoint. */
  of(w: number): number {
    const { wishPosition, reserves } = this.levels;
    const position = wishPosition[w]!;
    const groups = reserves.wishGroups ? reserves.wishGroups[w]! : 0;
    return groups === 0 ? this.start[position + 1]! - 1 : this.start[position]! + (31 - Math.clz32(groups & -groups));
  }

  /** Whether somebody sits there beyond the reserved seats; so for every open cell that is not empty, and for any that holds as many as it has and is offered one more. */
  isOver(cell: number): boolean {
    return this.size[cell]! > this.seats[cell]!;
  }

  top(cell: number): number {
    return this.size[cell]! > 0 ? this.heap[this.heapStart[cell]!]! : EMPTY;
  }

  push(cell: number, key: number): void {
    const base = this.heapStart[cell]!;
    let at = this.size[cell]!;
    this.size[cell] = at + 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (this.heap[base + above]! >= key) break;
      this.heap[base + at] = this.heap[base + above]!;
      at = above;
    }
    this.heap[base + at] = key;
  }

  pop(cell: number): number {
    const base = this.heapStart[cell]!;
    const worst = this.heap[base]!;
    const size = this.size[cell]! - 1;
    this.size[cell] = size;
    if (size > 0) this.sink(base, size, this.heap[base + size]!);
    return worst;
  }

  /** Whoever leaves is looked for: a cell has no more people than its position has seats. */
  delete(cell: number, key: number): void {
    const [base, size] = [this.heapStart[cell]!, this.size[cell]! - 1];
    let at = 0;
    while (this.heap[base + at] !== key) at += 1;
    this.size[cell] = size;
    const moved = this.heap[base + size]!;
    if (at === size) return;
    while (at > 0 && this.heap[base + ((at - 1) >> 1)]! < moved) {
      this.heap[base + at] = this.heap[base + ((at - 1) >> 1)]!;
      at = (at - 1) >> 1;
    }
    this.sink(base, size, moved, at);
  }

  keys(cell: number): Float64Array {
    return this.heap.slice(this.heapStart[cell]!, this.heapStart[cell]! + this.size[cell]!);
  }

  replaceTop(cell: number, key: number): number {
    const base = this.heapStart[cell]!;
    const worst = this.heap[base]!;
    this.sink(base, this.size[cell]!, key);
    return worst;
  }

  /** Puts a key where another one stood, on top unless told otherwise, and brings it down to its place. */
  private sink(base: number, size: number, key: number, from = 0): void {
    const { heap } = this;
    let at = from;
    for (let child = 2 * at + 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && heap[base + child + 1]! > heap[base + child]!) child += 1;
      if (heap[base + child]! <= key) break;
      heap[base + at] = heap[base + child]!;
      at = child;
    }
    heap[base + at] = key;
  }
}

/** One place more than a position can seat: an offer is put in before the worst goes. `extra`: seats that may be added later. */
export function cellsOf(levels: Levels, extra: number): Cells {
  const { nodeCapacity, reserves } = levels;
  const positions = reserves.start.length - 1;
  const start = new Int32Array(positions + 1);
  for (let p = 0; p < positions; p += 1) start[p + 1] = start[p]! + reserves.start[p + 1]! - reserves.start[p]! + 1;
  const most = mostAt(levels, extra);
  const seats = new Int32Array(start[positions]!);
  const heapStart = new Int32Array(seats.length + 1);
  for (let p = 0; p < positions; p += 1) {
    const room = Math.min(nodeCapacity[p]! + 1 + extra, most?.[p] ?? Infinity);
    for (let cell = start[p]!; cell < start[p + 1]!; cell += 1) {
      const n = cell - start[p]!;
      const isReserve = cell < start[p + 1]! - 1;
      seats[cell] = isReserve ? reserves.seats[reserves.start[p]! + n]! : 0;
      heapStart[cell + 1] = heapStart[cell]! + room;
    }
  }
  return new Cells(start, seats, heapStart, levels);
}

/** How many ask for each position; null where seats are few enough to need no such limit, as counting costs a third of a small matching. */
function mostAt({ wishPosition, nodeCapacity, reserves }: Levels, extra: number): Int32Array | null {
  const positions = reserves.start.length - 1;
  let seats = 0;
  for (let p = 0; p < positions; p += 1) seats += (nodeCapacity[p]! + 1 + extra) * (reserves.start[p + 1]! - reserves.start[p]! + 1);
  if (seats <= wishPosition.length) return null;
  const asked = new Int32Array(positions);
  for (let w = 0; w < wishPosition.length; w += 1) asked[wishPosition[w]!]! += 1;
  return asked;
}

/** One number for rank and applicant, so that a comparison reads one place of memory. */
export function radix(applicants: number): number {
  let shift = 1;
  while (shift <= applicants) shift *= 2;
  return shift;
}
