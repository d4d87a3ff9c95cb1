// random(N, M, L, fill, seed) of performance.md W1: wishes crowd to the first positions, orders follow ability and chance in equal parts.
import type { Instance, OneLevel } from '@tandem/stable-matching';

export interface Size {
  readonly applicants: number;
  readonly positions: number;
  /** Seats for one applicant. */
  readonly fill: number;
}

export const WISHES = 10;
const SKEW = 1.5;

/** Numbers in [0, 1) that every machine draws alike (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function random({ applicants, positions, fill }: Size, seed: number): OneLevel {
  const draw = randomNumbers(seed);
  const length = Math.min(WISHES, positions);
  const wishStart = Int32Array.from({ length: applicants + 1 }, (_, a) => a * length);
  const wishPosition = new Int32Array(applicants * length);
  const listed = new Int32Array(positions).fill(-1);
  for (let a = 0; a < applicants; a += 1) {
    for (let n = 0; n < length; ) {
      const p = Math.floor(positions * draw() ** SKEW);
      if (listed[p] === a) continue;
      listed[p] = a;
      wishPosition[a * length + n] = p;
      n += 1;
    }
  }
  const seats = Math.round(fill * applicants);
  const capacity = Int32Array.from({ length: positions }, (_, p) => Math.floor(((p + 1) * seats) / positions) - Math.floor((p * seats) / positions));
  const orderStart = new Int32Array(positions + 1);
  for (const p of wishPosition) orderStart[p + 1]! += 1;
  for (let p = 0; p < positions; p += 1) orderStart[p + 1]! += orderStart[p]!;
  return { wishStart, wishPosition, wishRank: ranks(wishPosition, { applicants, positions, length }, draw), capacity, orderStart };
}

function ranks(wishPosition: Int32Array, { applicants, positions, length }: { applicants: number; positions: number; length: number }, draw: () => number): Int32Array {
  const ability = Float64Array.from({ length: applicants }, draw);
  const key = Float64Array.from(wishPosition, (_, w) => 0.5 * ability[Math.floor(w / length)]! + 0.5 * draw());
  const at: number[][] = Array.from({ length: positions }, () => []);
  for (const [w, p] of wishPosition.entries()) at[p]!.push(w);
  const wishRank = new Int32Array(wishPosition.length);
  for (const wishes of at) for (const [rank, w] of wishes.sort((v, w) => key[w]! - key[v]! || v - w).entries()) wishRank[w] = rank;
  return wishRank;
}

/** The same with string ids and ranked lists, as somebody would send it. */
export function withIds({ wishStart, wishPosition, wishRank, capacity }: OneLevel): Instance {
  const applicant = Array.from({ length: wishStart.length - 1 }, (_, a) => `student-${String(a).padStart(7, '0')}`);
  const position = Array.from(capacity, (_, p) => `position-${String(p).padStart(6, '0')}`);
  const priorities: string[][] = position.map(() => []);
  for (const [a, id] of applicant.entries()) for (let w = wishStart[a]!; w < wishStart[a + 1]!; w += 1) priorities[wishPosition[w]!]![wishRank[w]!] = id;
  return {
    applicants: applicant.map((id, a) => ({ id, preferences: Array.from(wishPosition.subarray(wishStart[a], wishStart[a + 1]), (p) => position[p]!) })),
    positions: position.map((id, p) => ({ id, capacity: capacity[p]!, priorities: priorities[p]! })),
  };
}
