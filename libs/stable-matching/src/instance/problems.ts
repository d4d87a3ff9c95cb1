// What was not as it should be in an instance, item by item: nothing is dropped without a line here.

export type ProblemCode =
  /** Not of the form that the field asks for. */
  | 'malformed' | 'bad_id' | 'bad_number' | 'unknown_field'
  | 'unknown_applicant' | 'unknown_position' | 'unknown_host'
  | 'repeated_applicant' | 'repeated_position' | 'repeated_host' | 'repeated_wish' | 'repeated_priority' | 'repeated_rank' | 'repeated_group'
  /** The applicant wants a position that does not accept the applicant. The other way round is no problem: a position may rank anybody. */
  | 'one_sided'
  /** Dropped with everything that hangs on it: to drop a host alone would lift its cap. */
  | 'capacity_zero' | 'host_dropped' | 'position_dropped'
  /** Nobody is ranked, so nobody is accepted. Kept. */
  | 'no_order'
  /** Ties, and no seed to draw with: drawn with the empty key, which everybody can foresee. Kept. */
  | 'no_seed';

export interface Problem {
  readonly code: ProblemCode;
  readonly applicant?: string;
  readonly position?: string;
  readonly host?: string;
  readonly group?: string;
  readonly field?: string;
  /** As it was read, cut at 100 characters. */
  readonly value?: string;
  readonly file?: string;
  /** As an editor counts them: the header is line 1. */
  readonly line?: number;
}

const MAX_SHOWN = 100;

export function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
