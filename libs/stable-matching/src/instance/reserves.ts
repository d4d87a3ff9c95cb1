// Reserves at positions, numbered: which wishes are by members, and whether a position's groups overlap.
import type { Forest } from './forest.js';
import { Refused, type Instance } from './instance.js';
import type { Wishes } from './market.js';

export interface Reserves {
  /** Reserves of position p, in the order they are listed: start[p] to start[p + 1]. */
  readonly start: Int32Array;
  readonly seats: Int32Array;
  readonly groups: readonly string[];
  /** Bit n: the applicant belongs to the group of the position's n-th reserve. Null where the instance has no reserves. */
  readonly wishGroups: Int32Array | null;
  /** Combination C: groups share members, so seats are filled group by group. */
  readonly overlaps: Uint8Array;
}

const MAX_RESERVES = 30;

interface Orders {
  readonly forest: Forest;
  readonly wishes: Wishes;
  /** Everyone whom the position accepts, listed or not: whether groups overlap does not hang on lists. */
  readonly accepted: (position: number) => Int32Array;
}

/** Refused: more reserved seats than seats, more than 30 reserves at a position, groups that share members under a binding host. */
export function reservesOf(instance: Instance, orders: Orders): Reserves {
  const { positions } = instance;
  const start = new Int32Array(positions.length + 1);
  for (const [p, { reserves = [] }] of positions.entries()) start[p + 1] = start[p]! + reserves.length;
  const all = positions.flatMap(({ reserves = [] }) => reserves);
  const overlaps = new Uint8Array(positions.length);
  const wishGroups = all.length > 0 ? new Int32Array(orders.wishes.wishPosition.length) : null;
  for (const [p, { reserves = [] }] of positions.entries()) {
    if (wishGroups && reserves.length > 0) overlaps[p] = read(instance, p, { ...orders, wishGroups }) ? 1 : 0;
  }
  return { start, seats: Int32Array.from(all, ({ seats }) => seats), groups: all.map(({ group }) => group), wishGroups, overlaps };
}

/** Writes the groups of the wishes for one position; true if its groups share members. */
function read({ positions, applicants }: Instance, p: number, { forest, wishes, accepted, wishGroups }: Orders & { wishGroups: Int32Array }): boolean {
  const { id, capacity, reserves = [] } = positions[p]!;
  const seats = reserves.reduce((sum, reserve) => sum + wholeSeats(reserve.seats, id), 0);
  if (seats > capacity || reserves.length > MAX_RESERVES) throw new Refused('reserves.too_many', { position: id, reserved: seats, capacity, reserves: reserves.length });
  const bits = (a: number): number => {
    const own = applicants[a]!.groups;
    return !own?.length ? 0 : reserves.reduce((mask, { group }, n) => (own.includes(group) ? mask | (1 << n) : mask), 0);
  };
  for (let at = wishes.atStart[p]!; at < wishes.atStart[p + 1]!; at += 1) wishGroups[wishes.wishAt[at]!] = bits(wishes.wishApplicant[wishes.wishAt[at]!]!);
  const overlaps = reserves.length > 1 && accepted(p).some((a) => (bits(a) & (bits(a) - 1)) !== 0);
  const root = forest.rootHost[p]!;
  if (overlaps && root >= 0) throw new Refused('reserves.overlap_under_host', { position: id, host: forest.hosts[root]!.id, groups: reserves.map(({ group }) => group) });
  return overlaps;
}

function wholeSeats(seats: number, position: string): number {
  if (!Number.isInteger(seats) || seats < 0) throw new Refused('instance.bad_value', { position, seats });
  return seats;
}
