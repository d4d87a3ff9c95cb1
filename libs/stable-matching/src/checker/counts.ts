// Seats taken below every cap.
import type { Market } from '../instance/market.js';
import type { Violation } from './verify.js';

/** By node of the market; a host that cannot bind is counted too, as the instance promises its cap. */
export function countsOf(market: Market, assigned: Int32Array): { taken: Int32Array; overCap: Violation[] } {
  const { forest, nodeCapacity, positions } = market;
  const taken = new Int32Array(nodeCapacity.length);
  const below = new Int32Array(forest.hosts.length);
  for (const p of assigned) if (p >= 0) taken[p]! += 1;
  for (let p = 0; p < positions.length; p += 1) {
    for (let h = forest.positionHost[p]!; h >= 0; h = forest.hostParent[h]!) below[h]! += taken[p]!;
  }
  const overCap: Violation[] = [];
  for (let p = 0; p < positions.length; p += 1) {
    if (taken[p]! > nodeCapacity[p]!) overCap.push({ kind: 'position_over_cap', position: positions[p]!, seats: nodeCapacity[p]!, taken: taken[p]! });
  }
  for (const [h, { id, capacity }] of forest.hosts.entries()) {
    const node = forest.nodeOfHost[h]!;
    const seats = node >= 0 ? nodeCapacity[node]! : capacity;
    if (node >= 0) taken[node] = below[h]!;
    if (below[h]! > seats) overCap.push({ kind: 'host_over_cap', host: id, seats, taken: below[h]! });
  }
  return { taken, overCap };
}
