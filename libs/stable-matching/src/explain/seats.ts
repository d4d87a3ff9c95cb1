// Who sits where, as explanations need it: from the matching and the order alone, never from what others asked for.
import type { Assignments } from '../instance/instance.js';
import { Refused } from '../instance/instance.js';
import type { Market } from '../instance/market.js';

export const NO_SEAT = -1;
export const BY_HAND = -2;

export interface Seats {
  /** By applicant the wish that came true, NO_SEAT, or BY_HAND: a place that is no acceptable wish, as somebody gave it after the match. */
  readonly held: Int32Array;
  /** By applicant the reserve (an index into market.reserves) whose seat is held, or -1. */
  readonly reserve: Int32Array;
  /** By node. */
  readonly taken: Int32Array;
  /** By node the worst pair on no reserved seat, as a wish, or -1; and how many sit there. */
  readonly lastOpen: Int32Array;
  readonly open: Int32Array;
  /** By node the worst pair of all. */
  readonly last: Int32Array;
}

/** Refused: a position that the instance does not know. */
export function seatsOf(market: Market, assignments: Assignments): Seats {
  const { applicants, positionAt, nodeCapacity, nodeParent, wishPosition, wishRank } = market;
  const held = Int32Array.from(applicants, (id, a) => heldBy(market, a, assignments[id] ?? null));
  const reserve = reservedSeats(market, held);
  const nodes = nodeCapacity.length;
  const [taken, open] = [new Int32Array(nodes), new Int32Array(nodes)];
  const [last, lastOpen] = [new Int32Array(nodes).fill(-1), new Int32Array(nodes).fill(-1)];
  const worse = (w: number, than: number): number => (than < 0 || wishRank[w]! > wishRank[than]! ? w : than);
  for (const [a, w] of held.entries()) {
    if (w === NO_SEAT) continue;
    if (w === BY_HAND) {
      for (let node = positionAt.get(assignments[applicants[a]!]!)!; node >= 0; node = nodeParent[node]!) taken[node]! += 1;
      continue;
    }
    for (let node = wishPosition[w]!; node >= 0; node = nodeParent[node]!) {
      taken[node]! += 1;
      last[node] = worse(w, last[node]!);
      if (reserve[a]! >= 0) continue;
      open[node]! += 1;
      lastOpen[node] = worse(w, lastOpen[node]!);
    }
  }
  return { held, reserve, taken, last, lastOpen, open };
}

function heldBy({ wishStart, wishPosition, wishRank, positions, positionAt, applicants }: Market, a: number, position: string | null): number {
  if (position === null) return NO_SEAT;
  for (let w = wishStart[a]!; w < wishStart[a + 1]!; w += 1) if (positions[wishPosition[w]!] === position && wishRank[w]! >= 0) return w;
  if (!positionAt.has(position)) throw new Refused('instance.unknown_id', { applicant: applicants[a], position });
  return BY_HAND;
}

/** Reserved seats go to the best members, group by group in the order listed; what is left is open. */
function reservedSeats({ reserves, positions, wishPosition, wishRank }: Market, held: Int32Array): Int32Array {
  const reserve = new Int32Array(held.length).fill(-1);
  if (!reserves.wishGroups) return reserve;
  const at: number[][] = positions.map(() => []);
  for (const [a, w] of held.entries()) if (w >= 0) at[wishPosition[w]!]!.push(a);
  for (const [p, people] of at.entries()) {
    people.sort((a, b) => wishRank[held[a]!]! - wishRank[held[b]!]!);
    for (let n = reserves.start[p]!; n < reserves.start[p + 1]!; n += 1) {
      const members = people.filter((a) => reserve[a]! < 0 && ((reserves.wishGroups![held[a]!]! >> (n - reserves.start[p]!)) & 1) === 1);
      for (const a of members.slice(0, reserves.seats[n]!)) reserve[a] = n;
    }
  }
  return reserve;
}
