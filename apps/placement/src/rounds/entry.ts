// A position in a round: so many of its seats, and what the enterprise insists on. By entering it accepts the rule sheet.
import { refusals } from '@tandem/contracts';
import { noHeads, releasedHeads, type EntryHeads } from './heads.js';

export const entryWithdrawals = ['order_lost', 'post_filled', 'safety', 'mistake', 'other'] as const;

export interface EntryTerms {
  readonly roundId: string;
  readonly positionId: string;
  readonly seats: number;
  readonly needsMajor: boolean;
}
export interface Entry extends EntryTerms, EntryHeads {
  readonly state: 'entered' | 'withdrawn' | 'settled';
  readonly isPublic: boolean;
  readonly reason: string | null;
}

export const refuse = refusals('entry', {
  unknown_round: 'not_found',
  round_closed: 'failed_precondition',
  unknown_position: 'not_found',
  position_not_open: 'failed_precondition',
  outside_period: 'failed_precondition',
  no_seats: 'failed_precondition',
  no_heads: 'failed_precondition',
  already_entered: 'already_exists',
  not_entered: 'failed_precondition',
});

export interface RoundOf {
  readonly state: string;
  readonly startsOn: string;
  readonly endsOn: string;
}
export interface PositionOf {
  readonly state: string;
  readonly startsOn: string | null;
  readonly endsOn: string | null;
}

/** Until the round closes; the position is open and lasts as long as the placements do. */
export function enter(terms: EntryTerms, round: RoundOf | undefined, position: PositionOf | undefined): Entry {
  assertEnterable(round);
  if (!position) throw refuse.unknown_position({ field: 'positionId' });
  if (position.state !== 'published') throw refuse.position_not_open({ field: 'positionId', state: position.state });
  if (position.startsOn === null || position.endsOn === null || position.startsOn > round.startsOn || position.endsOn < round.endsOn) throw refuse.outside_period({ field: 'positionId' });
  return { ...terms, ...noHeads, state: 'entered', isPublic: true, reason: null };
}

export function change<E extends Entry>(entry: E, to: Pick<EntryTerms, 'seats' | 'needsMajor'>, round: RoundOf | undefined): E {
  if (entry.state !== 'entered') throw refuse.not_entered({ state: entry.state });
  assertEnterable(round);
  return { ...entry, ...to };
}

/** Before the match it leaves the round and gives back what it holds; afterwards its open offers are rescinded, and it holds on for those who have accepted. */
export function withdraw<E extends Entry>(entry: E, reason: string, isUnmatched: boolean): E {
  if (entry.state !== 'entered') throw refuse.not_entered({ state: entry.state });
  return { ...(isUnmatched ? releasedHeads(entry) : entry), state: 'withdrawn', reason };
}

/** The round is over: what nobody took goes back to the position, and who has a place has a head of the own. */
export function settle<E extends Entry>(entry: E, used: number): E {
  if (entry.state === 'settled') throw refuse.not_entered({ state: entry.state });
  return { ...releasedHeads(entry), state: 'settled', seats: used };
}

function assertEnterable(round: RoundOf | undefined): asserts round is RoundOf {
  if (!round) throw refuse.unknown_round({ field: 'roundId' });
  if (round.state !== 'announced' && round.state !== 'open') throw refuse.round_closed({ field: 'roundId', state: round.state });
}
