// From an instance with string ids to the result that is published.
import { digestOf } from '../instance/digest.js';
import type { Instance, Matching, UnassignedReason } from '../instance/instance.js';
import { marketOf, type Market } from '../instance/market.js';
import { deferredAcceptance } from './kernel.js';
import { treeAcceptance } from './tree-kernel.js';

/**
 * The stable matching that is best for every applicant at once, among those stable for the drawn order. The same instance gives the same digest on
 * every machine. An instance without applicants or positions gives an empty matching. Throws `Refused` with the reason for what is not accepted.
 */
export function solve(instance: Instance): Matching {
  const market = marketOf(instance);
  return matchingOf(market, assign(market));
}

/** By applicant the position, or -1. One level without reserves goes the short way. */
export function assign(market: Market): Int32Array {
  const { wishStart, wishPosition, wishRank, nodeCapacity, positions, reserves } = market;
  const isPlain = nodeCapacity.length === positions.length && reserves.wishGroups === null;
  return isPlain ? deferredAcceptance({ wishStart, wishPosition, wishRank, capacity: nodeCapacity }) : treeAcceptance(market);
}

export function matchingOf(market: Market, assigned: Int32Array): Matching {
  const { applicants, positions, instance } = market;
  const positionOf = (a: number): string | null => (assigned[a]! < 0 ? null : positions[assigned[a]!]!);
  const taken = new Int32Array(positions.length);
  for (const p of assigned) if (p >= 0) taken[p]! += 1;
  const unassigned: [string, UnassignedReason][] = [];
  for (const [a, id] of applicants.entries()) if (assigned[a]! < 0) unassigned.push([id, reasonOf(market, a)]);
  return {
    assignments: Object.fromEntries(applicants.map((id, a) => [id, positionOf(a)])),
    unassigned: Object.fromEntries(unassigned),
    free: Object.fromEntries(positions.map((id, p) => [id, instance.positions[p]!.capacity - taken[p]!])),
    stable: true,
    digest: digestOf(applicants, (_, a) => positionOf(a) ?? ''),
  };
}

function reasonOf({ wishStart, wishRank }: Market, a: number): UnassignedReason {
  const ranks = wishRank.subarray(wishStart[a]!, wishStart[a + 1]!);
  if (ranks.length === 0) return 'no_list';
  return ranks.some((rank) => rank >= 0) ? 'no_seat' : 'none_acceptable';
}
