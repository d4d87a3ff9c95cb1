// Where a student went, with evidence; an internship paper proves no job.
import { refusals } from '@tandem/contracts';

export const jobCategories = ['agreement_job', 'contract_job', 'own_business', 'freelance'] as const;
export const categories = [...jobCategories, 'further_study', 'army', 'seeking', 'not_seeking'] as const;
export type Category = (typeof categories)[number];
export const wageBands = ['under_3k', '3k_to_5k', '5k_to_8k', 'over_8k'] as const;
export const evidenceKinds = ['labour_contract', 'employment_agreement', 'social_insurance', 'business_licence', 'enrolment_notice', 'statement', 'internship_agreement', 'internship_certificate'] as const;
export const confirmers = ['graduate', 'employer_file'] as const;

export interface DestinationTerms {
  readonly studentId: string;
  readonly category: Category;
  readonly employerOrg: string | null;
  readonly occupation: string;
  readonly region: string;
  readonly fromOn: string;
  readonly toOn: string | null;
  readonly wageBand: (typeof wageBands)[number] | null;
  readonly evidenceKind: (typeof evidenceKinds)[number];
}
export interface Destination extends DestinationTerms {
  readonly state: 'reported' | 'confirmed' | 'corrected';
  readonly confirmedBy: (typeof confirmers)[number] | null;
  readonly correctionReason: string | null;
}

export const refuse = refusals('destination', {
  unknown_student: 'not_found',
  internship_is_no_job: 'invalid_argument',
  evidence_missing: 'invalid_argument',
  wrong_period: 'invalid_argument',
  occupation_missing: 'invalid_argument',
  not_reported: 'failed_precondition',
  not_confirmed: 'failed_precondition',
  same_job: 'already_exists',
});

const jobs: ReadonlySet<string> = new Set(jobCategories);
const jobPapers: ReadonlySet<string> = new Set(['labour_contract', 'employment_agreement', 'social_insurance', 'business_licence']);
const internshipPapers: ReadonlySet<string> = new Set(['internship_agreement', 'internship_certificate']);

export function isJob(category: string): boolean {
  return jobs.has(category);
}

export function report(terms: DestinationTerms, isOwn: boolean): Destination {
  if (!isOwn) throw refuse.unknown_student({ field: 'studentId' });
  assertTerms(terms);
  return { ...terms, state: 'reported', confirmedBy: null, correctionReason: null };
}

export function confirm<D extends Destination>(destination: D, by: Destination['confirmedBy']): D {
  if (destination.state !== 'reported') throw refuse.not_reported({ state: destination.state });
  return { ...destination, state: 'confirmed', confirmedBy: by };
}

const spell = ['category', 'employerOrg', 'occupation', 'region', 'fromOn', 'toOn'] as const;
export type Spell = Pick<DestinationTerms, (typeof spell)[number]> & { readonly id: string };

/** Whether a correction says something else of when and where somebody works. */
export function isRetold(before: Spell, after: Spell): boolean {
  return spell.some((name) => before[name] !== after[name]);
}

/** One job told twice would be asked after twice and count twice: the same employer, or without one the same work in the same region, at the same time. */
export function assertOtherJob(job: Spell, known: readonly Spell[]): void {
  if (!isJob(job.category)) return;
  const twin = known.find((other) => other.id !== job.id && isJob(other.category) && isSameWork(job, other) && overlap(job, other));
  if (twin) throw refuse.same_job({ field: 'id', destination: twin.id });
}

function isSameWork(a: Spell, b: Spell): boolean {
  if (a.employerOrg !== null || b.employerOrg !== null) return a.employerOrg === b.employerOrg;
  return isEmployed(a) === isEmployed(b) && a.occupation === b.occupation && a.region === b.region;
}

/** An agreement and the contract that follows it are one job. */
function isEmployed({ category }: Spell): boolean {
  return category === 'agreement_job' || category === 'contract_job';
}

function overlap(a: Spell, b: Spell): boolean {
  return a.fromOn <= (b.toOn ?? a.fromOn) && b.fromOn <= (a.toOn ?? b.fromOn);
}

/** Figures are never edited: what was confirmed is corrected, with the reason. */
export function correct<D extends Destination>(destination: D, terms: DestinationTerms, reason: string): D {
  if (destination.state === 'reported') throw refuse.not_confirmed({ state: destination.state });
  assertTerms(terms);
  return { ...destination, ...terms, studentId: destination.studentId, state: 'corrected', correctionReason: reason };
}

function assertTerms({ category, evidenceKind, occupation, fromOn, toOn }: DestinationTerms): void {
  if (toOn !== null && toOn < fromOn) throw refuse.wrong_period({ field: 'toOn' });
  if (internshipPapers.has(evidenceKind)) throw refuse.internship_is_no_job({ field: 'evidenceKind', evidenceKind });
  if (!isJob(category)) return;
  if (!jobPapers.has(evidenceKind)) throw refuse.evidence_missing({ field: 'evidenceKind', evidenceKind });
  if (occupation === '') throw refuse.occupation_missing({ field: 'occupation' });
}
