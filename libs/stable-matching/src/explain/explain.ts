// Why this place, and why none of those wanted more: codes and numbers about the asker and the rule, never another applicant's id or list.
import { Refused, type Instance, type Matching, type UnassignedReason } from '../instance/instance.js';
import { marketOf, type Market } from '../instance/market.js';
import { BY_HAND, seatsOf, type Seats } from './seats.js';

/**
 * `not_acceptable`: the position does not rank the applicant. `full`: all its seats went to others who come before. `host_cap`: the position had a seat,
 * the host above it none. `reserve`: somebody who comes later sits there on a seat reserved for a group.
 * `settled`: it has a seat again, after a refill, but the applicant had accepted or left by then.
 */
export type WhyNotCode = 'not_acceptable' | 'full' | 'host_cap' | 'reserve' | 'settled';

/** Places in the drawn order (1 is the first, smaller is better) or scores (higher is better). */
export interface Measured {
  readonly measure: 'place' | 'score';
  readonly own: number;
  readonly lastAdmitted: number;
  /** Equal scores: the lottery decided. */
  readonly isTie: boolean;
}

export interface WhyNot {
  readonly position: string;
  /** The place on the applicant's own list, from 1. */
  readonly wish: number;
  readonly code: WhyNotCode;
  readonly host?: string;
  /** Of the position or the host that was full. */
  readonly seats?: number;
  /** Only where at least 5 were admitted from that order: else the number would tell of single people. */
  readonly compared?: Measured;
}

export interface Explanation {
  readonly applicant: string;
  readonly position: string | null;
  readonly wish: number | null;
  readonly code: 'first_wish' | 'best_possible' | 'by_hand' | UnassignedReason;
  /** The group whose reserved seat this is. */
  readonly reserve?: string;
  /** Each place wanted more, in the order of the list. */
  readonly preferred: readonly WhyNot[];
}

export const MIN_ADMITTED = 5;

/** For many applicants of one matching: each explanation costs as much as the applicant's list is long. Refuses an unknown applicant. */
export function explainer(market: Market, matching: Pick<Matching, 'assignments' | 'unassigned'>): (applicantId: string) => Explanation {
  const seats = seatsOf(market, matching.assignments);
  return (applicantId) => {
    const a = market.applicantAt.get(applicantId);
    if (a === undefined) throw new Refused('instance.unknown_id', { applicant: applicantId });
    const explanation = explanationOf(market, seats, a);
    if (seats.held[a] === BY_HAND) return { ...explanation, position: matching.assignments[applicantId] ?? null, code: 'by_hand' };
    return matching.unassigned[applicantId] === 'out' ? { ...explanation, code: 'out' } : explanation;
  };
}

/** One applicant's explanation from the matching alone: it stays the same when others swap lists and the matching stays. Refuses an unknown applicant. */
export function explain(instance: Instance, matching: Pick<Matching, 'assignments' | 'unassigned'>, applicantId: string): Explanation {
  return explainer(marketOf(instance), matching)(applicantId);
}

function explanationOf(market: Market, seats: Seats, a: number): Explanation {
  const { wishStart, wishPosition, wishRank, applicants, positions, reserves } = market;
  const [start, end] = [wishStart[a]!, wishStart[a + 1]!];
  const held = seats.held[a]!;
  const preferred: WhyNot[] = [];
  let acceptable = 0;
  for (let w = start; w < (held >= 0 ? held : end); w += 1) {
    preferred.push(whyNot(market, seats, { a, w }));
    if (wishRank[w]! >= 0) acceptable += 1;
  }
  const applicant = applicants[a]!;
  if (held < 0) return { applicant, position: null, wish: null, code: start === end ? 'no_list' : acceptable === 0 ? 'none_acceptable' : 'no_seat', preferred };
  const reserve = seats.reserve[a]!;
  return {
    applicant,
    position: positions[wishPosition[held]!]!,
    wish: held - start + 1,
    code: held === start ? 'first_wish' : 'best_possible',
    ...(reserve >= 0 && { reserve: reserves.groups[reserve]! }),
    preferred,
  };
}

function whyNot(market: Market, seats: Seats, { a, w }: { a: number; w: number }): WhyNot {
  const { wishStart, wishPosition, wishRank, positions, forest, nodeCapacity } = market;
  const p = wishPosition[w]!;
  const about = { position: positions[p]!, wish: w - wishStart[a]! + 1 };
  if (wishRank[w]! < 0) return { ...about, code: 'not_acceptable' };
  const node = lowestFull(market, seats, p);
  if (node < 0) return { ...about, code: 'settled' };
  const place = { ...about, ...(node >= positions.length && { host: forest.hosts[forest.binding[node - positions.length]!]!.id }), seats: nodeCapacity[node]! };
  // Ahead of somebody there, and still not in: that one sits on a reserved seat.
  if (seats.last[node]! >= 0 && wishRank[w]! < wishRank[seats.last[node]!]!) return { ...place, code: 'reserve' };
  const compared = seats.open[node]! >= MIN_ADMITTED ? measured(market, { a, w, last: seats.lastOpen[node]! }) : null;
  return { ...place, code: node < positions.length ? 'full' : 'host_cap', ...(compared && { compared }) };
}

function lowestFull({ nodeCapacity, nodeParent }: Market, { taken }: Seats, p: number): number {
  for (let node = p; node >= 0; node = nodeParent[node]!) if (taken[node]! >= nodeCapacity[node]!) return node;
  return -1;
}

/** Scores where the position has them, as anybody can look them up; else places in the drawn order over all whom it accepts. */
function measured({ instance, applicants, wishPosition, wishRank, wishStart }: Market, { a, w, last }: { a: number; w: number; last: number }): Measured {
  const own = instance.positions[wishPosition[w]!]!.scores?.[applicants[a]!];
  if (own === undefined) return { measure: 'place', own: wishRank[w]! + 1, lastAdmitted: wishRank[last]! + 1, isTie: false };
  const lastAdmitted = instance.positions[wishPosition[last]!]!.scores![applicants[holderOf(wishStart, last)]!]!;
  return { measure: 'score', own, lastAdmitted, isTie: own === lastAdmitted };
}

function holderOf(wishStart: Int32Array, w: number): number {
  let [low, high] = [0, wishStart.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (wishStart[middle]! <= w) low = middle;
    else high = middle;
  }
  return low;
}
