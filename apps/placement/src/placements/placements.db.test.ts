import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Principal } from '@tandem/contracts';
import { refusalOf } from '@tandem/service-kit';
import { eventOf, someone } from '@tandem/test-kit';
import { v7 as uuidv7 } from 'uuid';
import { own, placementWorld, wish, type PlacementWorld } from '../test-support.js';

let world: PlacementWorld;
beforeAll(async () => {
  world = await placementWorld();
});
afterAll(() => world.stop());

const codeOf = (promise: Promise<unknown>) => promise.then(() => 'done', (error: unknown) => refusalOf(error)?.code);
const confirm = (college: Principal, request: ReturnType<typeof wish>) => world.placements.confirmPlacement(world.kit.call(college), request);

describe('the ledger of seats', () => {
  it('gives the last seat once, to 40 colleges at once', async () => {
    const { id } = await world.aPosition(1);
    const codes = await Promise.all(Array.from({ length: 40 }, () => codeOf(confirm(someone('college_office'), wish(id)))));
    expect(codes.filter((code) => code === 'done')).toHaveLength(1);
    expect(new Set(codes.filter((code) => code !== 'done'))).toEqual(new Set(['placement.no_seat']));
  });

  it('gives as many seats as there are across colleges that do not see each other', async () => {
    const { id } = await world.aPosition(7);
    const colleges = Array.from({ length: 5 }, () => someone('college_office'));
    const outcomes = await Promise.all(colleges.map((college) => world.placements.confirmPlacements(world.kit.call(college), { placements: [wish(id), wish(id), wish(id)], atomic: false })));
    const results = outcomes.flatMap(({ outcomes: list }) => list);
    expect(results.filter(({ done }) => done)).toHaveLength(7);
    expect(new Set(results.flatMap(({ refused }) => (refused ? [refused.code] : [])))).toEqual(new Set(['placement.no_seat']));
  });

  it('takes all or nothing in an atomic batch', async () => {
    const { id } = await world.aPosition(2);
    const college = someone('college_office');
    expect(await codeOf(world.placements.confirmPlacements(world.kit.call(college), { placements: [wish(id), wish(id), wish(id)], atomic: true }))).toBe('placement.no_seat');
    expect(await world.live(college)).toBe(0);
    expect(await codeOf(world.placements.confirmPlacements(world.kit.call(college), { placements: [wish(id), wish(id)], atomic: true }))).toBe('done');
  });

  it('gives a cancelled seat to the next', async () => {
    const { id } = await world.aPosition(1);
    const placed = await confirm(world.college, wish(id));
    expect(await codeOf(confirm(world.other, wish(id)))).toBe('placement.no_seat');
    await world.placements.cancelPlacement(world.kit.call(world.college), { id: placed.id, version: placed.version, reason: 'illness' });
    expect(await codeOf(confirm(world.other, wish(id)))).toBe('done');
  });
});

describe('one live placement per student and period', () => {
  it('holds across colleges, and tells nothing of the other', async () => {
    const studentId = uuidv7();
    const [one, two] = [await world.aPosition(1), await world.aPosition(1)];
    await confirm(world.college, wish(one.id, { studentId }));
    const refusal = await confirm(world.other, wish(two.id, { studentId })).catch((error: unknown) => refusalOf(error));
    expect(refusal).toMatchObject({ code: 'placement.student_taken', details: { field: 'studentId' } });
  });

  it('lets a later period through, and refuses only the item of a batch that clashes', async () => {
    const studentId = uuidv7();
    const first = await world.aPosition(1, { startsOn: '2027-01-01', endsOn: '2027-02-28' });
    const later = await world.aPosition(5);
    await confirm(world.college, wish(first.id, { studentId }));
    const batch = [wish(later.id, { studentId }), wish(later.id, { studentId }), wish(later.id)];
    const { outcomes } = await world.placements.confirmPlacements(world.kit.call(world.college), { placements: batch, atomic: false });
    expect(outcomes.map(({ done, refused }) => (done ? 'done' : refused?.code))).toEqual(['done', 'placement.student_taken', 'done']);
    const { rows } = await world.kit.database.admin.query('select count(*)::int n from seats where lane = $1', [later.id]);
    expect(rows[0]).toEqual({ n: 2 });
  });
});

describe('what a placement is refused for', () => {
  it.each([
    ['an unknown position', async () => wish(uuidv7()), 'placement.unknown_position'],
    ['dates outside the position’s period', async () => wish((await world.aPosition(1)).id, { startsOn: '2027-02-01', endsOn: '2027-04-01' }), 'placement.outside_period'],
  ])('%s', async (_name, request, code) => {
    expect(await codeOf(confirm(world.college, await request()))).toBe(code);
  });
});

describe('one key, 50 times at once', () => {
  it('confirms once and answers all alike, although each repetition meets the first one’s row', async () => {
    const { id } = await world.aPosition(60);
    const call = world.kit.call(world.college, { key: uuidv7() });
    const request = wish(id);
    const answers = await Promise.all(Array.from({ length: 50 }, () => world.placements.confirmPlacement(call, request)));
    expect(new Set(answers.map(({ id: placed }) => placed)).size).toBe(1);
    const { rows } = await world.kit.database.admin.query('select count(*)::int n from seats where lane = $1', [id]);
    expect(rows).toEqual([{ n: 1 }]);
  });

  it('cancels once and answers all alike', async () => {
    const { id } = await world.aPosition(1);
    const placed = await confirm(world.college, wish(id));
    const call = world.kit.call(world.college, { key: uuidv7() });
    const answers = await Promise.all(Array.from({ length: 50 }, () => world.placements.cancelPlacement(call, { id: placed.id, version: placed.version, reason: 'mistake' })));
    expect(new Set(answers.map(({ version }) => version))).toEqual(new Set([2]));
  });
});

describe('who sees a placement', () => {
  it('its college and the enterprise, nobody else', async () => {
    const { id, enterprise } = await world.aPosition(1);
    const placed = await confirm(world.college, wish(id));
    const sees = async (who: Principal) => (await world.placements.batchGetPlacements(world.kit.call(who), { ids: [placed.id] })).placements.length;
    expect(await sees(world.college)).toBe(1);
    expect(await sees(someone('enterprise_hr', enterprise))).toBe(1);
    expect(await sees(world.other)).toBe(0);
    expect(await sees(someone('bureau_officer'))).toBe(0);
    expect((await world.placements.listPlacements(world.kit.call(someone('enterprise_hr', enterprise)), { ...own, view: 'party' })).pageInfo?.totalCount).toBe(1);
  });

  it('a class teacher of the own class, a student of the own, and no guardian or training officer', async () => {
    const { id } = await world.aPosition(2);
    const [teacher, classId] = [someone('class_teacher', world.college.org), uuidv7()];
    const [mine, other] = [uuidv7(), uuidv7()];
    const part = { kind: 'student', programId: '', programCode: '990101', cohortId: '', region: '990101', skills: [], tags: [], minorThrough: '2025-01', workableFrom: '2023-01', reason: '' };
    const student = (key: string, of: string) => eventOf('programs.student.enrolled', { id: key, org: world.college.org, state: 'enrolled', public: { ...part, classId: of } });
    await world.kit.deliver(eventOf('programs.class.formed', { id: classId, org: world.college.org, state: 'formed', public: { cohortId: uuidv7(), teacherAccount: teacher.account } }), student(mine, classId), student(other, uuidv7()));
    const placed = [await confirm(world.college, wish(id, { studentId: mine })), await confirm(world.college, wish(id, { studentId: other }))];
    const ids = placed.map((one) => one.id);
    const sees = async (who: Principal) => {
      const listed = (await world.placements.listPlacements(world.kit.call(who), { ...own, positionId: id })).placements.map((one) => one.id);
      const read = (await world.placements.batchGetPlacements(world.kit.call(who), { ids })).placements.map((one) => one.id);
      expect(listed.toSorted()).toEqual(read.toSorted());
      return read.map((one) => ids.indexOf(one)).toSorted((a, b) => a - b);
    };
    expect(await sees(world.college)).toEqual([0, 1]);
    expect(await sees(teacher)).toEqual([0]);
    expect(await sees({ ...someone('student', world.college.org), account: other })).toEqual([1]);
    for (const role of ['guardian', 'training_officer'] as const) expect(await sees(someone(role, world.college.org))).toEqual([]);
  });

  it('an enterprise sees it but cannot cancel it', async () => {
    const { id, enterprise } = await world.aPosition(1);
    const placed = await confirm(world.college, wish(id));
    const cancel = (who: Principal) => codeOf(world.placements.cancelPlacement(world.kit.call(who), { id: placed.id, version: placed.version, reason: 'mistake' }));
    expect(await cancel(someone('enterprise_hr', enterprise))).toBe('call.role');
    expect(await cancel(world.other)).toBe('command.not_found');
    expect(await cancel({ ...world.other, org: enterprise })).toBe('command.not_found');
  });
});
