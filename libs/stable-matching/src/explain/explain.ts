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
  const barred = { ...seats, bars: market.positions.map((_, p) => barOf(market, seats, p)) };
  return (applicantId) => {
    const a = market.applicantAt.get(applicantId);
    if (a === undefined) throw new Refused('instance.unknown_id', { applicant: applicantId });
    const explanation = explanationOf(market, barred, a);
    if (seats.held[a] === BY_HAND) return { ...explanation, position: matching.assignments[applicantId] ?? null, code: 'by_hand' };
    return matching.unassigned[applicantId] === 'out' ? { ...explanation, code: 'out' } : explanation;
  };
}

/** One applicant's explanation from the matching alone: it stays the same when others swap lists and the matching stays. Refuses an unknown applicant. */
export function explain(instance: Instance, matching: Pick<Matching, 'assignments' | 'unassigned'>, applicantId: string): Explanation {
  return explainer(marketOf(instance), matching)(applicantId);
}

/** What stands between a position and whoever is not admitted; null where it has a seat. */
interface Bar {
  readonly code: 'full' | 'host_cap';
  readonly host: string | null;
  readonly seats: number;
  /** Ranks of the worst of all there, and of the worst on no reserved seat; -1 where there is none. */
  readonly last: number;
  readonly lastOpen: number;
  /** The applicant whom `lastOpen` is, or -1 where fewer than 5 were admitted from that order. */
  readonly shown: number;
  /** The score of that pair, where there are scores. */
  readonly score: number | null;
}

type Barred = Seats & { readonly bars: readonly (Bar | null)[] };

function barOf({ instance, applicants, forest, nodeCapacity, nodeParent, positions, wishPosition, wishRank, wishStart }: Market, seats: Seats, p: number): Bar | null {
  let node = p;
  while (node >= 0 && seats.taken[node]! < nodeCapacity[node]!) node = nodeParent[node]!;
  if (node < 0) return null;
  const [last, lastOpen] = [seats.last[node]!, seats.lastOpen[node]!];
  const isOwn = node < positions.length;
  const shown = seats.open[node]! >= MIN_ADMITTED ? holderOf(wishStart, lastOpen) : -1;
  return {
    code: isOwn ? 'full' : 'host_cap',
    host: isOwn ? null : forest.hosts[forest.binding[node - positions.length]!]!.id,
    seats: nodeCapacity[node]!,
    last: last < 0 ? -1 : wishRank[last]!,
    lastOpen: lastOpen < 0 ? -1 : wishRank[lastOpen]!,
    shown,
    score: shown < 0 ? null : (instance.positions[wishPosition[lastOpen]!]!.scores?.[applicants[shown]!] ?? null),
  };
}

function explanationOf(market: Market, { held: wishes, reserve: reserved, bars }: Barred, a: number): Explanation {
  const { wishStart, wishPosition, wishRank, applicants, positions, reserves } = market;
  const [start, end] = [wishStart[a]!, wishStart[a + 1]!];
  const held = wishes[a]!;
  const preferred: WhyNot[] = [];
  let acceptable = 0;
  for (let w = start; w < (held >= 0 ? held : end); w += 1) {
    preferred.push(whyNot(market, bars, { a, w }));
    if (wishRank[w]! >= 0) acceptable += 1;
  }
  const applicant = applicants[a]!;
  if (held < 0) return { applicant, position: null, wish: null, code: start === end ? 'no_list' : acceptable === 0 ? 'none_acceptable' : 'no_seat', preferred };
  const reserve = reserved[a]!;
  const got = { applicant, position: positions[wishPosition[held]!]!, wish: held - start + 1, code: held === start ? 'first_wish' : 'best_possible', preferred } as const;
  return reserve >= 0 ? { ...got, reserve: reserves.groups[reserve]! } : got;
}

function whyNot(market: Market, bars: Barred['bars'], { a, w }: { a: number; w: number }): WhyNot {
  const { wishStart, wishPosition, wishRank, positions } = market;
  const p = wishPosition[w]!;
  const [position, wish] = [positions[p]!, w - wishStart[a]! + 1];
  if (wishRank[w]! < 0) return { position, wish, code: 'not_acceptable' };
  const bar = bars[p]!;
  if (!bar) return { position, wish, code: 'settled' };
  const { seats, host } = bar;
  // Ahead of somebody there, and still not in: that one sits on a reserved seat.
  const code = wishRank[w]! < bar.last ? 'reserve' : bar.code;
  const compared = code === 'reserve' || bar.shown < 0 ? null : measured(market, bar, { a, w });
  if (host !== null) return compared ? { position, wish, code, seats, host, compared } : { position, wish, code, seats, host };
  return compared ? { position, wish, code, seats, compared } : { position, wish, code, seats };
}

/** Scores where the position has them, as anybody can look them up; else places in the drawn order over all whom it accepts. */
function measured({ instance, applicants, wishPosition, wishRank }: Market, { lastOpen, score }: Bar, { a, w }: { a: number; w: number }): Measured {
  if (score === null) return { measure: 'place', own: wishRank[w]! + 1, lastAdmitted: lastOpen + 1, isTie: false };
  const own = instance.positions[wishPosition[w]!]!.scores![applicants[a]!]!;
  return { measure: 'score', own, lastAdmitted: score, isTie: own === score };
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
