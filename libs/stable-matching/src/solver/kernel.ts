// Deferred acceptance for one level in flat arrays: no object, Map or closure in the loop. Measured by bench/src/w1.ts.

/** Wishes in rows: those of applicant a are wishStart[a] to wishStart[a + 1], the most wanted first. */
export interface OneLevel {
  readonly wishStart: Int32Array;
  readonly wishPosition: Int32Array;
  /** The applicant's rank at that position, smaller is better, equal for no two applicants of a position; negative: not acceptable. */
  readonly wishRank: Int32Array;
  readonly capacity: Int32Array;
}

/**
 * Applicant-proposing deferred acceptance (Gale and Shapley 1962): for each applicant the position, or -1. The answer does not depend on the order of
 * the proposals, so whoever loses a seat proposes next, without a queue. Ranks below 2^53 / number of applicants. The input is not changed.
 */
export function deferredAcceptance({ wishStart, wishPosition, wishRank, capacity }: OneLevel): Int32Array {
  const applicants = wishStart.length - 1;
  const shift = radix(applicants);
  const heapStart = heapOffsets(wishPosition, capacity);
  const heap = new Float64Array(heapStart[capacity.length]!);
  const filled = new Int32Array(capacity.length);
  const next = wishStart.slice(0, applicants);
  let [waiting, applicant] = [0, 0];
  while (waiting < applicants) {
    const w = next[applicant]!;
    if (w >= wishStart[applicant + 1]!) {
      applicant = waiting += 1;
      continue;
    }
    next[applicant] = w + 1;
    const position = wishPosition[w]!;
    const base = heapStart[position]!;
    const size = filled[position]!;
    const seats = heapStart[position + 1]! - base;
    const key = wishRank[w]! * shift + applicant;
    if (size === seats) {
      if (seats === 0 || key > heap[base]! || key < 0) continue;
      applicant = heap[base]! % shift;
      sink(heap, base, seats, key);
    } else if (key >= 0) {
      heap[base + size] = key;
      filled[position] = size + 1;
      if (size + 1 === seats) heapify(heap, base, seats);
      applicant = waiting += 1;
    }
  }
  return holders({ heap, heapStart, filled, applicants });
}

/** One number for rank and applicant, so that a comparison reads one place of memory. */
export function radix(applicants: number): number {
  let shift = 1;
  while (shift <= applicants) shift *= 2;
  return shift;
}

/** No position holds more than ask for it, whatever its capacity. */
function heapOffsets(wishPosition: Int32Array, capacity: Int32Array): Int32Array {
  const asked = new Int32Array(capacity.length);
  for (let w = 0; w < wishPosition.length; w += 1) asked[wishPosition[w]!]! += 1;
  const start = new Int32Array(capacity.length + 1);
  for (let p = 0; p < capacity.length; p += 1) start[p + 1] = start[p]! + Math.min(capacity[p]!, asked[p]!);
  return start;
}

/** Until a position is full nobody asks for its worst, so its heap is made when the last seat goes. */
export function heapify(heap: Float64Array, base: number, size: number): void {
  for (let at = (size >> 1) - 1; at >= 0; at -= 1) sinkFrom(heap, { base, size, at, key: heap[base + at]! });
}

/** Replaces the worst, which stands on top. */
export function sink(heap: Float64Array, base: number, size: number, key: number): void {
  let at = 0;
  for (let child = 1; child < size; child = 2 * at + 1) {
    if (child + 1 < size && heap[base + child + 1]! > heap[base + child]!) child += 1;
    if (heap[base + child]! <= key) break;
    heap[base + at] = heap[base + child]!;
    at = child;
  }
  heap[base + at] = key;
}

function sinkFrom(heap: Float64Array, { base, size, at, key }: { base: number; size: number; at: number; key: number }): void {
  let hole = at;
  for (let child = 2 * hole + 1; child < size; child = 2 * hole + 1) {
    if (child + 1 < size && heap[base + child + 1]! > heap[base + child]!) child += 1;
    if (heap[base + child]! <= key) break;
    heap[base + hole] = heap[base + child]!;
    hole = child;
  }
  heap[base + hole] = key;
}

function holders({ heap, heapStart, filled, applicants }: { heap: Float64Array; heapStart: Int32Array; filled: Int32Array; applicants: number }): Int32Array {
  const shift = radix(applicants);
  const position = new Int32Array(applicants).fill(-1);
  for (let p = 0; p < filled.length; p += 1) {
    for (let at = heapStart[p]!; at < heapStart[p]! + filled[p]!; at += 1) position[heap[at]! % shift] = p;
  }
  return position;
}
