// For the coordinator: what would place somebody who got nothing, all else fixed. The answers are those of a run for each change, at the cost of what the change moves.
import { Refused, type Instance, type Matching, type UnassignedReason } from '../instance/instance.js';
import { marketOf, type Market } from '../instance/market.js';
import { Seating } from '../solver/seating.js';
import { reasonOf, solve } from '../solver/solve.js';
import { wouldBind } from './would-bind.js';
import { withAllPositions } from './longer-lists.js';

export interface NearestChange {
  readonly applicant: string;
  readonly reason: UnassignedReason;
  /** The fewest seats added at one wish, and there at the one wanted most, with which a run places the applicant; null where up to the limit none does. */
  readonly seats: { readonly position: string; readonly added: number } | null;
  /** The first position of the instance, added at the end of the list, with which a run places the applicant. */
  readonly listing: { readonly position: string } | null;
}

export const MAX_ADDED = 5;

/** For everybody whom the instance leaves without a place, as they come in it. */
export function nearestChanges(instance: Instance, maxAdded = MAX_ADDED): NearestChange[] {
  return nearestChangesIn(marketOf(instance), maxAdded);
}

/** The same for an instance that was read before; where some are named, for those of them who have no place, at the cost of their wishes. */
export function nearestChangesIn(market: Market, maxAdded = MAX_ADDED, only?: ReadonlySet<string>): NearestChange[] {
  return changesFor(market, only ? (a) => only.has(market.applicants[a]!) : () => true, maxAdded);
}

/** For one of them. Refuses an unknown applicant, and one who has a place. */
export function nearestChange(instance: Instance, applicantId: string, maxAdded = MAX_ADDED): NearestChange {
  const market = marketOf(instance);
  const a = market.applicantAt.get(applicantId);
  if (a === undefined) throw new Refused('instance.unknown_id', { applicant: applicantId });
  const [change] = changesFor(market, (other) => other === a, maxAdded);
  if (!change) throw new Refused('instance.bad_value', { applicant: applicantId, reason: 'placed' });
  return change;
}

function changesFor(market: Market, isAsked: (a: number) => boolean, maxAdded: number): NearestChange[] {
  const seating = new Seating(market, market.wishStart.subarray(1), maxAdded);
  const unplaced = [...market.applicants.keys()].filter((a) => seating.held[a]! < 0 && isAsked(a));
  const seats = seatsAdded(market, seating, { unplaced, maxAdded });
  const listings = listingsAdded(market, unplaced);
  return unplaced.map((a) => ({ applicant: market.applicants[a]!, reason: reasonOf(market, a), seats: seats.get(a) ?? null, listing: listings.get(a) ?? null }));
}

interface Search {
  readonly unplaced: readonly number[];
  readonly maxAdded: number;
}

/** Whom a seat more at a position places does not hang on who asks, so each position is tried once for all who want it. */
function seatsAdded(market: Market, seating: Seating, { unplaced, maxAdded }: Search): Map<number, NonNullable<NearestChange['seats']>> {
  const { wishStart, wishPosition, positions } = market;
  const wanting = new Map<number, number[]>();
  for (const a of unplaced) {
    for (let w = wishStart[a]!; w < wishStart[a + 1]!; w += 1) {
      const askers = wanting.get(wishPosition[w]!);
      if (askers) askers.push(a);
      else wanting.set(wishPosition[w]!, [a]);
    }
  }
  const fewest = new Map<number, { added: number; w: number }>();
  for (const [p, askers] of wanting) {
    for (const [a, added] of placedBySeats(market, seating, { p, askers, maxAdded })) {
      const w = wishStart[a]! + wishPosition.subarray(wishStart[a]!, wishStart[a + 1]!).indexOf(p);
      const best = fewest.get(a);
      if (!best || added < best.added || (added === best.added && w < best.w)) fewest.set(a, { added, w });
    }
  }
  return new Map([...fewest].map(([a, { added, w }]) => [a, { position: positions[wishPosition[w]!]!, added }]));
}

interface Trial {
  readonly p: number;
  readonly askers: readonly number[];
  readonly maxAdded: number;
}

/** By asker the fewest seats. A position with a seat left gives nobody a place by one more: what keeps it empty is a host. */
function placedBySeats(market: Market, seating: Seating, { p, askers, maxAdded }: Trial): Map<number, number> {
  const placed = new Map<number, number>();
  if (!seating.isFull(p)) return placed;
  for (let added = 1; added <= maxAdded && placed.size < askers.length; added += 1) {
    const isHeld = wouldBind(market, p, added) ? placedByRun(market, p, added) : (seating.addSeat(p), (a: number): boolean => seating.held[a]! >= 0);
    for (const a of askers) if (!placed.has(a) && isHeld(a)) placed.set(a, added);
  }
  seating.undo();
  return placed;
}

/** More seats can make a host's cap bind that did not. Then its tree is another one, and may lack an order: such a change is none that helps. */
function placedByRun({ instance, applicants }: Market, p: number, added: number): (a: number) => boolean {
  const more = { ...instance, positions: instance.positions.map((each, n) => (n === p ? { ...each, capacity: each.capacity + added } : each)) };
  const matching = accepted(() => solve(more));
  return (a) => matching !== null && matching.assignments[applicants[a]!] !== null;
}

function accepted(work: () => Matching): Matching | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}

/**
 * All other positions at the end of the list: what such a run gives is the first that alone would do. Were an earlier one enough alone, naming it alone would be a
 * gainful lie; and wishes that are refused change nothing for those behind them.
 */
function listingsAdded(market: Market, unplaced: readonly number[]): Map<number, NonNullable<NearestChange['listing']>> {
  const found = new Map<number, NonNullable<NearestChange['listing']>>();
  for (const { longer, asking } of withAllPositions(market, unplaced)) {
    const ends = longer.wishStart.slice(1);
    for (const { a, listed } of asking) ends[a] = longer.wishStart[a]! + listed;
    const seating = new Seating(longer, ends);
    for (const { a } of asking) {
      if (seating.ask(a, ends[a]!, longer.wishStart[a + 1]!)) found.set(a, { position: longer.positions[longer.wishPosition[seating.held[a]!]!]! });
      seating.undo();
    }
  }
  return found;
}
