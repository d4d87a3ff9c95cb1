// Whether somebody is still in a job after 3, 6, 12, 24 and 36 months: planned with the job, due by itself, answered once.
import { refusals } from '@tandem/contracts';
import { addMonths } from '../months.js';

export const horizons = [3, 6, 12, 24, 36] as const;
export const checkAnswers = ['still_there', 'left', 'unknown'] as const;
export const leavingReasons = ['pay', 'distance', 'unsuitable', 'better_offer', 'dismissed', 'study', 'family', 'other'] as const;

export interface RetentionCheck {
  readonly state: 'planned' | 'due' | 'still_there' | 'left' | 'unknown' | 'dropped';
  readonly destinationId: string;
  readonly studentId: string;
  readonly months: number;
  readonly dueOn: string;
  readonly region: string;
  readonly occupation: string;
  /** Why the person left; already while planned, when an earlier check found it. */
  readonly reason: string | null;
}

export const refuse = refusals('retention', { not_due: 'failed_precondition', reason_missing: 'invalid_argument' });

export function plan(job: Pick<RetentionCheck, 'destinationId' | 'studentId' | 'region' | 'occupation'> & { readonly fromOn: string }, months: number): RetentionCheck {
  const { destinationId, studentId, region, occupation, fromOn } = job;
  return { state: 'planned', destinationId, studentId, months, dueOn: addMonths(fromOn, months), region, occupation, reason: null };
}

/** Who had left before is not asked again, and counts as gone at this horizon too. */
export function fallDue<C extends RetentionCheck>(check: C): C {
  if (check.state !== 'planned') throw refuse.not_due({ state: check.state });
  return { ...check, state: check.reason === null ? 'due' : 'left' };
}

export function record<C extends RetentionCheck>(check: C, answer: (typeof checkAnswers)[number], reason: string | null): C {
  if (check.state !== 'due') throw refuse.not_due({ state: check.state, dueOn: check.dueOn });
  if (answer === 'left' && reason === null) throw refuse.reason_missing({ field: 'reason' });
  return { ...check, state: answer, reason: answer === 'left' ? reason : null };
}

/** An earlier check of the same job found that the person has left. */
export function leftEarlier<C extends RetentionCheck>(check: C, reason: string): C {
  if (check.state === 'planned') return { ...check, reason };
  return check.state === 'due' ? { ...check, state: 'left', reason } : check;
}

/** The job was corrected: what has not fallen due yet follows it. */
export function replan<C extends RetentionCheck>(check: C, { region, occupation, fromOn }: { readonly region: string; readonly occupation: string; readonly fromOn: string }): C {
  const dueOn = addMonths(fromOn, check.months);
  const same = check.dueOn === dueOn && check.region === region && check.occupation === occupation;
  return check.state === 'planned' && !same ? { ...check, dueOn, region, occupation } : check;
}

/** The job was corrected away; what was answered stays as it was. */
export function drop<C extends RetentionCheck>(check: C): C {
  return check.state === 'planned' || check.state === 'due' ? { ...check, state: 'dropped' } : check;
}

export function leftFact(_before: RetentionCheck, after: RetentionCheck): 'planned' | 'recorded' {
  return after.state === 'planned' ? 'planned' : 'recorded';
}
