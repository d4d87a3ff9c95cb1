// What an indicator is: whom it is about, what is counted, and where that is found. One more is one more file like those beside this one.

/** Counts as SQL over the row `r` of its source; they are summed up as rows come and go. */
export interface Definition {
  readonly indicator: string;
  readonly version: number;
  /** A table of this service: a projection or own aggregates. */
  readonly source: 'known_positions' | 'internships' | 'retention_checks';
  /** A row that is not of the population counts nothing. */
  readonly population: { readonly code: string; readonly sql: string };
  readonly numerator: { readonly code: string; readonly sql: string };
  readonly denominator: { readonly code: string; readonly sql: string };
  readonly unknown: { readonly code: string; readonly sql: string };
  /** How many people or posts a row of the population stands for; 1 unless told. */
  readonly weight?: string;
  readonly region: string;
  readonly occupation: string;
  /** A plain date; its quarter is the period. */
  readonly date: string;
}
