// A round: rules frozen and hashed, preferences in, matching out, offers, refill. A transition that is not here is refused.
import { createHash } from 'node:crypto';
import { refusals } from '@tandem/contracts';
import { workingDayAfter } from '@tandem/taxonomy';
import { countsCalendarDays, ruleSheetOf } from './rule-sheet.js';

export const roundStates = ['draft', 'announced', 'open', 'closed', 'matched', 'verified', 'rejected', 'published', 'settled', 'cancelled'] as const;
export type RoundState = (typeof roundStates)[number];
export const roundCancelReasons = ['too_few_positions', 'too_few_students', 'mistake', 'other'] as const;

/** Points that are added up; ties go by the round's lottery. */
export interface RuleSheet {
  readonly sameMajor: number;
  readonly sameClass: number;
  readonly skill: number;
  readonly sameCounty: number;
  readonly samePrefecture: number;
  /** For a student of a group (a tag that the college gives); several add up. */
  readonly groups: readonly { readonly tag: string; readonly points: number }[];
  /** At most so many wishes on a list. */
  readonly wishes: number;
}

/** Dates inclusive; `startsOn` to `endsOn` is the period of the placements. */
export interface RoundTerms {
  readonly title: string;
  readonly colleges: readonly string[];
  readonly startsOn: string;
  readonly endsOn: string;
  readonly opensOn: string;
  readonly closesOn: string;
  /** Working days. */
  readonly answerDays: number;
  /** The last day on which offers are answered and freed seats given on. */
  readonly settlesOn: string;
  /** Freed seats are given on each time so many working days have passed; 0: whenever the organiser says. */
  readonly refillDays: number;
  /** Working days after publication within which a student may object; 0: no appeals. */
  readonly appealDays: number;
  readonly rules: RuleSheet;
}

export interface Round extends RoundTerms {
  readonly state: RoundState;
  /** True from the announcement on. */
  readonly isPublic: boolean;
  readonly ruleSheet: string | null;
  readonly ruleHash: string | null;
  /** Revealed with the result. */
  readonly secret: string | null;
  readonly runs: number;
  readonly inputHash: string | null;
  readonly digest: string | null;
  /** Of the lists that were matched; the lottery's seed is made of it. */
  readonly listsDigest: string | null;
  readonly applicants: number;
  readonly assigned: number;
  /** What the checker found, while rejected. */
  readonly findings: readonly string[];
  /** The last day of any answer. */
  readonly answersUntil: string | null;
  /** The next published day on whose morning freed seats are given on. */
  readonly refillOn: string | null;
  readonly appealsUntil: string | null;
  readonly cancelReason: string | null;
}

export const refuse = refusals('round', {
  not_draft: 'failed_precondition',
  not_announced: 'failed_precondition',
  not_open: 'failed_precondition',
  not_closed: 'failed_precondition',
  not_matched: 'failed_precondition',
  not_verified: 'failed_precondition',
  not_published: 'failed_precondition',
  already_published: 'failed_precondition',
  answers_open: 'failed_precondition',
  refills_pending: 'failed_precondition',
  appeals_open: 'failed_precondition',
  too_late: 'failed_precondition',
  not_later: 'invalid_argument',
  wrong_dates: 'invalid_argument',
  college_missing: 'invalid_argument',
  unknown_college: 'not_found',
  no_such_round: 'not_found',
  student_busy: 'failed_precondition',
  group_too_small: 'invalid_argument',
});

export function draft(terms: RoundTerms, organiser: string | null, known: ReadonlySet<string>): Round {
  assertTerms(terms, organiser, known);
  const nothing = { ruleSheet: null, ruleHash: null, secret: null, inputHash: null, digest: null, listsDigest: null, answersUntil: null, refillOn: null, appealsUntil: null, cancelReason: null };
  return { ...terms, ...nothing, state: 'draft', isPublic: false, runs: 0, applicants: 0, assigned: 0, findings: [] };
}

export function change<R extends Round>(round: R, terms: RoundTerms, organiser: string | null, known: ReadonlySet<string>): R {
  if (round.state !== 'draft') throw refuse.not_draft({ state: round.state });
  assertTerms(terms, organiser, known);
  return { ...round, ...terms };
}

/** A college that organises takes part; answers must be possible before the period begins. */
function assertTerms({ colleges, startsOn, endsOn, opensOn, closesOn, settlesOn }: RoundTerms, organiser: string | null, known: ReadonlySet<string>): void {
  if (closesOn < opensOn) throw refuse.wrong_dates({ field: 'closesOn' });
  if (startsOn <= closesOn) throw refuse.wrong_dates({ field: 'startsOn' });
  if (settlesOn <= closesOn || settlesOn >= startsOn) throw refuse.wrong_dates({ field: 'settlesOn' });
  if (endsOn < startsOn) throw refuse.wrong_dates({ field: 'endsOn' });
  if (organiser !== null && !colleges.includes(organiser)) throw refuse.college_missing({ field: 'colleges' });
  const unknown = colleges.find((college) => !known.has(college));
  if (unknown !== undefined) throw refuse.unknown_college({ field: 'colleges', college: unknown });
}

/** Freezes the rule sheet. Its hash binds the organiser, and the commitment in it binds the lottery before anybody has ranked anything. */
export function announce<R extends Round>(round: R, secret: string, aliasKey: string): R {
  if (round.state !== 'draft') throw refuse.not_draft({ state: round.state });
  const ruleSheet = ruleSheetOf(round, secret, aliasKey);
  return { ...round, state: 'announced', isPublic: true, ruleSheet, ruleHash: `sha256:${createHash('sha256').update(ruleSheet).digest('hex')}` };
}

export function open<R extends Round>(round: R): R {
  if (round.state !== 'announced') throw refuse.not_announced({ state: round.state });
  return { ...round, state: 'open' };
}

/** To a later day, and still before the last day of answers. */
export function extend<R extends Round>(round: R, closesOn: string): R {
  if (round.state !== 'open') throw refuse.not_open({ state: round.state });
  if (closesOn <= round.closesOn || closesOn >= round.settlesOn) throw refuse.not_later({ field: 'closesOn', closesOn: round.closesOn, settlesOn: round.settlesOn });
  return { ...round, closesOn };
}

export function close<R extends Round>(round: R): R {
  if (round.state !== 'open') throw refuse.not_open({ state: round.state });
  return { ...round, state: 'closed' };
}

export interface Result {
  readonly listsDigest: string;
  readonly inputHash: string;
  readonly digest: string;
  readonly applicants: number;
  readonly assigned: number;
}

/** A rejected round is matched again, and that is counted. */
export function match<R extends Round>(round: R, result: Result): R {
  if (round.state !== 'closed' && round.state !== 'rejected') throw refuse.not_closed({ state: round.state });
  return { ...round, ...result, state: 'matched', runs: round.runs + 1, findings: [] };
}

/** What the independent checker says: nothing, or why this result cannot be published. */
export function verify<R extends Round>(round: R, findings: readonly string[]): R {
  if (round.state !== 'matched') throw refuse.not_matched({ state: round.state });
  return { ...round, state: findings.length === 0 ? 'verified' : 'rejected', findings };
}

export function publish<R extends Round>(round: R, secret: string, today: string): R {
  if (round.state !== 'verified') throw refuse.not_verified({ state: round.state });
  // Nobody could answer.
  if (today > round.settlesOn) throw refuse.too_late({ field: 'today', settlesOn: round.settlesOn });
  return { ...round, state: 'published', secret, answersUntil: answerBy(round, today), refillOn: nextRefill(round, today), appealsUntil: round.appealDays === 0 ? null : workingDayAfter(today, round.appealDays) };
}

/** Answers are due so many working days from today; the time shrinks to what the last day of answers leaves. */
export function answerBy({ answerDays, settlesOn, ruleSheet }: Pick<Round, 'answerDays' | 'settlesOn' | 'ruleSheet'>, today: string): string {
  const due = countsCalendarDays(ruleSheet) ? addDays(today, answerDays) : workingDayAfter(today, answerDays);
  return due < settlesOn ? due : settlesOn;
}

function nextRefill({ refillDays, settlesOn }: Pick<Round, 'refillDays' | 'settlesOn'>, after: string): string | null {
  if (refillDays === 0) return null;
  const next = workingDayAfter(after, refillDays);
  return next <= settlesOn ? next : null;
}

/** A published day has come: the refill starts, and the next one is known. */
export function refillDue<R extends Round>(round: R): R {
  if (round.state !== 'published' || round.refillOn === null) throw refuse.not_published({ state: round.state });
  return { ...round, refillOn: nextRefill(round, round.refillOn) };
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** Freed seats were filled again from the frozen lists. */
export function refill<R extends Round>(round: R, result: Pick<Result, 'digest' | 'assigned'>, today: string): R {
  assertRefillable(round, today);
  return { ...round, digest: result.digest, assigned: result.assigned, runs: round.runs + 1, answersUntil: answerBy(round, today) };
}

export function assertRefillable({ state, settlesOn }: Round, today: string): void {
  if (state !== 'published') throw refuse.not_published({ state });
  if (today > settlesOn) throw refuse.too_late({ field: 'today', settlesOn });
}

/** When every answer is in or too late: who waits has the place for good. `unanswered` offers of all colleges. */
export function settle<R extends Round>(round: R, today: string, unanswered: number): R {
  if (round.state !== 'published') throw refuse.not_published({ state: round.state });
  if (round.refillOn !== null && today <= round.settlesOn) throw refuse.refills_pending({ refillOn: round.refillOn });
  if (round.appealsUntil !== null && today <= round.appealsUntil) throw refuse.appeals_open({ appealsUntil: round.appealsUntil });
  if (unanswered > 0 && round.answersUntil !== null && today <= round.answersUntil) throw refuse.answers_open({ answersUntil: round.answersUntil, unanswered });
  return { ...round, state: 'settled' };
}

export function cancel<R extends Round>(round: R, reason: string): R {
  if (round.state === 'published' || round.state === 'settled' || round.state === 'cancelled') throw refuse.already_published({ state: round.state });
  return { ...round, state: 'cancelled', cancelReason: reason };
}

export function verifiedFact(_before: Round, after: Round): 'verified' | 'rejected' {
  return after.state === 'verified' ? 'verified' : 'rejected';
}
