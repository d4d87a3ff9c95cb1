// Whether more seats at a position would make a cap bind that could not before: then trees and orders are others.
import type { Market } from '../instance/market.js';

/** Above a host that binds already nothing changes, as no more can come through it. */
export function wouldBind({ instance, forest }: Market, p: number, added: number): boolean {
  const { hosts, hostParent, positionHost, canBind, accepts, below } = forest;
  const { capacity } = instance.positions[p]!;
  const more = Math.min(capacity + added, accepts[p]!) - Math.min(capacity, accepts[p]!);
  for (let h = positionHost[p]!; h >= 0 && !canBind[h]; h = hostParent[h]!) if (hosts[h]!.capacity < below[h]! + more) return true;
  return false;
}
