// A student's ranked positions in a round. The list lives until the round closes; what was handed in last is what is matched.
import { refusals } from '@tandem/contracts';
import type { StudentFacts } from './priorities.js';

export interface PreferenceList {
  readonly state: 'submitted' | 'struck';
  /** Handed in by the student: hidden from everybody else, also in the college. */
  readonly sealed: boolean;
  readonly subjectAccount: string | null;
  readonly roundId: string;
  readonly studentId: string;
  /** Positions, the most wanted first. */
  readonly choices: readonly string[];
  readonly facts: StudentFacts;
}

export const refuse = refusals('list', {
  unknown_round: 'not_found',
  round_not_open: 'failed_precondition',
  not_in_round: 'permission_denied',
  unknown_student: 'not_found',
  student_has_left: 'failed_precondition',
  too_many: 'invalid_argument',
  twice: 'invalid_argument',
  unknown_position: 'invalid_argument',
  already_submitted: 'already_exists',
  struck: 'failed_precondition',
  round_matched: 'failed_precondition',
});

export interface RoundOf {
  readonly state: string;
  readonly colleges: readonly string[];
  readonly wishes: number;
  /** Positions that are in the round. */
  readonly positions: ReadonlySet<string>;
}
export type StudentOf = StudentFacts & { readonly state: string };

/** Empty is allowed: a student without wishes is unassigned, and told so. */
export function assertChoices(choices: readonly string[], round: RoundOf | undefined, college: string): asserts round is RoundOf {
  if (!round) throw refuse.unknown_round({ field: 'roundId' });
  if (!round.colleges.includes(college)) throw refuse.not_in_round({ field: 'roundId' });
  if (round.state !== 'open') throw refuse.round_not_open({ field: 'roundId', state: round.state });
  if (choices.length > round.wishes) throw refuse.too_many({ field: 'positionIds', most: round.wishes });
  const twice = choices.find((id, n) => choices.indexOf(id) !== n);
  if (twice !== undefined) throw refuse.twice({ field: 'positionIds', position: twice });
  const unknown = choices.find((id) => !round.positions.has(id));
  if (unknown !== undefined) throw refuse.unknown_position({ field: 'positionIds', position: unknown });
}

export function factsOf(student: StudentOf | undefined): StudentFacts {
  if (!student) throw refuse.unknown_student({ field: 'studentId' });
  if (student.state !== 'enrolled') throw refuse.student_has_left({ field: 'studentId', state: student.state });
  const { programCode, region, skills, minorThrough, workableFrom } = student;
  return { programCode, region, skills, minorThrough, workableFrom };
}

export function replace<L extends PreferenceList>(list: L, choices: readonly string[], facts: StudentFacts): L {
  if (list.state !== 'submitted') throw refuse.struck();
  return { ...list, choices, facts };
}

const matched: ReadonlySet<string | undefined> = new Set(['matched', 'verified', 'published', 'settled']);

/** By hand only before the match: afterwards the list holds the student's place in it, and the offer is what is answered. */
export function assertStrikable(roundState: string | undefined): void {
  if (matched.has(roundState)) throw refuse.round_matched({ state: roundState ?? '' });
}

/** Withdrawn before the match. */
export function strike<L extends PreferenceList>(list: L): L {
  if (list.state !== 'submitted') throw refuse.struck();
  return { ...list, state: 'struck' };
}
