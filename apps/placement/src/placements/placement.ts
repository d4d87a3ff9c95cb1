// A placement: one student at one position for one period. Rounds and gates come with later features; here it is confirmed and cancelled.
import { refusals } from '@tandem/contracts';

export type PlacementState = 'confirmed' | 'cancelled';

/** Why a placement is taken back before it starts. */
export const cancelReasons = ['student_withdrew', 'enterprise_withdrew', 'college_withdrew', 'illness', 'unlawful', 'mistake'] as const;

export interface Placement {
  readonly state: PlacementState;
  readonly studentId: string;
  readonly positionId: string;
  readonly enterpriseOrg: string;
  readonly kind: string;
  readonly startsOn: string;
  readonly endsOn: string;
  readonly cancelReason: string | null;
}

export const refuse = refusals('placement', {
  no_seat: 'failed_precondition',
  unknown_position: 'not_found',
  position_not_open: 'failed_precondition',
  outside_period: 'invalid_argument',
  student_taken: 'failed_precondition',
  not_confirmed: 'failed_precondition',
});

/** What this service knows of a position. */
export interface KnownPosition {
  readonly org: string;
  readonly isPublic: boolean;
  readonly state: string;
  readonly kind: string;
  readonly headcount: number;
  readonly filled: number;
  readonly startsOn: string | null;
  readonly endsOn: string | null;
  readonly closeReason: string | null;
}

export interface Wish {
  readonly positionId: string;
  readonly studentId: string;
  /** Null: the position's own period. */
  readonly startsOn: string | null;
  readonly endsOn: string | null;
}

/** Whether there is a seat is for the ledger to say: this only sees what it has learnt so far. */
export function confirm({ positionId, studentId, startsOn, endsOn }: Wish, position: KnownPosition | undefined): Placement {
  if (!position?.isPublic || position.startsOn === null || position.endsOn === null) throw refuse.unknown_position({ field: 'positionId' });
  assertOpen(position);
  const period = { startsOn: startsOn ?? position.startsOn, endsOn: endsOn ?? position.endsOn };
  if (!isWithin(period, position.startsOn, position.endsOn)) throw refuse.outside_period({ field: 'startsOn', from: position.startsOn, to: position.endsOn });
  return { state: 'confirmed', studentId, positionId, enterpriseOrg: position.org, kind: position.kind, ...period, cancelReason: null };
}

function assertOpen({ state, closeReason, filled, headcount }: KnownPosition): void {
  if (closeReason === 'filled' || (state === 'published' && filled >= headcount)) throw refuse.no_seat();
  if (state !== 'published') throw refuse.position_not_open({ state });
}

function isWithin({ startsOn, endsOn }: { startsOn: string; endsOn: string }, from: string, to: string): boolean {
  return startsOn <= endsOn && from <= startsOn && endsOn <= to;
}

/** Frees the seat. */
export function cancel<P extends Placement>(placement: P, reason: string): P {
  if (placement.state !== 'confirmed') throw refuse.not_confirmed({ state: placement.state });
  return { ...placement, state: 'cancelled', cancelReason: reason };
}
