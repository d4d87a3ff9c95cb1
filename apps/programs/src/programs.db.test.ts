// What a college teaches and whom: codes that exist, people who are sealed, and what others may learn of them.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { refusalOf } from '@tandem/service-kit';
import { someone, until } from '@tandem/test-kit';
import { v7 as uuidv7 } from 'uuid';
import { everyone, firstPage, idNumber, programsWorld, someStudent, type ProgramsWorld } from './test-support.js';

let world: ProgramsWorld;
let programId: string;
beforeAll(async () => {
  world = await programsWorld();
  programId = await world.aProgram();
});
afterAll(() => world.stop());

const codeOf = (promise: Promise<unknown>) => promise.then(() => 'done', (error: unknown) => refusalOf(error)?.code);
const enrol = (students: ReturnType<typeof someStudent>[], atomic = true, who = world.college) => world.students.enrolStudents(world.kit.call(who), { students, atomic, importId: '' });
const one = async (more: Parameters<typeof someStudent>[0] = {}) => {
  const { outcomes } = await enrol([someStudent({ programId, ...more })]);
  return outcomes[0]?.done ?? { id: '', version: 0 };
};
const read = async (id: string, who = world.college) => (await world.students.batchGetStudents(world.kit.call(who), { ids: [id] })).students[0];

describe('a program', () => {
  it.each([
    ['of an unknown code', { code: '990199' }, 'program.unknown_code'],
    ['that is there already', { years: 3 }, 'program.already_there'],
    ['with a skill twice', { years: 7, skills: [{ code: 'a', level: 1 }, { code: 'a', level: 2 }] }, 'program.twice'],
  ])('%s is refused', async (_name, more, code) => {
    const terms = { code: '990101', level: 'higher', years: 3, skills: [], ...more };
    expect(await codeOf(world.programs.planPrograms(world.kit.call(world.college), { programs: [terms], atomic: true, importId: '' }))).toBe(code);
  });

  it('is visible to others once it opens, and gives its place free when it closes', async () => {
    const id = await world.aProgram(4);
    const seen = async () => (await world.programs.batchGetPrograms(world.kit.call(someone('enterprise_hr')), { ids: [id] })).programs.length;
    expect(await seen()).toBe(0);
    await world.programs.openPrograms(world.kit.call(world.college), { targets: [{ id, version: 1 }], atomic: true });
    expect(await seen()).toBe(1);
    await world.programs.closePrograms(world.kit.call(world.college), { targets: [{ id, version: 2 }], atomic: true });
    expect(await world.aProgram(4)).not.toBe('');
  });
});

describe('a student', () => {
  it('is seen by the own college alone, names in clear, numbers masked', async () => {
    const { id } = await one({ idNumber: idNumber(1) });
    expect(await read(id)).toMatchObject({ state: 'enrolled', programCode: '990101', minorThrough: '2026-05', workableFrom: '2024-06', terms: { name: '样例学生（虚构）', phone: '*******0001', bornOn: '' } });
    expect((await read(id))?.terms?.idNumber).toMatch(/^\*{14}.{4}$/);
    expect(await read(id, world.other)).toBeUndefined();
    expect(await read(id, { ...someone('student', world.college.org), account: id })).toBeDefined();
    expect(await read(id, someone('student', world.college.org))).toBeUndefined();
  });

  it('stands nowhere in clear: not in the row, not in the event, not in a job', async () => {
    await one({ name: '明文检查甲', phone: '13987654321' });
    await enrol(Array.from({ length: 1001 }, () => someStudent({ programId, name: '明文检查乙' })), false);
    const { admin } = world.kit.database;
    for (const table of ['students', 'outbox', 'audit', 'idempotency', 'job_batches']) {
      const { rows } = await admin.query(`select count(*)::int n from ${table} x where x::text like '%明文检查%' or x::text like '%13987654321%' or x::text like '%' || encode('明文检查'::bytea, 'hex') || '%'`);
      expect({ table, n: (rows[0] as { n: number }).n }).toEqual({ table, n: 0 });
    }
    await until(async () => ((await admin.query(`select 1 from jobs where state <> 'done'`)).rowCount === 0), { what: 'the job to end', deadlineMs: 20_000 });
  });

  it.each([
    ['a wrong check character', { idNumber: `${idNumber(2).slice(0, 17)}${idNumber(2).endsWith('1') ? '2' : '1'}` }, 'student.bad_check_digit'],
    ['a day of birth that does not exist', { idNumber: idNumber(3, '20080230') }, 'student.no_such_birth_date'],
    ['another day of birth than its ID number says', { idNumber: idNumber(4), bornOn: '2008-05-18' }, 'student.birth_date_differs'],
    ['neither number nor day of birth', { bornOn: '' }, 'student.birth_date_missing'],
    ['an unknown program', { programId: uuidv7() }, 'student.unknown_program'],
    ['a class of another cohort', { classId: uuidv7() }, 'student.unknown_class'],
    ['an unknown region', { region: '110101' }, 'student.unknown_region'],
    ['no program', { programId: '' }, 'student.program_missing'],
  ])('with %s is refused', async (_name, more, code) => {
    expect(await codeOf(enrol([someStudent({ programId, ...more })]))).toBe(code);
  });

});

describe('the same person', () => {
  it('twice is refused, by roll number and by person; only the second of a batch', async () => {
    const first = someStudent({ programId, idNumber: idNumber(10) });
    const { outcomes } = await enrol([first, { ...someStudent({ programId }), rollNo: first.rollNo }, someStudent({ programId, idNumber: idNumber(10) }), someStudent({ programId })], false);
    expect(outcomes.map(({ refused }) => refused?.code ?? 'done')).toEqual(['done', 'student.duplicate_roll_no', 'student.duplicate_id_number', 'done']);
    expect(await codeOf(enrol([{ ...first }], true, world.other))).toBe('student.unknown_program');
  });

  it('may be a learner without program or class', async () => {
    const { id } = await one({ kind: 'learner', programId: '' });
    expect(await read(id)).toMatchObject({ programCode: '', terms: { kind: 'learner', programId: '' } });
  });

  it('goes on leave, comes back, withdraws; what has left stays left', async () => {
    const { id } = await one();
    const call = () => world.kit.call(world.college);
    await world.students.takeLeave(call(), { id, version: 1 });
    await world.students.returnFromLeave(call(), { id, version: 2 });
    await world.students.withdrawStudents(call(), { students: [{ id, version: 3, reason: 'transferred' }], atomic: true });
    expect(await read(id)).toMatchObject({ state: 'withdrawn', reason: 'transferred' });
    expect(await codeOf(world.students.takeLeave(call(), { id, version: 4 }))).toBe('student.not_enrolled');
  });

  it('graduates with the cohort', async () => {
    const cohortId = await world.aCohort(await world.aProgram(5));
    const cohort = (await world.cohorts.batchGetCohorts(world.kit.call(world.college), { ids: [cohortId] })).cohorts[0];
    const { id } = await one({ programId: cohort?.terms?.programId ?? '', cohortId });
    await world.cohorts.graduateCohort(world.kit.call(world.college), { id: cohortId, version: cohort?.version ?? 0 });
    await world.settle();
    expect(await read(id)).toMatchObject({ state: 'graduated', reason: 'graduated' });
  });

  it('is seen by the own class teacher, not by another one', async () => {
    const cohortId = await world.aCohort(await world.aProgram(6));
    const teacher = someone('class_teacher', world.college.org);
    const { outcomes } = await world.classes.formClasses(world.kit.call(world.college), { classes: [{ cohortId, name: '样例一班', teacherAccount: teacher.account }], atomic: true });
    const cohort = (await world.cohorts.batchGetCohorts(world.kit.call(world.college), { ids: [cohortId] })).cohorts[0];
    await one({ programId: cohort?.terms?.programId ?? '', cohortId, classId: outcomes[0]?.done?.id ?? '' });
    const sees = async (who: typeof teacher) => (await world.students.listStudents(world.kit.call(who), everyone)).pageInfo?.totalCount;
    expect(await sees(teacher)).toBe(1);
    expect(await sees(someone('class_teacher', world.college.org))).toBe(0);
  });
});

describe('a cohort', () => {
  it.each([
    ['windows that overlap', [{ fromOn: '2027-09-01', toOn: '2027-12-31', free: 40, purpose: 'internship' }, { fromOn: '2027-12-01', toOn: '2028-01-31', free: 40, purpose: 'internship' }], 'cohort.windows_overlap'],
    ['a window after graduation', [{ fromOn: '2028-09-01', toOn: '2028-12-31', free: 40, purpose: 'internship' }], 'cohort.wrong_window'],
    ['windows of two purposes at once', [{ fromOn: '2027-09-01', toOn: '2027-12-31', free: 40, purpose: 'internship' }, { fromOn: '2027-12-01', toOn: '2028-01-31', free: 10, purpose: 'order_class' }], 'done'],
  ])('with %s: %s', async (_name, windows, code) => {
    const id = await world.aCohort(await world.aProgram(1).then((made) => made || world.aProgram(2)));
    const { version = 0 } = (await world.cohorts.batchGetCohorts(world.kit.call(world.college), { ids: [id] })).cohorts[0] ?? {};
    expect(await codeOf(world.cohorts.changeAvailability(world.kit.call(world.college), { id, version, windows }))).toBe(code);
    const { programs } = await world.programs.listPrograms(world.kit.call(world.college), { page: firstPage, view: 'own', state: '', code: '', collegeOrg: '', importId: '', descending: false });
    await world.programs.closePrograms(world.kit.call(world.college), { targets: programs.filter(({ terms, state }) => terms?.years === 1 && state !== 'closed').map(({ id: of, version: at }) => ({ id: of, version: at })), atomic: true });
  });
});
