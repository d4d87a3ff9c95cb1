// A placement: one student at one position for one period, from its confirmation through the gates to its end.
import { refusals } from '@tandem/contracts';
import { isMinorOn } from '../age.js';
import { gates, type Gate } from '../gates.js';

export const placementStates = ['confirmed', 'ready', 'started', 'paused', 'ended', 'cancelled'] as const;
export type PlacementState = (typeof placementStates)[number];
/** States in which the student is taken. */
export const liveStates: readonly PlacementState[] = ['confirmed', 'ready', 'started', 'paused'];

/** Why a placement is taken back before it starts. */
export const cancelReasons = ['student_withdrew', 'enterprise_withdrew', 'college_withdrew', 'illness', 'unlawful', 'mistake'] as const;
export const pauseReasons = ['illness', 'no_work', 'conflict', 'school', 'other'] as const;
export const endKinds = ['completed', 'left_early', 'converted_to_job'] as const;
export type EndKind = (typeof endKinds)[number];
export const leavingReasons = ['illness', 'pay', 'conflict', 'unsuitable', 'unlawful', 'family', 'left_college', 'other'] as const;

export interface Placement {
  readonly state: PlacementState;
  readonly studentId: string;
  readonly positionId: string;
  readonly enterpriseOrg: string;
  readonly kind: string;
  readonly region: string;
  readonly occupation: string;
  readonly startsOn: string;
  readonly endsOn: string;
  readonly roundId: string | null;
  /** Whether the guardian must consent: under 18 when it starts, or of an age that nobody here knows. */
  readonly isMinor: boolean;
  readonly cancelReason: string | null;
  readonly startedOn: string | null;
  readonly pauseReason: string | null;
  readonly endedOn: string | null;
  readonly endKind: EndKind | null;
  readonly endReason: string | null;
}

export const refuse = refusals('placement', {
  no_seat: 'failed_precondition',
  no_head: 'failed_precondition',
  unknown_position: 'not_found',
  position_not_open: 'failed_precondition',
  outside_period: 'invalid_argument',
  student_taken: 'failed_precondition',
  student_has_left: 'failed_precondition',
  not_confirmed: 'failed_precondition',
  not_ready: 'failed_precondition',
  not_started: 'failed_precondition',
  not_paused: 'failed_precondition',
  not_startable: 'failed_precondition',
  gate_missing: 'failed_precondition',
  already_started: 'failed_precondition',
  too_early: 'failed_precondition',
  wrong_end: 'invalid_argument',
  reason_missing: 'invalid_argument',
});

/** What this service knows of a position. */
export interface KnownPosition {
  readonly org: string;
  readonly isPublic: boolean;
  readonly state: string;
  readonly kind: string;
  readonly region: string;
  readonly occupation: string;
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

/** What this service knows of a student. */
export interface KnownStudent {
  readonly state: string;
  readonly minorThrough: string;
}

/** Whether there is a seat is for the ledger to say: this only sees what it has learnt so far. */
export function confirm({ positionId, studentId, startsOn, endsOn }: Wish, position: KnownPosition | undefined, student?: KnownStudent): Placement {
  if (!position?.isPublic || position.startsOn === null || position.endsOn === null) throw refuse.unknown_position({ field: 'positionId' });
  if (student && student.state !== 'enrolled') throw refuse.student_has_left({ field: 'studentId', state: student.state });
  assertOpen(position);
  const period = { startsOn: startsOn ?? position.startsOn, endsOn: endsOn ?? position.endsOn };
  if (!isWithin(period, position.startsOn, position.endsOn)) throw refuse.outside_period({ field: 'startsOn', from: position.startsOn, to: position.endsOn });
  const { org, kind, region, occupation } = position;
  return confirmed({ studentId, positionId, enterpriseOrg: org, kind, region, occupation, ...period, roundId: null, isMinor: isMinorOn(student, period.startsOn) });
}

type Agreed = Pick<Placement, 'studentId' | 'positionId' | 'enterpriseOrg' | 'kind' | 'region' | 'occupation' | 'startsOn' | 'endsOn' | 'roundId' | 'isMinor'>;

/** The first state, whoever agreed on it: an office by hand or a student by accepting an offer. */
export function confirmed(agreed: Agreed): Placement {
  return { ...agreed, state: 'confirmed', cancelReason: null, startedOn: null, pauseReason: null, endedOn: null, endKind: null, endReason: null };
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
  if (placement.state !== 'confirmed' && placement.state !== 'ready') throw refuse.not_confirmed({ state: placement.state });
  return { ...placement, state: 'cancelled', cancelReason: reason };
}

/** Evidence is recorded until the placement starts; the same gate again replaces it. */
export function recordGates<P extends Placement>(placement: P): P {
  if (placement.state !== 'confirmed' && placement.state !== 'ready') throw refuse.already_started({ state: placement.state });
  return { ...placement };
}

/** The gates that this placement needs and has no evidence of. */
export function missingGates({ isMinor }: Pick<Placement, 'isMinor'>, passed: ReadonlySet<string>): Gate[] {
  return gates.filter((gate) => !passed.has(gate) && (gate !== 'guardian_consent' || isMinor));
}

export function makeReady<P extends Placement>(placement: P, passed: ReadonlySet<string>): P {
  if (placement.state !== 'confirmed') throw refuse.not_confirmed({ state: placement.state });
  const missing = missingGates(placement, passed);
  if (missing.length > 0) throw refuse.gate_missing({ field: 'gates', gates: missing });
  return { ...placement, state: 'ready' };
}

export function start<P extends Placement>(placement: P, today: string): P {
  if (placement.state !== 'ready') throw refuse.not_ready({ state: placement.state });
  if (today < placement.startsOn) throw refuse.too_early({ startsOn: placement.startsOn, today });
  return { ...placement, state: 'started', startedOn: today };
}

export function pause<P extends Placement>(placement: P, reason: string): P {
  if (placement.state !== 'started') throw refuse.not_started({ state: placement.state });
  return { ...placement, state: 'paused', pauseReason: reason };
}

export function resume<P extends Placement>(placement: P): P {
  if (placement.state !== 'paused') throw refuse.not_paused({ state: placement.state });
  return { ...placement, state: 'started', pauseReason: null };
}

export interface Ending {
  readonly kind: EndKind;
  readonly reason: string | null;
  /** Null: today. */
  readonly endedOn: string | null;
}

/** Who left early frees the seat; who completed, or stays for a job, does not. From a pause one can only leave. */
export function end<P extends Placement>(placement: P, { kind, reason, endedOn }: Ending, today: string): P {
  const { state, startedOn } = placement;
  if (state !== 'started' && !(state === 'paused' && kind === 'left_early')) throw refuse.not_started({ state });
  if (kind === 'left_early' && reason === null) throw refuse.reason_missing({ field: 'reason' });
  const on = endedOn ?? today;
  if (on > today || (startedOn !== null && on < startedOn)) throw refuse.wrong_end({ field: 'endedOn' });
  return { ...placement, state: 'ended', endKind: kind, endReason: reason, endedOn: on, pauseReason: null };
}

/** The student has left the college: what has not begun is cancelled, what has begun ends. */
export function studentLeft<P extends Placement>(placement: P, today: string): P {
  if (placement.state === 'confirmed' || placement.state === 'ready') return cancel(placement, 'student_withdrew');
  if (placement.state === 'started' || placement.state === 'paused') return end(placement, { kind: 'left_early', reason: 'left_college', endedOn: null }, today);
  return placement;
}

export function leavingFact(_before: Placement, after: Placement): 'cancelled' | 'ended' {
  return after.state === 'ended' ? 'ended' : 'cancelled';
}
