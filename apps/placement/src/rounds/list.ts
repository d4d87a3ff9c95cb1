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
  /** Why the college changed it since it was handed in: shown to the student. */
  readonly fixReason: FixReason | null;
  readonly fixText: string | null;
}

export const fixReasons = ['student_asked', 'guardian_objects', 'typing_error', 'position_left', 'other'] as const;
export type FixReason = (typeof fixReasons)[number];

export const refuse = refusals('list', {
  unknown_round: 'not_found',
  round_not_open: 'failed_precondition',
  too_late: 'failed_precondition',
  already_confirmed: 'failed_precondition',
  reason_missing: 'invalid_argument',
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
  readonly closesOn: string;
  readonly colleges: readonly string[];
  readonly wishes: number;
  /** Positions that are in the round. */
  readonly positions: ReadonlySet<string>;
}
export type StudentOf = StudentFacts & { readonly state: string };

/** Lists are handed in until the round closes, by the server's clock. */
export function assertOpen(round: RoundOf | undefined, college: string, today: string): asserts round is RoundOf {
  assertTakesPart(round, college);
  if (round.state !== 'open') throw refuse.round_not_open({ field: 'roundId', state: round.state });
  if (today > round.closesOn) throw refuse.too_late({ field: 'roundId', closesOn: round.closesOn });
}

/** The college may put right what it handed in until the match, which counts what it finds. */
export function assertFixable(round: RoundOf | undefined, college: string): asserts round is RoundOf {
  assertTakesPart(round, college);
  if (round.state !== 'open' && round.state !== 'closed') throw refuse.round_not_open({ field: 'roundId', state: round.state });
}

function assertTakesPart(round: RoundOf | undefined, college: string): asserts round is RoundOf {
  if (!round) throw refuse.unknown_round({ field: 'roundId' });
  if (!round.colleges.includes(college)) throw refuse.not_in_round({ field: 'roundId' });
}

/** Empty is allowed: a student without wishes is unassigned, and told so. */
export function assertChoices(choices: readonly string[], round: RoundOf): void {
  if (choices.length > round.wishes) throw refuse.too_many({ field: 'positionIds', most: round.wishes });
  const twice = choices.find((id, n) => choices.indexOf(id) !== n);
  if (twice !== undefined) throw refuse.twice({ field: 'positionIds', position: twice });
  const unknown = choices.find((id) => !round.positions.has(id));
  if (unknown !== undefined) throw refuse.unknown_position({ field: 'positionIds', position: unknown });
}

export function factsOf(student: StudentOf | undefined): StudentFacts {
  if (!student) throw refuse.unknown_student({ field: 'studentId' });
  if (student.state !== 'enrolled') throw refuse.student_has_left({ field: 'studentId', state: student.state });
  const { programCode, region, skills, tags, minorThrough, workableFrom } = student;
  return { programCode, region, skills, tags, minorThrough, workableFrom };
}

/** After an appeal: the same wishes, with the facts as they are now. */
export function readAnew<L extends PreferenceList>(list: L, student: StudentOf): L {
  if (list.state !== 'submitted') throw refuse.struck();
  return { ...list, facts: factsOf(student) };
}

/** What the student says replaces what anybody has handed in, and is the student's alone from then on. */
export function replace<L extends PreferenceList>(list: L, choices: readonly string[], facts: StudentFacts, account: string): L {
  if (list.state !== 'submitted') throw refuse.struck();
  return { ...list, choices, facts, ...mine(account) };
}

/** The student stands by what the college has handed in: nobody else reads it from then on. */
export function confirm<L extends PreferenceList>(list: L, account: string): L {
  if (list.state !== 'submitted') throw refuse.struck();
  if (list.sealed) throw refuse.already_confirmed();
  return { ...list, sealed: true, subjectAccount: account };
}

export interface Fix {
  readonly reason: FixReason | null;
  readonly text: string | null;
}

/** The college puts right what it handed in, says why, and the student is shown it. */
export function fix<L extends PreferenceList>(list: L, choices: readonly string[], facts: StudentFacts, { reason, text }: Fix): L {
  if (list.state !== 'submitted') throw refuse.struck();
  if (reason === null || (reason === 'other' && text === null)) throw refuse.reason_missing({ field: reason === null ? 'reason' : 'text' });
  return { ...list, choices, facts, fixReason: reason, fixText: text };
}

function mine(account: string): Pick<PreferenceList, 'sealed' | 'subjectAccount' | 'fixReason' | 'fixText'> {
  return { sealed: true, subjectAccount: account, fixReason: null, fixText: null };
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
