// The other end of the lattice, for comparison only: what the positions would choose, were they to propose.
import { Refused, type Instance, type Matching } from '../instance/instance.js';
import { marketOf, type Market } from '../instance/market.js';
import { matchingOf } from './solve.js';

/**
 * Position-proposing deferred acceptance (Gale and Shapley 1962) for one level: the stable matching that is worst for every applicant at once. Never publish it:
 * applicants could gain by lists that are not true. Refused (`unsupported.levels`): a host whose cap can bind, a reserve.
 */
export function solveHostOptimal(instance: Instance): Matching {
  const market = marketOf(instance);
  if (market.nodeCapacity.length > market.positions.length || market.reserves.wishGroups) throw new Refused('unsupported.levels');
  return matchingOf(market, propose(market));
}

function propose({ applicants, positions, wishStart, wishPosition, wishRank, nodeCapacity }: Market): Int32Array {
  const invitations = invitationsOf({ positions, wishPosition, wishRank });
  const holder = applicantOfWish(wishStart);
  const held = new Int32Array(applicants.length).fill(-1);
  const next = new Int32Array(positions.length);
  const free = nodeCapacity.slice();
  const waiting = Array.from(positions.keys());
  for (let p = waiting.pop(); p !== undefined; p = waiting.pop()) {
    while (free[p]! > 0 && next[p]! < invitations[p]!.length) {
      const w = invitations[p]![next[p]!]!;
      next[p]! += 1;
      const a = holder[w]!;
      // Wishes are numbered in the order of the own list: the smaller is the more wanted.
      if (held[a]! >= 0 && held[a]! < w) continue;
      if (held[a]! >= 0) {
        free[wishPosition[held[a]!]!]! += 1;
        waiting.push(wishPosition[held[a]!]!);
      }
      held[a] = w;
      free[p]! -= 1;
    }
  }
  return held.map((w) => (w < 0 ? -1 : wishPosition[w]!));
}

/** By position the wishes for it, the best-ranked first. */
function invitationsOf({ positions, wishPosition, wishRank }: Pick<Market, 'positions' | 'wishPosition' | 'wishRank'>): number[][] {
  const invitations: number[][] = positions.map(() => []);
  for (const [w, p] of wishPosition.entries()) if (wishRank[w]! >= 0) invitations[p]!.push(w);
  for (const list of invitations) list.sort((v, w) => wishRank[v]! - wishRank[w]!);
  return invitations;
}

function applicantOfWish(wishStart: Int32Array): Int32Array {
  const holder = new Int32Array(wishStart[wishStart.length - 1]!);
  for (let a = 0; a + 1 < wishStart.length; a += 1) holder.fill(a, wishStart[a], wishStart[a + 1]);
  return holder;
}
