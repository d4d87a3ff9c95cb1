// A student objects to a result within the window of the rule sheet; the own college decides, and never by a silent edit: either the
// student's facts are read anew and the next refill counts them, or the college places by hand, or the appeal is rejected with a reason.
import { refusals } from '@tandem/contracts';

export const grounds = ['facts_wrong', 'rule_not_applied', 'not_informed', 'other'] as const;
export const appealOutcomes = ['rerun', 'placed_by_hand', 'rejected'] as const;
export type AppealOutcome = (typeof appealOutcomes)[number];
export const appealStates = ['filed', 'decided', 'withdrawn'] as const;

export interface Appeal {
  readonly state: (typeof appealStates)[number];
  readonly roundId: string;
  readonly studentId: string;
  readonly ground: (typeof grounds)[number];
  readonly text: string;
  readonly outcome: AppealOutcome | null;
  /** Of the decision, in words to the student. */
  readonly decision: string | null;
  readonly decidedBy: string | null;
}

export const refuse = refusals('appeal', {
  unknown_round: 'not_found',
  not_published: 'failed_precondition',
  too_late: 'failed_precondition',
  no_appeals: 'failed_precondition',
  not_in_round: 'failed_precondition',
  already_filed: 'already_exists',
  not_filed: 'failed_precondition',
  not_yours: 'permission_denied',
  not_placed: 'failed_precondition',
  round_settled: 'failed_precondition',
  no_refill_left: 'failed_precondition',
  out_of_running: 'failed_precondition',
});

export interface RoundOf {
  readonly state: string;
  readonly appealDays: number;
  readonly appealsUntil: string | null;
}

export interface Filing {
  readonly roundId: string;
  readonly studentId: string;
  readonly ground: Appeal['ground'];
  readonly text: string;
}

/** `takesPart`: the student has a list in the round. */
export function file(filing: Filing, round: RoundOf | undefined, takesPart: boolean, today: string): Appeal {
  if (!round) throw refuse.unknown_round({ field: 'roundId' });
  if (round.appealDays === 0) throw refuse.no_appeals({ field: 'roundId' });
  if (round.appealsUntil === null) throw refuse.not_published({ field: 'roundId', state: round.state });
  if (today > round.appealsUntil) throw refuse.too_late({ field: 'roundId', appealsUntil: round.appealsUntil });
  if (!takesPart) throw refuse.not_in_round({ field: 'studentId' });
  return { ...filing, state: 'filed', outcome: null, decision: null, decidedBy: null };
}

export interface Ruling {
  readonly outcome: AppealOutcome;
  readonly decision: string;
}

export interface Around {
  readonly roundState: string | undefined;
  /** A refill can still come: not after the last day of answers, nor after the last published one. */
  readonly hasRefill: boolean;
  /** The student still takes part, is enrolled, and has not let an offer go. */
  readonly isInRunning: boolean;
  /** The student has a placement that was confirmed outside a round, in the round's period. */
  readonly isPlacedByHand: boolean;
}

/** A re-run is a refill still to come; a placement by hand must be there before it is called one. */
export function decide<A extends Appeal>(appeal: A, { outcome, decision }: Ruling, around: Around, account: string): A {
  const { roundState, isPlacedByHand } = around;
  if (appeal.state !== 'filed') throw refuse.not_filed({ state: appeal.state });
  if (outcome === 'rerun' && roundState !== 'published') throw refuse.round_settled({ field: 'outcome', state: roundState ?? '' });
  if (outcome === 'rerun' && !around.hasRefill) throw refuse.no_refill_left({ field: 'outcome' });
  if (outcome === 'rerun' && !around.isInRunning) throw refuse.out_of_running({ field: 'outcome' });
  if (outcome === 'placed_by_hand' && !isPlacedByHand) throw refuse.not_placed({ field: 'outcome' });
  return { ...appeal, state: 'decided', outcome, decision, decidedBy: account };
}

export function withdraw<A extends Appeal>(appeal: A): A {
  if (appeal.state !== 'filed') throw refuse.not_filed({ state: appeal.state });
  return { ...appeal, state: 'withdrawn' };
}
