// A position: published demand for people. The bureau of its region decides before anybody else sees it.
import { refusals } from '@tandem/contracts';

export const kinds = ['internship', 'job', 'order_class_seat', 'apprenticeship'] as const;
export type PositionKind = (typeof kinds)[number];
export type PositionState = 'draft' | 'submitted' | 'returned' | 'published' | 'closed';
export type CloseReason = 'filled' | 'expired' | 'withdrawn';

/** What the enterprise says of it. Pay in fen a month, hours a week, dates inclusive. */
export interface Terms {
  readonly kind: PositionKind;
  readonly title: string;
  readonly occupation: string;
  readonly industry: string;
  readonly region: string;
  readonly headcount: number;
  readonly startsOn: string;
  readonly endsOn: string;
  readonly weeklyHours: number;
  readonly hasNightWork: boolean;
  readonly payFen: number;
  readonly skills: readonly { readonly code: string; readonly level: number }[];
  readonly majors: readonly string[];
  readonly hazards: readonly string[];
  readonly hasBoard: boolean;
  readonly hasLodging: boolean;
}

export interface Position extends Terms {
  readonly state: PositionState;
  readonly version: number;
  /** True from the first publication on. */
  readonly isPublic: boolean;
  /** Live placements, in every state of the position. */
  readonly filled: number;
  readonly closeReason: CloseReason | null;
  /** The enterprise's words when it withdrew the position. */
  readonly withdrawnReason: string | null;
  readonly reviewerOrg: string | null;
  readonly returnedField: string | null;
  readonly returnedReason: string | null;
  readonly reviewId: string | null;
}

export const refuse = refusals('position', {
  not_editable: 'failed_precondition',
  not_draft: 'failed_precondition',
  not_submitted: 'failed_precondition',
  not_published: 'failed_precondition',
  fixed_after_publication: 'failed_precondition',
  wrong_period: 'invalid_argument',
  already_over: 'failed_precondition',
  no_reviewer: 'failed_precondition',
  foreign_review: 'permission_denied',
  not_an_enterprise: 'permission_denied',
  unknown_occupation: 'invalid_argument',
  occupation_not_lowest: 'invalid_argument',
  unknown_industry: 'invalid_argument',
  unknown_region: 'invalid_argument',
  unknown_major: 'invalid_argument',
});

/** Of the codes that a position names, those that the dated lists know; `true` where it is a lowest level. */
export type KnownCodes = ReadonlyMap<string, boolean>;
export const codeKey = (list: string, code: string): string => `${list} ${code}`;

/** A position names only codes of the lists; an occupation only of the lowest level. */
export function assertCodes(terms: Pick<Terms, 'occupation' | 'industry' | 'region' | 'majors'>, known: KnownCodes): void {
  const occupation = known.get(codeKey('occupations', terms.occupation));
  if (occupation === undefined) throw refuse.unknown_occupation({ field: 'occupation', code: terms.occupation });
  if (!occupation) throw refuse.occupation_not_lowest({ field: 'occupation', code: terms.occupation });
  if (!known.has(codeKey('industries', terms.industry))) throw refuse.unknown_industry({ field: 'industry', code: terms.industry });
  if (!known.has(codeKey('regions', terms.region))) throw refuse.unknown_region({ field: 'region', code: terms.region });
  const major = terms.majors.find((code) => !known.has(codeKey('majors', code)));
  if (major !== undefined) throw refuse.unknown_major({ field: 'majors', code: major });
}

export function assertPeriod({ startsOn, endsOn }: Pick<Terms, 'startsOn' | 'endsOn'>, today: string): void {
  if (endsOn < startsOn) throw refuse.wrong_period({ field: 'endsOn' });
  if (endsOn < today) throw refuse.already_over({ field: 'endsOn', today });
}

/** What a review looked at: after publication `change` leaves these; seats have a command of their own. */
const reviewed = ['kind', 'occupation', 'industry', 'region', 'startsOn', 'endsOn', 'headcount', 'hasNightWork'] as const;

export function change<P extends Position>(position: P, terms: Terms): P {
  if (position.state === 'submitted' || position.state === 'closed') throw refuse.not_editable({ state: position.state });
  if (position.state === 'published') {
    const field = reviewed.find((name) => position[name] !== terms[name]);
    if (field) throw refuse.fixed_after_publication({ field });
  }
  return { ...position, ...terms };
}

export function submit<P extends Position>(position: P, reviewer: string | null, today: string): P {
  if (position.state !== 'draft' && position.state !== 'returned') throw refuse.not_draft({ state: position.state });
  if (reviewer === null) throw refuse.no_reviewer({ region: position.region });
  assertPeriod(position, today);
  return { ...position, state: 'submitted', reviewerOrg: reviewer, returnedField: null, returnedReason: null, reviewId: null };
}

/** What the bureau decided about one version. */
export interface Decision {
  readonly id: string;
  /** The organisation whose review it is. */
  readonly by: string;
  readonly positionVersion: number;
  readonly decision: 'publish' | 'return';
  readonly field: string | null;
  readonly reason: string | null;
}

/** A decision about an older version, or a second one, changes nothing; one of another bureau is refused. */
export function decide<P extends Position>(position: P, decision: Decision): P {
  if (position.reviewerOrg !== null && position.reviewerOrg !== decision.by) throw refuse.foreign_review({ by: decision.by });
  if (position.state !== 'submitted' || position.version !== decision.positionVersion) return position;
  if (decision.decision === 'publish') return { ...position, state: 'published', isPublic: true, reviewId: decision.id };
  return { ...position, state: 'returned', returnedField: decision.field, returnedReason: decision.reason, reviewId: decision.id };
}

/** A headcount below what is filled shows as overfilled and cancels nobody. */
export function resize<P extends Position>(position: P, headcount: number, today: string): P {
  if (position.state !== 'published' && position.closeReason !== 'filled') throw refuse.not_published({ state: position.state });
  return settled({ ...position, headcount }, today);
}

export function withdraw<P extends Position>(position: P, reason: string): P {
  if (position.state !== 'published') throw refuse.not_published({ state: position.state });
  return { ...position, state: 'closed', closeReason: 'withdrawn', withdrawnReason: reason };
}

/** Its period is over. A position that is already closed stays closed for its own reason. */
export function expire<P extends Position>(position: P): P {
  if (position.state !== 'published') throw refuse.not_published({ state: position.state });
  return { ...position, state: 'closed', closeReason: 'expired' };
}

/** The last seat closes the position, so that no further offer is made on it. */
export function fillSeat<P extends Position>(position: P, today: string): P {
  return settled({ ...position, filled: position.filled + 1 }, today);
}

/** A freed seat opens a position again that was closed because it was full, before its period ends. */
export function freeSeat<P extends Position>(position: P, today: string): P {
  return settled({ ...position, filled: Math.max(0, position.filled - 1) }, today);
}

function settled<P extends Position>(position: P, today: string): P {
  const full = position.filled >= position.headcount;
  if (position.state === 'published' && full) return { ...position, state: 'closed', closeReason: 'filled' };
  if (position.state === 'closed' && position.closeReason === 'filled' && !full && today <= position.endsOn) return { ...position, state: 'published', closeReason: null };
  return position;
}

/** The one event of a change of seats. */
export function seatFact(before: Position, after: Position): 'closed' | 'reopened' | 'seats_changed' {
  if (before.state === after.state) return 'seats_changed';
  return after.state === 'closed' ? 'closed' : 'reopened';
}

export function decisionFact(_before: Position, after: Position): 'published' | 'returned' {
  return after.state === 'published' ? 'published' : 'returned';
}
