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
  return solveMarket(marketOf(instance));
}

/** The same for an instance that was read before, so that matching, check and explanations read it once. */
export function solveMarket(market: Market): Matching {
  return matchingOf(market, assign(market));
}

/** By applicant the position, or -1. One level without reserves goes the short way, unless orders are so much longer than wishes that they would fill the memory. */
export function assign(market: Market): Int32Array {
  const { nodeCapacity, positions, reserves, orderStart, wishPosition } = market;
  const isOneLevel = nodeCapacity.length === positions.length && reserves.wishGroups === null;
  const isCompact = orderStart[positions.length]! <= MUCH_LONGER * wishPosition.length;
  return isOneLevel && isCompact ? deferredAcceptance({ ...market, capacity: nodeCapacity }) : treeAcceptance(market);
}

const MUCH_LONGER = 16;

export function matchingOf(market: Market, assigned: Int32Array): Matching {
  const { applicants, positions, instance } = market;
  const positionOf = (a: number): string | null => (assigned[a]! < 0 ? null : positions[assigned[a]!]!);
  const left = instance.positions.map(({ capacity }) => capacity);
  for (const p of assigned) if (p >= 0) left[p]! -= 1;
  const unassigned: Record<string, UnassignedReason> = {};
  for (const [a, id] of applicants.entries()) if (assigned[a]! < 0) put(unassigned, id, reasonOf(market, a));
  return {
    assignments: record(applicants, positionOf),
    unassigned,
    free: record(positions, (p) => left[p]!),
    stable: true,
    digest: digestOf(applicants, (_, a) => positionOf(a) ?? ''),
  };
}

/** Without pairs in between: of 100,000 they cost as much as the matching. */
function record<T>(ids: readonly string[], valueOf: (at: number) => T): Record<string, T> {
  const values: Record<string, T> = {};
  for (let at = 0; at < ids.length; at += 1) put(values, ids[at]!, valueOf(at));
  return values;
}

/** An assignment to `__proto__` would be lost. */
function put<T>(values: Record<string, T>, id: string, value: T): void {
  if (id === '__proto__') Object.defineProperty(values, id, { value, enumerable: true, configurable: true, writable: true });
  else values[id] = value;
}

/** Of somebody without a place. */
export function reasonOf({ wishStart, wishRank }: Market, a: number): UnassignedReason {
  const ranks = wishRank.subarray(wishStart[a]!, wishStart[a + 1]!);
  if (ranks.length === 0) return 'no_list';
  return ranks.some((rank) => rank >= 0) ? 'no_seat' : 'none_acceptable';
}
