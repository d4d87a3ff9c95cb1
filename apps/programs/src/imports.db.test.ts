// What a register or a roster brings, told row by row, repeated without doubling, and taken back as far as nobody uses it.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OPERATOR_ORG, services, type Principal } from '@tandem/contracts';
import { eventOf, someone } from '@tandem/test-kit';
import { v7 as uuidv7 } from 'uuid';
import { everyone, firstPage, idNumber, programsWorld, someStudent, type ProgramsWorld } from './test-support.js';

let world: ProgramsWorld;
let programId: string;
const operator: Principal = someone('operator', OPERATOR_ORG);
const register = () => world.kit.client.rpc(services['tandem.programs.v1.RegisterService']);
beforeAll(async () => {
  world = await programsWorld();
  programId = await world.aProgram();
});
afterAll(() => world.stop());

async function aCollege(state = 'active', id = uuidv7()): Promise<string> {
  const it = { kind: 'college', code: id.slice(0, 30), name: '样例学校（虚构）', region: '990101', invented: true, suspendedUntil: '' };
  await world.kit.publish(eventOf('identity.organisation.registered', { id, org: OPERATOR_ORG, state, public: it }));
  await world.settle();
  return id;
}

const offering = (collegeOrg: string, more: { code?: string; years?: number } = {}) => ({ collegeOrg, code: '990101', level: 'higher', years: 3, ...more });
type Offering = ReturnType<typeof offering>;
const bring = async (offerings: Offering[], importId: string, key = uuidv7()) => (await register().importOfferings(world.kit.call(operator, { key }), { offerings, importId })).outcomes.map(({ done, refused }) => refused?.code ?? done?.id);
const undo = (importId: string) => register().undoOfferings(world.kit.call(operator), { importId, after: '' });
const programsOf = async (collegeOrg: string) => (await world.programs.listPrograms(world.kit.call(someone('enterprise_hr')), { page: firstPage, view: 'published', state: 'running', code: '', collegeOrg, importId: '', descending: false })).programs;

describe('a register', () => {
  it('opens programs of several colleges, and says of each other row why not', async () => {
    const [one, other, suspended] = [await aCollege(), await aCollege(), await aCollege('suspended')];
    const rows = [offering(one), offering(other), offering(one, { years: 2 }), offering(one, { code: '990199' }), offering(suspended), offering(uuidv7()), offering(one)];
    const outcomes = await bring(rows, uuidv7());
    expect(outcomes.slice(3)).toEqual(['program.unknown_code', 'program.unknown_college', 'program.unknown_college', 'program.already_there']);
    expect(new Set((await programsOf(one)).map(({ terms }) => terms?.years))).toEqual(new Set([2, 3]));
    expect((await programsOf(other)).map(({ id }) => id)).toEqual([outcomes[1]]);
  });

  it('writes rows, events and audit of the college, done by the operator', async () => {
    const [college, importId] = [await aCollege(), uuidv7()];
    const [id] = await bring([offering(college)], importId);
    const { rows } = await world.kit.database.admin.query('select org, account, role, action from audit where aggregate_id = $1', [id]);
    expect(rows).toEqual([{ org: college, account: operator.account, role: 'operator', action: 'programs.program.opened' }]);
  });

  it('doubles nothing, under the same key, under another one, or half done', async () => {
    const [college, importId] = [await aCollege(), uuidv7()];
    const rows = [offering(college), offering(college, { years: 2 })];
    const [first] = await bring(rows.slice(0, 1), importId, 'half');
    const all = await bring(rows, importId, 'whole');
    expect(all[0]).toBe(first);
    const again = await Promise.all([bring(rows, importId, 'whole'), bring(rows, importId, 'other'), bring(rows, importId, 'third')]);
    expect(again).toEqual([all, all, all]);
    expect(await programsOf(college)).toHaveLength(2);
    expect(await bring(rows, uuidv7())).toEqual(['program.already_there', 'program.already_there']);
  });

  it('takes later what it could not take before, under the same key', async () => {
    const [college, importId] = [uuidv7(), uuidv7()];
    expect(await bring([offering(college)], importId, 'early')).toEqual(['program.unknown_college']);
    await aCollege('active', college);
    expect(await bring([offering(college)], importId, 'early')).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/)]);
  });

  it('is undone but for what is used, tells the same when asked again, and may be brought again', async () => {
    const [free, used, importId] = [await aCollege(), await aCollege(), uuidv7()];
    const rows = [offering(free), offering(free, { years: 2 }), offering(used), offering(used, { years: 4 })];
    const ids = await bring(rows, importId);
    const office = someone('college_office', used);
    await world.students.enrolStudents(world.kit.call(office), { students: [someStudent({ programId: ids[2] ?? '' })], atomic: true, importId: '' });
    const answer = { undone: 3, kept: [{ id: ids[2], org: used, label: '990101/3', reason: 'program.in_use' }], after: '' };
    expect(await undo(importId)).toEqual(answer);
    expect(await undo(importId)).toEqual(answer);
    expect(await register().getImport(world.kit.call(operator), { importId })).toEqual({ present: 1, undone: 3 });
    expect((await register().collegesInUse(world.kit.call(operator), { ids: [free, used] })).ids).toEqual([used]);
    const again = await bring(rows, importId, 'again');
    expect([again[2], again.filter((id) => ids.includes(id))]).toEqual([ids[2], [ids[2]]]);
    expect(await programsOf(free)).toHaveLength(2);
  });

  it('is for the operator alone', async () => {
    for (const who of [world.college, someone('enterprise_hr')]) {
      const call = register().importOfferings(world.kit.call(who), { offerings: [offering(who.org)], importId: uuidv7() });
      await expect(call).rejects.toMatchObject({ details: expect.stringContaining('role') });
    }
  });
});

describe('a roster', () => {
  const enrol = async (students: ReturnType<typeof someStudent>[], importId: string) => (await world.students.enrolStudents(world.kit.call(world.college), { students, atomic: false, importId })).outcomes.map(({ done, refused }) => refused?.code ?? done?.id ?? '');
  const check = async (students: ReturnType<typeof someStudent>[], importId: string) =>
    (await world.students.checkStudents(world.kit.call(world.college), { students, atomic: false, importId })).students.map(({ present, refused }) => refused?.code ?? (present ? 'present' : 'free'));
  const undoRoster = (importId: string) => world.students.undoEnrolment(world.kit.call(world.college), { importId, after: '' });
  const count = async (importId: string) => (await world.students.listStudents(world.kit.call(world.college), { ...everyone, importId })).pageInfo?.totalCount;

  it('is checked as it would be enrolled, and the check writes nothing', async () => {
    const [there] = [someStudent({ programId, idNumber: idNumber(500) })];
    await enrol([there], '');
    const twin = someStudent({ programId, idNumber: idNumber(501) });
    const rows = [
      someStudent({ programId }), { ...someStudent({ programId }), rollNo: there.rollNo }, someStudent({ programId, idNumber: idNumber(500) }), someStudent({ programId: uuidv7() }),
      someStudent({ programId, region: '110101' }), twin, { ...someStudent({ programId }), rollNo: twin.rollNo }, someStudent({ programId, idNumber: idNumber(501) }),
    ];
    const importId = uuidv7();
    const said = await check(rows, importId);
    expect(said).toEqual(['free', 'student.duplicate_roll_no', 'student.duplicate_id_number', 'student.unknown_program', 'student.unknown_region', 'free', 'student.duplicate_roll_no', 'student.duplicate_id_number']);
    expect(await count(importId)).toBe(0);
    expect((await enrol(rows, importId)).map((outcome) => (outcome.startsWith('student.') ? outcome : 'free'))).toEqual(said);
    // By roll number: the second of a number is there as the first.
    expect((await check(rows, importId)).flatMap((answer, n) => (answer === 'present' ? [n] : []))).toEqual([0, 5, 6]);
  });

  it('is undone but for who ranks positions or has a placement, and may be brought again', async () => {
    const importId = uuidv7();
    const rows = Array.from({ length: 5 }, () => someStudent({ programId }));
    const [ranks = '', placed = '', cancelled = '', gone = ''] = await enrol(rows, importId);
    const org = world.college.org;
    const placement = { positionId: uuidv7(), enterpriseOrg: uuidv7(), kind: 'internship', startsOn: '2027-01-01', endsOn: '2027-06-30', cancelReason: '', region: '990101', occupation: '9-01', roundId: '', startedOn: '', endedOn: '', endKind: '', endReason: '' };
    await world.kit.publish(
      eventOf('placement.preference_list.submitted', { id: uuidv7(), org, state: 'submitted', public: { roundId: uuidv7(), studentId: ranks, choices: 3 } }),
      eventOf('placement.placement.confirmed', { id: uuidv7(), org, state: 'confirmed', public: { ...placement, studentId: placed } }),
      eventOf('placement.placement.confirmed', { id: uuidv7(), org, state: 'cancelled', public: { ...placement, studentId: cancelled } }),
    );
    await world.settle();
    await world.students.withdrawStudents(world.kit.call(world.college), { students: [{ id: gone, version: 1, reason: 'dropped_out' }], atomic: true });
    const answer = await undoRoster(importId);
    expect([answer.undone, answer.kept.map(({ id, reason }) => [id, reason]), answer.after]).toEqual([3, [[ranks, 'student.in_use'], [placed, 'student.in_use']], '']);
    expect(await undoRoster(importId)).toEqual(answer);
    // Who left of the own accord does not come back with the file.
    expect(await check(rows, importId)).toEqual(['present', 'present', 'free', 'present', 'free']);
    expect(await world.students.getImport(world.kit.call(world.college), { importId })).toEqual({ present: 3, undone: 2 });
  });

  it("is no other college's to undo or to count", async () => {
    const importId = uuidv7();
    await enrol([someStudent({ programId })], importId);
    const call = () => world.kit.call(world.other);
    expect(await world.students.undoEnrolment(call(), { importId, after: '' })).toEqual({ undone: 0, kept: [], after: '' });
    expect(await world.students.getImport(call(), { importId })).toEqual({ present: 0, undone: 0 });
    expect(await count(importId)).toBe(1);
  });
});
