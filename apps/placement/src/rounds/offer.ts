// An offer binds the position; only the student answers, in time.
import { refusals } from '@tandem/contracts';

export const offerStates = ['offered', 'accepted', 'waiting', 'declined', 'expired', 'rescinded'] as const;
export type OfferState = (typeof offerStates)[number];
export const answers = ['accept', 'accept_and_wait', 'decline'] as const;
export type Answer = (typeof answers)[number];
export const declineReasons = ['too_far', 'pay', 'other_plan', 'health', 'family', 'other'] as const;

export interface Offer {
  readonly state: OfferState;
  readonly roundId: string;
  readonly entryId: string;
  readonly studentId: string;
  readonly positionId: string;
  readonly enterpriseOrg: string;
  /** Which wish of the student it is, from 1. */
  readonly wish: number;
  /** Last day of the answer. */
  readonly answerBy: string;
  readonly reason: string | null;
  readonly kind: string;
  readonly region: string;
  readonly occupation: string;
  readonly startsOn: string;
  readonly endsOn: string;
  readonly isMinor: boolean;
}

export const refuse = refusals('offer', {
  not_open: 'failed_precondition',
  too_late: 'failed_precondition',
  reason_missing: 'invalid_argument',
  not_yours: 'permission_denied',
  no_seat: 'failed_precondition',
  student_not_free: 'failed_precondition',
});

/** `accept` is final; `accept_and_wait` keeps the seat and may only move up; who waits may still accept or decline. */
export function answer<O extends Offer>(offer: O, { answer: given, reason }: { readonly answer: Answer; readonly reason: string | null }, today: string): O {
  if (offer.state !== 'offered' && !(offer.state === 'waiting' && given !== 'accept_and_wait')) throw refuse.not_open({ state: offer.state });
  if (offer.state === 'offered' && today > offer.answerBy) throw refuse.too_late({ answerBy: offer.answerBy });
  if (given === 'decline' && reason === null) throw refuse.reason_missing({ field: 'reason' });
  const state = ({ accept: 'accepted', accept_and_wait: 'waiting', decline: 'declined' } as const)[given];
  return { ...offer, state, reason: given === 'decline' ? reason : null };
}

export function answerFact(_before: Offer, after: Offer): 'accepted' | 'waiting' | 'declined' {
  return after.state === 'accepted' ? 'accepted' : after.state === 'waiting' ? 'waiting' : 'declined';
}

/** No answer in time. Who waits has answered. */
export function expire<O extends Offer>(offer: O): O {
  if (offer.state !== 'offered') throw refuse.not_open({ state: offer.state });
  return { ...offer, state: 'expired', reason: 'no_answer' };
}

/** Taken back: the student moved up or left, the enterprise withdrew or was suspended. */
export function rescind<O extends Offer>(offer: O, reason: string): O {
  if (!isOpen(offer)) throw refuse.not_open({ state: offer.state });
  return { ...offer, state: 'rescinded', reason };
}

export function isOpen({ state }: Pick<Offer, 'state'>): boolean {
  return state === 'offered' || state === 'waiting';
}

/** The round is settled: who waited has the place for good. */
export function acceptAtLast<O extends Offer>(offer: O): O {
  if (offer.state !== 'waiting') throw refuse.not_open({ state: offer.state });
  return { ...offer, state: 'accepted' };
}
