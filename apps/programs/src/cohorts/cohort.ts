// A cohort: those who entered a program in one year, when they graduate, and when how many of them are free for work.
import { refusals } from '@tandem/contracts';

export const purposes = ['internship', 'order_class', 'apprenticeship', 'job'] as const;

/** Dates inclusive. */
export interface Window {
  readonly fromOn: string;
  readonly toOn: string;
  readonly free: number;
  readonly purpose: (typeof purposes)[number];
}
export interface CohortTerms {
  readonly programId: string;
  readonly entryYear: number;
  readonly graduatesOn: string;
  readonly windows: readonly Window[];
}
export interface Cohort extends CohortTerms {
  readonly state: 'planned' | 'enrolled' | 'graduated';
  readonly programCode: string;
}

export const refuse = refusals('cohort', {
  unknown_program: 'not_found',
  program_closed: 'failed_precondition',
  wrong_dates: 'invalid_argument',
  wrong_window: 'invalid_argument',
  windows_overlap: 'invalid_argument',
  not_planned: 'failed_precondition',
  not_enrolled: 'failed_precondition',
  graduated: 'failed_precondition',
  already_there: 'already_exists',
});

/** What a cohort must know of its program. */
export type ProgramOf = { readonly code: string; readonly state: string } | undefined;

export function plan(terms: CohortTerms, program: ProgramOf): Cohort {
  if (!program) throw refuse.unknown_program({ field: 'programId' });
  if (program.state === 'closed') throw refuse.program_closed({ field: 'programId' });
  if (Number(terms.graduatesOn.slice(0, 4)) < terms.entryYear) throw refuse.wrong_dates({ field: 'graduatesOn' });
  assertWindows(terms.windows, terms.graduatesOn);
  return { ...terms, state: 'planned', programCode: program.code };
}

export function enrol<C extends Cohort>(cohort: C): C {
  if (cohort.state !== 'planned') throw refuse.not_planned({ state: cohort.state });
  return { ...cohort, state: 'enrolled' };
}

export function changeAvailability<C extends Cohort>(cohort: C, windows: readonly Window[]): C {
  if (cohort.state === 'graduated') throw refuse.graduated();
  assertWindows(windows, cohort.graduatesOn);
  return { ...cohort, windows };
}

export function graduate<C extends Cohort>(cohort: C): C {
  if (cohort.state !== 'enrolled') throw refuse.not_enrolled({ state: cohort.state });
  return { ...cohort, state: 'graduated' };
}

/** Windows of one purpose do not overlap: else the same people would be promised twice. A job may begin after graduation. */
function assertWindows(windows: readonly Window[], graduatesOn: string): void {
  windows.forEach(({ fromOn, toOn, purpose }, n) => {
    if (toOn < fromOn || (purpose !== 'job' && toOn > graduatesOn)) throw refuse.wrong_window({ field: 'windows', item: n });
    const other = windows.findIndex((window, m) => m > n && window.purpose === purpose && window.fromOn <= toOn && fromOn <= window.toOn);
    if (other !== -1) throw refuse.windows_overlap({ field: 'windows', item: other });
  });
}
