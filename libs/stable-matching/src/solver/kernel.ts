// Deferred acceptance for one level in flat arrays: no object, Map or closure in the loop. Measured by bench/src/w1.ts.

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
 * proposals, so whoever loses a seat proposes next, without a queue. A full position only ever admits better applicants than its last one, so its last is found by
 * walking its order once from the end, and the whole takes time in proportion to wishes and orders; no heap. The input is not changed.
 */
export function deferredAcceptance({ wishStart, wishPosition, wishRank, capacity, orderStart }: OneLevel): Int32Array {
  const applicants = wishStart.length - 1;
  // By place in the order of each position: applicant + 1, or 0.
  const holder = new Int32Array(orderStart[capacity.length]!);
  const left = capacity.slice();
  const last = new Int32Array(capacity.length);
  const bar = capacity.map((seats) => (seats > 0 ? NOT_FULL : -1));
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
      const base = orderStart[position]!;
      holder[base + rank] = applicant + 1;
      next[applicant] = w;
      if (worst === NOT_FULL) {
        const seats = left[position]! - 1;
        left[position] = seats;
        last[position] = Math.max(last[position]!, rank);
        bar[position] = seats === 0 ? last[position]! : NOT_FULL;
        break;
      }
      let at = base + worst;
      applicant = holder[at]! - 1;
      holder[at] = 0;
      do at -= 1; while (holder[at] === 0);
      bar[position] = at - base;
      w = next[applicant]!;
      end = wishStart[applicant + 1]!;
    }
  }
  return positionsOf({ wishStart, wishPosition, wishRank }, next, bar);
}

/** Each applicant's last offer that was taken, unless the position's bar has passed it since. */
function positionsOf({ wishStart, wishPosition, wishRank }: Pick<OneLevel, 'wishStart' | 'wishPosition' | 'wishRank'>, next: Int32Array, bar: Int32Array): Int32Array {
  const positions = new Int32Array(next.length);
  for (let a = 0; a < next.length; a += 1) {
    const w = next[a]! - 1;
    positions[a] = w >= wishStart[a]! && wishRank[w]! <= bar[wishPosition[w]!]! ? wishPosition[w]! : -1;
  }
  return positions;
}
