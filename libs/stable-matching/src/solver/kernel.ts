// Deferred acceptance for one level in flat arrays: no object, Map or closure in the loop. Measured by bench/src/matching.ts.

/** Wishes in rows: those of applicant a are wishStart[a] to wishStart[a + 1], the most wanted first. */
export interface OneLevel {
  readonly wishStart: Int32Array;
  readonly wishPosition: Int32Array;
  /** The applicant's place in that position's order, from 0, the best first; negative: not acceptable. */
  readonly wishRank: Int32Array;
  readonly capacity: Int32Array;
  /** Position p ranks orderStart[p + 1] - orderStart[p] applicants. */
  readonly orderStart: Int32Array;
}

const NOT_FULL = 0x7fffffff;

/**
 * Applicant-proposing deferred acceptance (Gale and Shapley 1962): for each applicant the position, or -1. The answer does not hang on the order of the
 * proposals, so whoever loses a seat proposes next, without a queue. A position keeps who sits there in a heap of pairs (rank, applicant), the worst on
 * top, from the moment it is full; most offers are turned down by its bar alone. The input is not changed.
 */
export function deferredAcceptance({ wishStart, wishPosition, wishRank, capacity, orderStart }: OneLevel): Int32Array {
  const applicants = wishStart.length - 1;
  const start = heapStarts(capacity, orderStart);
  const heap = new Int32Array(start[capacity.length]!);
  const filled = start.slice(0, -1);
  const bar = capacity.map((_, p) => (start[p + 1]! > start[p]! ? NOT_FULL : -1));
  const next = wishStart.slice(0, applicants);
  for (let first = 0; first < applicants; first += 1) {
    let applicant = first;
    let w = wishStart[applicant]!;
    let end = wishStart[applicant + 1]!;
    while (w < end) {
      const position = wishPosition[w]!;
      const rank = wishRank[w]!;
      const worst = bar[position]!;
      w += 1;
      if (rank > worst || rank < 0) continue;
      next[applicant] = w;
      const base = start[position]!;
      const past = start[position + 1]!;
      if (worst === NOT_FULL) {
        const at = filled[position]!;
        heap[at] = rank;
        heap[at + 1] = applicant;
        filled[position] = at + 2;
        bar[position] = at + 2 === past ? heaped(heap, base, past) : NOT_FULL;
        break;
      }
      const loser = heap[base + 1]!;
      heap[base] = rank;
      heap[base + 1] = applicant;
      sink(heap, base, past, base);
      bar[position] = heap[base]!;
      applicant = loser;
      w = next[applicant]!;
      end = wishStart[applicant + 1]!;
    }
  }
  return positionsOf(heap, start, filled, applicants);
}

/** Two numbers for each seat that can be taken. */
function heapStarts(capacity: Int32Array, orderStart: Int32Array): Int32Array {
  const start = new Int32Array(capacity.length + 1);
  for (let p = 0; p < capacity.length; p += 1) start[p + 1] = start[p]! + 2 * Math.max(0, Math.min(capacity[p]!, orderStart[p + 1]! - orderStart[p]!));
  return start;
}

/** Brings the pairs from `base` to `past` into order; the worst rank. */
function heaped(heap: Int32Array, base: number, past: number): number {
  const seats = (past - base) >> 1;
  for (let n = (seats >> 1) - 1; n >= 0; n -= 1) sink(heap, base, past, base + 2 * n);
  return heap[base]!;
}

/** The pair at `from` goes down until no worse one is below it. */
function sink(heap: Int32Array, base: number, past: number, from: number): void {
  const rank = heap[from]!;
  const applicant = heap[from + 1]!;
  let at = from;
  for (let child = 2 * at - base + 2; child < past; child = 2 * at - base + 2) {
    if (child + 2 < past && heap[child + 2]! > heap[child]!) child += 2;
    if (heap[child]! <= rank) break;
    heap[at] = heap[child]!;
    heap[at + 1] = heap[child + 1]!;
    at = child;
  }
  heap[at] = rank;
  heap[at + 1] = applicant;
}

function positionsOf(heap: Int32Array, start: Int32Array, filled: Int32Array, applicants: number): Int32Array {
  const positions = new Int32Array(applicants).fill(-1);
  for (let p = 0; p < filled.length; p += 1) for (let at = start[p]! + 1; at < filled[p]!; at += 2) positions[heap[at]!] = p;
  return positions;
}
