// The record of one internship: opened when the placement starts, closed with it, and what became of it afterwards.
import { addMonths } from '../months.js';

export type Sequel = 'unknown' | 'converted' | 'other_job' | 'not_seeking' | 'seeking';

export interface Internship {
  readonly state: 'running' | 'closed';
  readonly studentId: string;
  readonly positionId: string;
  readonly enterpriseOrg: string;
  readonly kind: string;
  readonly region: string;
  readonly occupation: string;
  readonly startedOn: string;
  readonly endedOn: string | null;
  readonly endKind: string | null;
  readonly sequel: Sequel;
}

/** A confirmed destination, as far as it says what became of an internship. */
export interface Destination {
  readonly category: string;
  readonly employerOrg: string | null;
  readonly fromOn: string;
}

const jobs = new Set(['agreement_job', 'contract_job']);
const elsewhere = new Set(['own_business', 'freelance']);
const away = new Set(['further_study', 'army', 'not_seeking']);

/** Hired by the same enterprise within 3 months of the end is converted (InserJeunes counts likewise), whatever came afterwards; else the newest says. */
export function sequelOf(internship: Internship, known: readonly Destination[]): Sequel {
  const [newest] = known;
  if (internship.endKind === 'converted_to_job' || known.some((destination) => isConversion(internship, destination))) return 'converted';
  if (!newest) return 'unknown';
  if (jobs.has(newest.category) || elsewhere.has(newest.category)) return 'other_job';
  return away.has(newest.category) ? 'not_seeking' : 'seeking';
}

/** An old job there, from before the internship, is none. */
function isConversion({ enterpriseOrg, startedOn, endedOn }: Internship, { category, employerOrg, fromOn }: Destination): boolean {
  return jobs.has(category) && employerOrg === enterpriseOrg && fromOn >= startedOn && endedOn !== null && fromOn <= addMonths(endedOn, 3);
}

export function opened(part: Pick<Internship, 'studentId' | 'positionId' | 'enterpriseOrg' | 'kind' | 'region' | 'occupation' | 'startedOn'>): Internship {
  return { ...part, state: 'running', endedOn: null, endKind: null, sequel: 'unknown' };
}

export function close<I extends Internship>(internship: I, end: { readonly endedOn: string; readonly endKind: string }, known: readonly Destination[]): I {
  if (internship.state === 'closed') return internship;
  const closed: I = { ...internship, ...end, state: 'closed' };
  return { ...closed, sequel: sequelOf(closed, known) };
}

/** Of a closed one; what is running is looked at when it closes. */
export function follow<I extends Internship>(internship: I, known: readonly Destination[]): I {
  const sequel = internship.state === 'closed' ? sequelOf(internship, known) : internship.sequel;
  return sequel === internship.sequel ? internship : { ...internship, sequel };
}
