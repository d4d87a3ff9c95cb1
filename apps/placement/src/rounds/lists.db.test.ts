// Who reads and changes a preference list: the college what it has handed in, until the student stands by it; from then on the student alone.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Principal } from '@tandem/contracts';
import { someone } from '@tandem/test-kit';
import { roundWorld, type RoundWorld, type Student } from './test-support.js';

let world: RoundWorld;
beforeAll(async () => {
  world = await roundWorld();
});
afterAll(() => world.stop());

const self = ({ id, college }: Student): Principal => ({ ...someone('student', college.org), account: id });
const read = async (principal: Principal, id: string) => (await world.lists.batchGetLists(world.kit.call(principal), { ids: [id] })).lists[0];

interface Scene {
  readonly student: Student;
  readonly round: string;
  readonly list: string;
  readonly near: string;
  readonly far: string;
}

/** A list that the college has handed in: near before far. */
async function aListOfTheCollege(): Promise<Scene> {
  const [near, far, student] = [await world.aPosition(1), await world.aPosition(1), await world.aStudent()];
  const round = await world.anOpenRound([near, far]);
  return { student, round, near: near.id, far: far.id, list: await world.rank(round, student, [near.id, far.id]) };
}

async function replaced(by: Principal, list: string, positionIds: string[], { reason = '', text = '' } = {}): Promise<string> {
  const version = (await read(by, list))?.version ?? 1;
  const { outcomes } = await world.lists.replaceLists(world.kit.call(by), { lists: [{ id: list, version, positionIds, reason, text }], atomic: false });
  return outcomes[0]?.refused?.code ?? 'done';
}

async function confirmed(by: Principal, list: string): Promise<string> {
  const { outcomes } = await world.lists.confirmLists(world.kit.call(by), { targets: [{ id: list, version: (await read(by, list))?.version ?? 1 }], atomic: false });
  return outcomes[0]?.refused?.code ?? 'done';
}

describe('a list that the college has handed in', () => {
  it('is read by the college until the student confirms it, and by the student alone afterwards', async () => {
    const { student, list, near, far } = await aListOfTheCollege();
    expect(await read(world.college, list)).toMatchObject({ confirmed: false, list: { positionIds: [near, far] } });
    expect(await confirmed(self(student), list)).toBe('done');
    expect(await read(world.college, list)).toBeUndefined();
    expect(await read(self(student), list)).toMatchObject({ confirmed: true, list: { positionIds: [near, far] } });
    expect(await confirmed(self(student), list)).toBe('list.already_confirmed');
  });

  it('is the student’s alone once the student has replaced it', async () => {
    const { student, list, far } = await aListOfTheCollege();
    expect(await replaced(self(student), list, [far])).toBe('done');
    expect(await read(world.college, list)).toBeUndefined();
    expect(await replaced(world.college, list, [], { reason: 'other', text: '样例（虚构）' })).toBe('command.not_found');
    expect(await read(self(student), list)).toMatchObject({ list: { positionIds: [far] } });
  });

  it('is put right by the college with a reason, which the student is shown, until the match', async () => {
    const { student, round, list, near, far } = await aListOfTheCollege();
    expect(await replaced(world.college, list, [far])).toBe('list.reason_missing');
    expect(await replaced(world.college, list, [far], { reason: 'other' })).toBe('list.reason_missing');
    expect(await replaced(world.college, list, [far], { reason: 'student_asked' })).toBe('done');
    expect(await read(self(student), list)).toMatchObject({ fixReason: 'student_asked', list: { positionIds: [far] } });
    await world.step('closeRound', round);
    expect(await replaced(self(student), list, [near])).toBe('list.round_not_open');
    expect(await replaced(world.college, list, [near], { reason: 'other', text: '样例（虚构）' })).toBe('done');
    await world.step('matchRound', round);
    expect(await replaced(world.college, list, [far], { reason: 'typing_error' })).toBe('list.round_not_open');
    expect(await read(self(student), list)).toMatchObject({ fixReason: 'other', fixText: '样例（虚构）', list: { positionIds: [near] } });
  });

  it('is never seen by an enterprise, nor by another college or a fellow student', async () => {
    const { student, list, round } = await aListOfTheCollege();
    const fellow = await world.aStudent();
    for (const stranger of [world.other, self(fellow)]) expect(await read(stranger, list)).toBeUndefined();
    const asked = world.lists.listLists(world.kit.call(someone('enterprise_hr')), { page: { first: 10, after: '', skip: 0, withTotal: true }, roundId: round, state: '', studentId: student.id, descending: false });
    await expect(asked).rejects.toMatchObject({ code: 7 });
  });

});

describe('after the match, a list', () => {
  it('of which the student stands by, the college learns the place after the match and no wish', async () => {
    const { student, round, list, near } = await aListOfTheCollege();
    await confirmed(self(student), list);
    await world.result(round);
    const explain = (who: Principal) => world.rounds.explainResult(world.kit.call(who), { roundId: round, studentId: student.id });
    expect(await explain(world.college)).toMatchObject({ positionId: near, sealed: true, wishes: [], reason: '', alias: '' });
    const page = { first: 10, after: '', skip: 0, withTotal: true };
    const offered = await world.offers.listOffers(world.kit.call(world.college), { page, view: 'own', roundId: round, state: '', studentId: student.id, descending: false });
    expect(offered.offers.map(({ wish }) => wish)).toEqual([0]);
    const own = await explain(self(student));
    expect(own).toMatchObject({ positionId: near, sealed: false, alias: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(own.wishes).toHaveLength(2);
  });

  it('stays unknown to the enterprise with the offer: which wish it was is not told', async () => {
    const [position, student] = [await world.aPosition(1), await world.aStudent()];
    const round = await world.anOpenRound([position]);
    await world.rank(round, student, [position.id]);
    await world.result(round);
    const page = { first: 10, after: '', skip: 0, withTotal: true };
    const asked = (who: Principal, view: string) => world.offers.listOffers(world.kit.call(who), { page, view, roundId: round, state: '', studentId: '', descending: false });
    expect((await asked(someone('enterprise_hr', position.enterprise), 'party')).offers.map(({ wish }) => wish)).toEqual([0]);
    for (const who of [self(student), world.college]) expect((await asked(who, 'own')).offers.map(({ wish }) => wish)).toEqual([1]);
  });
});
