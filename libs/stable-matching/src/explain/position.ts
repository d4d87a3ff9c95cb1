// What a position may learn of a round: how many wanted it and how far down its own order it came. Counts, never lists; small ones not at all.
import { Refused, type Matching } from '../instance/instance.js';
import type { Market } from '../instance/market.js';
import { MIN_ADMITTED } from './explain.js';
import { NO_SEAT, seatsOf, type Seats } from './seats.js';

export interface PositionExplanation {
  readonly position: string;
  readonly seats: number;
  readonly taken: number;
  /** Applicants it accepts who listed it, and of those who put it first; null for 1 to 4, or where the rest is that small. */
  readonly wantedBy: number | null;
  readonly wantedFirst: number | null;
  /** Of those who listed it: who got a place wanted more, and who wanted it more than what they got; null where either is 1 to 4. */
  readonly wentElsewhere: number | null;
  readonly notAdmitted: number | null;
  /** The place in its order, or the score, of the last one admitted on no reserved seat; null where fewer than 5 were. */
  readonly reached: { readonly measure: 'place' | 'score'; readonly value: number } | null;
  /** The host whose cap kept seats empty that somebody wanted. */
  readonly host: string | null;
}

/** By position id. Refuses a position that the instance does not know. */
export function positionExplainer(market: Market, matching: Pick<Matching, 'assignments'>): (positionId: string) => PositionExplanation {
  const seats = seatsOf(market, matching.assignments);
  const wished = market.positions.map((): Wished => ({ all: 0, first: 0, elsewhere: 0, refused: 0, lastOpen: -1, lastHolder: -1 }));
  for (let a = 0; a < market.applicants.length; a += 1) count(market, seats, wished, a);
  return (positionId) => {
    const p = market.positionAt.get(positionId);
    if (p === undefined) throw new Refused('instance.unknown_id', { position: positionId });
    const { all, first, elsewhere, refused } = wished[p]!;
    return {
      position: positionId,
      seats: market.instance.positions[p]!.capacity,
      taken: seats.taken[p]!,
      wantedBy: shown(all),
      wantedFirst: together(first, all - first),
      wentElsewhere: together(elsewhere, refused),
      notAdmitted: together(refused, elsewhere),
      reached: reachedBy(market, seats, wished[p]!, p),
      host: refused > 0 ? cappedBy(market, seats, p) : null,
    };
  };
}

interface Wished {
  all: number;
  first: number;
  elsewhere: number;
  refused: number;
  lastOpen: number;
  lastHolder: number;
}

function count({ wishStart, wishPosition, wishRank }: Market, { held, reserve }: Seats, wished: readonly Wished[], a: number): void {
  for (let w = wishStart[a]!; w < wishStart[a + 1]!; w += 1) {
    if (wishRank[w]! < 0) continue;
    const here = wished[wishPosition[w]!]!;
    here.all += 1;
    if (w === wishStart[a]) here.first += 1;
    if (held[a] === NO_SEAT || w < held[a]!) here.refused += 1;
    else if (w > held[a]!) here.elsewhere += 1;
    else if (reserve[a]! < 0 && (here.lastOpen < 0 || wishRank[w]! > wishRank[here.lastOpen]!)) [here.lastOpen, here.lastHolder] = [w, a];
  }
}

function shown(count: number): number | null {
  return count > 0 && count < MIN_ADMITTED ? null : count;
}

/** The total is known, so that a small rest would tell as much as a small count. */
function together(count: number, rest: number): number | null {
  return shown(rest) === null ? null : shown(count);
}

function reachedBy({ instance, applicants, wishRank }: Market, { open }: Seats, { lastOpen, lastHolder }: Wished, p: number): PositionExplanation['reached'] {
  if (lastOpen < 0 || open[p]! < MIN_ADMITTED) return null;
  const score = instance.positions[p]!.scores?.[applicants[lastHolder]!];
  return score === undefined ? { measure: 'place', value: wishRank[lastOpen]! + 1 } : { measure: 'score', value: score };
}

function cappedBy({ nodeCapacity, nodeParent, positions, forest }: Market, { taken }: Seats, p: number): string | null {
  if (taken[p]! >= nodeCapacity[p]!) return null;
  for (let node = nodeParent[p]!; node >= 0; node = nodeParent[node]!) {
    if (taken[node]! >= nodeCapacity[node]!) return forest.hosts[forest.binding[node - positions.length]!]!.id;
  }
  return null;
}
