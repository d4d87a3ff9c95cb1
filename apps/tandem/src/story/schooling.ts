// Colleges say what they teach and enrol whom they teach it to.
import { random, sampleStudent } from '../sample/people.js';
import { sampleColleges, type SampleOrganisation } from '../sample/region.js';
import type { Session } from '../commands/client.js';
import { documents } from './documents.js';
import type { Stage, Target } from './stage.js';

export interface Learner extends Target {
  /** As placement and outcomes know it. */
  readonly studentId: string;
  readonly college: SampleOrganisation;
}
interface Taught {
  readonly programId: string;
  readonly cohort: Target;
  readonly classId: string;
}

const programs = [
  { code: '990101', level: 'higher', years: 3, skills: [{ code: 'soldering', level: 2 }] },
  { code: '990102K', level: 'higher', years: 3, skills: [{ code: 'testing', level: 2 }] },
  { code: '990201', level: 'secondary', years: 3, skills: [{ code: 'service', level: 2 }] },
] as const;

export async function enrolEverybody(stage: Stage, students: number): Promise<{ learners: Learner[]; cohorts: readonly { college: SampleOrganisation; cohort: Target }[] }> {
  const learners: Learner[] = [];
  const cohorts: { college: SampleOrganisation; cohort: Target }[] = [];
  for (const [n, college] of sampleColleges.entries()) {
    const office = await stage.as('college_office', college);
    const taught = await teach(stage, office);
    const own = Math.floor(students / sampleColleges.length) + (n < students % sampleColleges.length ? 1 : 0);
    const draw = random(1000 + n);
    const today = stage.day(0);
    const terms = Array.from({ length: own }, (_, at) => {
      const { programId, cohort, classId } = taught[at % taught.length] as Taught;
      return { ...sampleStudent(`${stage.name}${n + 1}`, at, today, draw), program: programId, cohort: cohort.id, class: classId };
    });
    const { done, refused } = await stage.bulk(office, documents.enrolStudents, 'students', terms);
    if (refused.size > 0) throw new Error(`students were refused: ${JSON.stringify([...refused])}`);
    for (const target of done) if (target) learners.push({ ...target, college, studentId: Buffer.from(target.id, 'base64url').toString('utf8').split(':')[1] ?? '' });
    cohorts.push(...taught.map(({ cohort }) => ({ college, cohort })));
  }
  await stage.quiet();
  stage.told('students enrolled', `${learners.length} at ${sampleColleges.length} colleges`);
  return { learners, cohorts };
}

/** Programs, cohorts and classes; what an earlier telling made is used again. */
async function teach(stage: Stage, office: Session): Promise<Taught[]> {
  const there = await stage.all<Target & { code: string; years: number }>(office, documents.programs, { view: 'own', filter: { state: 'running' } });
  const missing = programs.filter(({ code, years }) => !there.some((program) => program.code === code && program.years === years));
  if (missing.length > 0) {
    const { done } = await stage.bulk(office, documents.planPrograms, 'programs', missing);
    await stage.bulk(office, documents.openPrograms, 'targets', done.filter((target) => target !== null));
  }
  const running = await stage.all<Target & { code: string }>(office, documents.programs, { view: 'own', filter: { state: 'running' } });
  const wanted = running.filter(({ code }) => programs.some((program) => program.code === code));
  return Promise.all(wanted.map((program) => gather(stage, office, program)));
}

async function gather(stage: Stage, office: Session, program: Target): Promise<Taught> {
  const entryYear = Number(stage.day(0).slice(0, 4)) - 2;
  const cohort = (await enrolledCohort(stage, office, program, entryYear)) ?? (await newCohort(stage, office, program, entryYear));
  const formed = await stage.bulk(office, documents.formClasses, 'classes', [{ cohort: cohort.id, name: '样例一班（虚构）' }]);
  return { programId: program.id, cohort, classId: formed.done[0]?.id ?? '' };
}

async function enrolledCohort(stage: Stage, office: Session, program: Target, entryYear: number): Promise<Target | null> {
  const cohorts = await stage.all<Target & { entryYear: number }>(office, documents.cohorts, { filter: { program: program.id, state: 'enrolled' } });
  return cohorts.find((cohort) => cohort.entryYear === entryYear) ?? null;
}

async function newCohort(stage: Stage, office: Session, program: Target, entryYear: number): Promise<Target> {
  const windows = [{ fromOn: stage.day(30), toOn: stage.day(210), free: 400, purpose: 'internship' }];
  const { done } = await stage.bulk(office, documents.planCohorts, 'cohorts', [{ program: program.id, entryYear, graduatesOn: stage.day(240), windows }]);
  const { node } = await office.mutate<{ node: Target }>(documents.enrolCohort, { ...done[0] });
  return { id: node.id, version: node.version };
}
