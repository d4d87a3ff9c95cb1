// A person who learns at a college: a student of a class, or a free learner. What others may know is derived here from what is sealed.
import { refusals } from '@tandem/contracts';
import { bornOnOf, idNumberProblem } from '@tandem/taxonomy';

export const kinds = ['student', 'learner'] as const;
export const withdrawalReasons = ['transferred', 'dropped_out', 'dismissed', 'deceased', 'import_undone', 'other'] as const;
export type StudentState = 'enrolled' | 'on_leave' | 'graduated' | 'withdrawn';

/** Where a person belongs; only a student needs a program. */
export interface Place {
  readonly kind: (typeof kinds)[number];
  readonly rollNo: string;
  readonly programId: string | null;
  readonly cohortId: string | null;
  readonly classId: string | null;
  readonly region: string;
  readonly skills: readonly { readonly code: string; readonly level: number }[];
  readonly tags: readonly string[];
}

/** In clear only on its way to the key ring. */
export interface Person {
  readonly name: string;
  readonly idNumber: string | null;
  readonly phone: string | null;
  readonly guardianName: string | null;
  readonly guardianPhone: string | null;
  readonly bornOn: string | null;
}

export interface Student extends Place {
  readonly state: StudentState;
  readonly programCode: string;
  /** YYYY-MM. */
  readonly minorThrough: string;
  readonly workableFrom: string;
  readonly reason: string | null;
}

export const refuse = refusals('student', {
  bad_id_number: 'invalid_argument',
  bad_check_digit: 'invalid_argument',
  no_such_birth_date: 'invalid_argument',
  birth_date_differs: 'invalid_argument',
  birth_date_missing: 'invalid_argument',
  born_in_the_future: 'invalid_argument',
  program_missing: 'invalid_argument',
  unknown_program: 'not_found',
  unknown_cohort: 'not_found',
  unknown_class: 'not_found',
  unknown_region: 'invalid_argument',
  duplicate_roll_no: 'already_exists',
  duplicate_id_number: 'already_exists',
  not_enrolled: 'failed_precondition',
  not_on_leave: 'failed_precondition',
  has_left: 'failed_precondition',
  in_use: 'failed_precondition',
});

/** The day of birth: the number's own where there is one; a second statement that differs is refused. */
export function bornOn({ idNumber, bornOn: stated }: Pick<Person, 'idNumber' | 'bornOn'>, today: string): string {
  const born = idNumber === null ? stated : fromIdNumber(idNumber, stated);
  if (born === null) throw refuse.birth_date_missing({ field: 'bornOn' });
  if (born > today) throw refuse.born_in_the_future({ field: 'bornOn' });
  return born;
}

function fromIdNumber(idNumber: string, stated: string | null): string {
  const problem = idNumberProblem(idNumber);
  if (problem === 'check_digit') throw refuse.bad_check_digit({ field: 'idNumber' });
  if (problem === 'birth_date') throw refuse.no_such_birth_date({ field: 'idNumber' });
  if (problem === 'format') throw refuse.bad_id_number({ field: 'idNumber' });
  const born = bornOnOf(idNumber);
  if (stated !== null && stated !== born) throw refuse.birth_date_differs({ field: 'bornOn' });
  return born;
}

/** Months instead of days, so that nobody learns a birthday: a person counts as younger for at most a month more, never as older. */
export function derivedFrom(born: string): Pick<Student, 'minorThrough' | 'workableFrom'> {
  const [year, month, day] = born.split('-').map(Number) as [number, number, number];
  const first = day === 1;
  return { minorThrough: monthOf(year + 18, first ? month - 1 : month), workableFrom: monthOf(year + 16, first ? month : month + 1) };
}

function monthOf(year: number, month: number): string {
  const date = new Date(Date.UTC(year, month - 1, 1));
  return date.toISOString().slice(0, 7);
}

/** What a batch of students refers to, by id. */
export interface Known {
  readonly programs: ReadonlyMap<string, { readonly code: string }>;
  readonly cohorts: ReadonlyMap<string, { readonly programId: string }>;
  readonly classes: ReadonlyMap<string, { readonly cohortId: string }>;
  readonly regions: ReadonlySet<string>;
}

/** Checks that program, cohort and class belong together; returns the program's code, empty for a learner without one. */
export function programCodeOf(place: Place, known: Known): string {
  if (!known.regions.has(place.region)) throw refuse.unknown_region({ field: 'region', code: place.region });
  assertGroups(place, known);
  if (place.programId !== null) return programOf(place.programId, known).code;
  if (place.kind === 'student') throw refuse.program_missing({ field: 'programId' });
  return '';
}

function programOf(id: string, { programs }: Known): { readonly code: string } {
  const program = programs.get(id);
  if (!program) throw refuse.unknown_program({ field: 'programId' });
  return program;
}

function assertGroups({ programId, cohortId, classId }: Place, { cohorts, classes }: Known): void {
  if (cohortId !== null && cohorts.get(cohortId)?.programId !== programId) throw refuse.unknown_cohort({ field: 'cohortId' });
  if (classId !== null && classes.get(classId)?.cohortId !== cohortId) throw refuse.unknown_class({ field: 'classId' });
}

export function enrolled(place: Place, born: string, known: Known): Student {
  return { ...place, ...derivedFrom(born), programCode: programCodeOf(place, known), state: 'enrolled', reason: null };
}

export function change<S extends Student>(student: S, place: Place, born: string, known: Known): S {
  assertHere(student);
  return { ...student, ...place, ...derivedFrom(born), programCode: programCodeOf(place, known) };
}

export function takeLeave<S extends Student>(student: S): S {
  if (student.state !== 'enrolled') throw refuse.not_enrolled({ state: student.state });
  return { ...student, state: 'on_leave' };
}

export function comeBack<S extends Student>(student: S): S {
  if (student.state !== 'on_leave') throw refuse.not_on_leave({ state: student.state });
  return { ...student, state: 'enrolled' };
}

export function withdraw<S extends Student>(student: S, reason: string): S {
  assertHere(student);
  return { ...student, state: 'withdrawn', reason };
}

/** Takes back what an import enrolled; whoever ranks positions or has a placement stays. */
export function undo<S extends Student>(student: S, isUsed: boolean): S {
  if (isUsed) throw refuse.in_use();
  return withdraw(student, 'import_undone');
}

export function graduate<S extends Student>(student: S): S {
  assertHere(student);
  return { ...student, state: 'graduated', reason: 'graduated' };
}

function assertHere({ state }: Student): void {
  if (state === 'graduated' || state === 'withdrawn') throw refuse.has_left({ state });
}

/** All but the last four characters hidden. */
export function masked(value: string): string {
  return '*'.repeat(Math.max(0, value.length - 4)) + value.slice(-4);
}
