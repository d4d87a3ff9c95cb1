// Combination D: where minimum shares may stand, and by name where not.
import type { Forest } from './forest.js';
import { Refused, type Instance } from './instance.js';

/** Shares stand on a position under no binding host or on a topmost binding host, and never together with a reserve. */
export function refuseMisplacedShares(instance: Instance, forest: Forest): void {
  for (const [p, { id, shares, reserves }] of instance.positions.entries()) {
    if (!shares?.length) continue;
    if (forest.rootHost[p]! >= 0) throw new Refused('shares.under_host', { position: id, host: forest.hosts[forest.rootHost[p]!]!.id });
    if (reserves?.length) throw new Refused('reserves.with_shares', { position: id });
  }
  for (const [h, { shares }] of forest.hosts.entries()) if (shares?.length) refuseOnHost(h, instance, forest);
}

function refuseOnHost(h: number, { positions }: Instance, { hosts, canBind, rootHost }: Forest): void {
  const host = hosts[h]!.id;
  // Its order would never be used, so the promise of a share would be empty.
  if (!canBind[h]) throw new Refused('shares.host_cannot_bind', { host });
  if (!rootHost.includes(h)) throw new Refused('shares.under_host', { host });
  const reserved = positions.find(({ reserves }, p) => rootHost[p] === h && reserves?.length);
  if (reserved) throw new Refused('reserves.with_shares', { host, position: reserved.id });
}
