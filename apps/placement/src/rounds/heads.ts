// Heads in a round: what an entry added to the round's hold, and the hosts that follow for the match. A kind of post within an enterprise is a host, and the enterprise is the host above it.
import type { HeadKind } from '@tandem/internship-rules';

/** What an entry holds; absent (null) for what is no internship. */
export interface EntryHeads {
  readonly postHeads: number | null;
  readonly enterpriseHeads: number | null;
  /** The cap that left fewer than the seats. */
  readonly headLimit: HeadKind | null;
  /** Of which staff the enterprise has stated no number. */
  readonly unstated: readonly HeadKind[];
}

export const noHeads: EntryHeads = { postHeads: null, enterpriseHeads: null, headLimit: null, unstated: [] };

interface Held {
  readonly post: number;
  readonly enterprise: number;
}

/** The cap that left fewest is named; where both left as many, that of the kind of post. */
export function heldHeads(seats: number, { post, enterprise }: Held, staff: Readonly<Record<HeadKind, number | null>>): EntryHeads {
  const unstated = (['post', 'enterprise'] as const).filter((kind) => staff[kind] === null);
  return { postHeads: post, enterpriseHeads: enterprise, headLimit: enterprise < post ? 'enterprise' : post < seats ? 'post' : null, unstated };
}

/** Given back: it adds nothing to the round any more. */
export function releasedHeads<E extends EntryHeads>(entry: E): E {
  return entry.postHeads === null ? entry : { ...entry, postHeads: 0, enterpriseHeads: 0 };
}

/** What a round holds of one enterprise in one kind of post, and the seats that were entered there, those of entries that have left among them: whoever accepted one of those stays. */
export interface Pool {
  readonly enterpriseOrg: string;
  readonly occupation: string;
  readonly postHeads: number;
  readonly enterpriseHeads: number;
  readonly seats: number;
}

/** A cap above positions, as the match knows it. */
export interface HeadHost {
  readonly id: string;
  readonly capacity: number;
  readonly parent?: string;
}

export interface HeadHosts {
  /** Those whose cap can bind; the others would change nothing. */
  readonly hosts: readonly HeadHost[];
  /** The path of a position from the nearest binding host up; empty where none binds. */
  readonly pathOf: (position: { readonly enterpriseOrg: string; readonly occupation: string }) => readonly HeadHost[];
}

export const postHost = ({ enterpriseOrg, occupation }: Pick<Pool, 'enterpriseOrg' | 'occupation'>): string => `${enterpriseOrg}/${occupation}`;

/** `stayers`: by host the places that are taken by students who are no part of the match, because their position has left the round. */
export function headHosts(pools: readonly Pool[], stayers: ReadonlyMap<string, number> = new Map()): HeadHosts {
  const sorted = pools.toSorted((a, b) => (postHost(a) < postHost(b) ? -1 : 1));
  const left = (host: string, heads: number): number => Math.max(0, heads - (stayers.get(host) ?? 0));
  const posts = new Map(sorted.map((pool) => [postHost(pool), left(postHost(pool), pool.postHeads)]));
  const enterprises = new Map<string, { heads: number; below: number }>();
  for (const pool of sorted) {
    const { heads, below } = enterprises.get(pool.enterpriseOrg) ?? { heads: 0, below: 0 };
    enterprises.set(pool.enterpriseOrg, { heads: heads + pool.enterpriseHeads, below: below + Math.min(pool.seats, posts.get(postHost(pool)) ?? 0) });
  }
  const hosts = new Map<string, HeadHost>();
  for (const [id, { heads, below }] of enterprises) if (left(id, heads) < below) hosts.set(id, { id, capacity: left(id, heads) });
  for (const pool of sorted) {
    const [id, capacity] = [postHost(pool), posts.get(postHost(pool)) ?? 0];
    if (capacity < pool.seats) hosts.set(id, { id, capacity, ...(hosts.has(pool.enterpriseOrg) && { parent: pool.enterpriseOrg }) });
  }
  const pathOf: HeadHosts['pathOf'] = (position) => [postHost(position), position.enterpriseOrg].flatMap((id) => hosts.get(id) ?? []);
  return { hosts: [...hosts.values()], pathOf };
}
