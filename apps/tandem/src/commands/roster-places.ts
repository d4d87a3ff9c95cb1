// What a roster's codes and names stand for in the college: its programs, cohorts and classes, read once before a run.
import type { RosterColumn } from '@tandem/taxonomy';
import type { Session } from './client.js';
import { allOf } from './imports.js';

export interface Known {
  /** By code and years. */
  readonly programs: ReadonlyMap<string, string>;
  /** By program and year of entry. */
  readonly cohorts: ReadonlyMap<string, string>;
  /** By cohort and name. */
  readonly classes: ReadonlyMap<string, string>;
}

const rest = 'pageInfo { hasNextPage endCursor }';
const documents = {
  programs: `query ($after: String) { programs(view: own, page: { first: 100, after: $after }) { edges { node { id state code years } } ${rest} } }`,
  cohorts: `query ($after: String) { cohorts(page: { first: 100, after: $after }) { edges { node { id entryYear program { id } } } ${rest} } }`,
  classes: `query ($after: String) { classes(page: { first: 100, after: $after }) { edges { node { id state name cohort { id } } } ${rest} } }`,
};

interface ProgramNode {
  readonly id: string;
  readonly state: string;
  readonly code: string;
  readonly years: number;
}
interface CohortNode {
  readonly id: string;
  readonly entryYear: number;
  readonly program: { readonly id: string } | null;
}
interface ClassNode {
  readonly id: string;
  readonly state: string;
  readonly name: string;
  readonly cohort: { readonly id: string } | null;
}

export async function knownOf(session: Session): Promise<Known> {
  const programs = await allOf<ProgramNode>(session, documents.programs);
  const cohorts = await allOf<CohortNode>(session, documents.cohorts);
  const classes = await allOf<ClassNode>(session, documents.classes);
  return {
    programs: new Map(programs.filter(({ state }) => state !== 'closed').map(({ id, code, years }) => [`${code} ${years}`, id])),
    cohorts: new Map(cohorts.map(({ id, entryYear, program }) => [`${program?.id ?? ''} ${entryYear}`, id])),
    classes: new Map(classes.filter(({ state }) => state !== 'dissolved').map(({ id, name, cohort }) => [`${cohort?.id ?? ''} ${name.normalize('NFC')}`, id])),
  };
}

type Place = { readonly ids: { readonly program: string; readonly cohort: string; readonly class: string } } | { readonly column: RosterColumn; readonly problem: string; readonly value?: string };

/** Ids, empty where the row names none; a class is one of a cohort, so it needs the year of entry. */
export function placeOf(cells: Readonly<Record<RosterColumn, string>>, { programs, cohorts, classes }: Known): Place {
  const { program_code: code, program_years: years, entry_year: year, class: name } = cells;
  const program = programs.get(`${code} ${years}`);
  if (program === undefined) return { column: 'program_code', problem: 'unknown_program', value: `${code}/${years}` };
  const cohort = year === '' ? '' : cohorts.get(`${program} ${year}`);
  if (cohort === undefined) return { column: 'entry_year', problem: 'unknown_cohort', value: year };
  const of = name === '' ? '' : cohort === '' ? undefined : classes.get(`${cohort} ${name.normalize('NFC')}`);
  if (of === undefined) return { column: 'class', problem: 'unknown_class' };
  return { ids: { program, cohort, class: of } };
}
