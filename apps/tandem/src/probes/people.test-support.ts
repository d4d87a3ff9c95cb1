// What a college keeps to itself: programs, cohorts, classes and students; the same for a stranger that the victims' lists do not name.
import { idCheckCharacter } from '@tandem/taxonomy';
import type { Session } from '../commands/client.js';
import { doMany, doOne, versionOf, type At } from './deeds.test-support.js';
import { day } from './values.test-support.js';

export interface People {
  readonly program: string;
  readonly cohort: string;
  readonly class: string;
  readonly students: readonly At[];
}

/** Of an invented region, with a right check character. */
export function idNumber(n: number, born = '20070517'): string {
  const digits = `990101${born}${String(n).padStart(3, '0')}`;
  return digits + idCheckCharacter(digits);
}

export interface Enrolling {
  /** Of each person, with a number behind it. */
  readonly name: string;
  readonly phone: string;
  /** Of the first one; the others have a figure behind it. */
  readonly rollNo: string;
  readonly count: number;
  /** Their ID numbers are numbered from here; two colleges that count alike would know the same person. */
  readonly from: number;
  readonly importId?: string;
}

/** A running program, an enrolled cohort, a class, and so many students in it. */
export async function aClassOf(college: Session, enrolling: Enrolling): Promise<People> {
  const [planned] = await doMany(college, 'planPrograms', { programs: [{ code: '990101', level: 'higher', years: 3, skills: [{ code: 'soldering', level: 2 }] }] });
  const [program] = await doMany(college, 'openPrograms', { targets: [planned] });
  const [cohort] = await doMany(college, 'planCohorts', { cohorts: [{ program: program?.id, entryYear: 2025, graduatesOn: day(900), windows: [{ fromOn: day(30), toOn: day(210), free: 30, purpose: 'internship' }] }] });
  await doOne(college, 'enrolCohort', { ...cohort });
  const [formed] = await doMany(college, 'formClasses', { classes: [{ cohort: cohort?.id, name: '样例一班（虚构）', teacherAccount: crypto.randomUUID() }] });
  const place = { program: program?.id ?? '', cohort: cohort?.id ?? '', class: formed?.id ?? '' };
  return { ...place, students: await enrol(college, place, enrolling) };
}

async function enrol(college: Session, place: Omit<People, 'students'>, { name, phone, rollNo, count, from, importId }: Enrolling): Promise<At[]> {
  const students = Array.from({ length: count }, (_, n) => ({
    ...place, rollNo: n === 0 ? rollNo : `${rollNo}${n}`, name: `${name}${n}`, phone, idNumber: idNumber(from + n), guardianName: `${name}家长${n}`, guardianPhone: phone,
    region: '990101', skills: [{ code: 'soldering', level: 2 }],
  }));
  return doMany(college, 'enrolStudents', { students, ...(importId && { importId }) });
}

/** What nobody else has heard of: a program that was not opened, a cohort of it, and who left. */
export async function privateOnes(college: Session, { students }: People, importId: string): Promise<void> {
  const [program] = await doMany(college, 'planPrograms', { programs: [{ code: '990102K', level: 'secondary', years: 3 }], importId });
  await doMany(college, 'planCohorts', { cohorts: [{ program: program?.id, entryYear: 2026, graduatesOn: day(1000) }] });
  const last = students.at(-1);
  if (last) await doMany(college, 'withdrawStudents', { students: [{ ...(await versionOf(college, 'Student', last.id)), reason: 'transferred' }] });
}
