// A class of a cohort, and the teacher who looks after it.
import { refusals } from '@tandem/contracts';

export interface Class {
  readonly state: 'formed' | 'dissolved';
  readonly cohortId: string;
  readonly name: string;
  readonly teacherAccount: string | null;
}

export const refuse = refusals('class', { unknown_cohort: 'not_found', cohort_graduated: 'failed_precondition', dissolved: 'failed_precondition' });

export function form(terms: Omit<Class, 'state'>, cohort: { readonly state: string } | undefined): Class {
  if (!cohort) throw refuse.unknown_cohort({ field: 'cohortId' });
  if (cohort.state === 'graduated') throw refuse.cohort_graduated({ field: 'cohortId' });
  return { ...terms, state: 'formed' };
}

export function change<C extends Class>(it: C, to: Pick<Class, 'name' | 'teacherAccount'>): C {
  if (it.state === 'dissolved') throw refuse.dissolved();
  return { ...it, ...to };
}

export function dissolve<C extends Class>(it: C): C {
  if (it.state === 'dissolved') throw refuse.dissolved();
  return { ...it, state: 'dissolved' };
}
