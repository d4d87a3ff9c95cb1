// A round from its announcement to its settlement, and what happens to it when somebody leaves in the middle.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { refusalOf } from '@tandem/service-kit';
import { someone, until } from '@tandem/test-kit';
import { own } from '../test-support.js';
import { organisation, roundWorld, someRound, studentEvent, type RoundWorld, type Student } from './test-support.js';

let world: RoundWorld;
beforeAll(async () => {
  world = await roundWorld();
});
afterAll(() => world.stop());

const codeOf = (promise: Promise<unknown>) => promise.then(() => 'done', (error: unknown) => refusalOf(error)?.code);
const stateOf = async (student: Student): Promise<string[]> => (await world.offersOf(student)).map(({ state, reason, positionId }) => `${state}${reason ? ` ${reason}` : ''} ${positionId.slice(-4)}`).toSorted();
const listOf = (roundId: string, student: Student, positionIds: string[]) => ({ lists: [{ roundId, studentId: student.id, positionIds }], atomic: true });

describe('a round', () => {
  it('goes from announcement to placements of two colleges, by the students’ own wishes and the frozen rules', async () => {
    const near = await world.aPosition(3, { majors: ['990101'] });
    const far = await world.aPosition(5, { region: '980101' });
    const [first, second, third] = [await world.aStudent(), await world.aStudent(world.other, { programCode: '980101' }), await world.aStudent(world.college, { programCode: '990199' })];
    const id = await world.anOpenRound([{ ...near, seats: 1 }, { ...far, seats: 5 }]);
    for (const student of [first, second, third]) await world.rank(id, student, [near.id, far.id]);
    const published = await world.result(id);
    expect(published).toMatchObject({ state: 'published', applicants: 3, assigned: 3, runs: 1 });
    expect(await stateOf(first)).toEqual([`offered ${near.id.slice(-4)}`]);
    expect(await stateOf(second)).toEqual([`offered ${far.id.slice(-4)}`]);
    for (const student of [first, second, third]) await world.answer(student, 'accept');
    const placed = await world.placements.listPlacements(world.kit.call(world.college), { ...own, roundId: id });
    expect(placed.placements).toHaveLength(2);
    expect(placed.placements[0]).toMatchObject({ state: 'confirmed', roundId: id, missingGates: expect.arrayContaining(['agreement']) });
  });

  it('tells each student why, from the run, and nothing of others', async () => {
    const position = await world.aPosition(1, { majors: ['990101'] });
    const [winner, loser] = [await world.aStudent(), await world.aStudent(world.other, { programCode: '980101' })];
    const id = await world.anOpenRound([position]);
    await world.rank(id, winner, [position.id]);
    await world.rank(id, loser, [position.id]);
    expect(await codeOf(world.rounds.explainResult(world.kit.call(world.college), { roundId: id, studentId: winner.id }))).toBe('round.not_published');
    await world.result(id);
    const told = await world.rounds.explainResult(world.kit.call(world.other), { roundId: id, studentId: loser.id });
    expect(told).toMatchObject({ positionId: '', reason: 'all_full', wishes: [{ outcome: 'full', points: 10, lastPoints: -1 }] });
    expect(JSON.stringify(told)).not.toContain(winner.id);
    expect(await codeOf(world.rounds.explainResult(world.kit.call(world.college), { roundId: id, studentId: loser.id }))).toBe('list.unknown_student');
  });

  it('leaves a student without wishes unassigned, and says so', async () => {
    const position = await world.aPosition(1);
    const student = await world.aStudent();
    const id = await world.anOpenRound([position]);
    await world.rank(id, student, []);
    await world.result(id);
    expect(await world.rounds.explainResult(world.kit.call(world.college), { roundId: id, studentId: student.id })).toMatchObject({ reason: 'no_list', wishes: [] });
  });

});

describe('a result', () => {
  it('follows a frozen rule sheet: its hash is announced, its lottery revealed with the result', async () => {
    const position = await world.aPosition(1);
    const id = await world.anOpenRound([position]);
    const open = await world.round(id);
    expect(open.ruleHash).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(JSON.parse(open.ruleSheet)).toMatchObject({ headcount: expect.arrayContaining([expect.objectContaining({ id: 'cn-2021', headcount: { post: { percent: 20, rounding: 'down' }, enterprise: { percent: 10, rounding: 'down' } } })]) });
    expect(open.secret).toBe('');
    expect(await codeOf(world.rounds.changeRound(world.kit.call(world.college), { id, version: open.version, terms: { ...someRound(), colleges: [world.college.org] } }))).toBe('round.not_draft');
    await world.rank(id, await world.aStudent(), [position.id]);
    expect((await world.result(id)).secret).toMatch(/^[0-9a-f]{64}$/);
  });

  it('cannot be published when the checker finds something: a result that was tampered with is rejected and matched again', async () => {
    const position = await world.aPosition(1);
    const [one, two] = [await world.aStudent(), await world.aStudent()];
    const id = await world.anOpenRound([position]);
    for (const student of [one, two]) await world.rank(id, student, [position.id]);
    await world.step('closeRound', id);
    const { digest } = await world.step('matchRound', id);
    await world.kit.database.admin.query('update assignments set position_id = $2 where round_id = $1', [id, position.id]);
    const rejected = await world.step('verifyRound', id);
    expect(rejected).toMatchObject({ state: 'rejected', findings: expect.arrayContaining(['position_over_cap']) });
    expect(await codeOf(world.rounds.publishRound(world.kit.call(world.college), { id, version: rejected.version }))).toBe('round.not_verified');
    expect(await world.step('matchRound', id)).toMatchObject({ state: 'matched', runs: 2, digest });
    expect(await world.step('verifyRound', id)).toMatchObject({ state: 'verified' });
  });

  it('is rejected when a list was struck after the match', async () => {
    const position = await world.aPosition(2);
    const [one, two] = [await world.aStudent(), await world.aStudent()];
    const id = await world.anOpenRound([{ ...position, seats: 2 }]);
    for (const student of [one, two]) await world.rank(id, student, [position.id]);
    await world.step('closeRound', id);
    await world.step('matchRound', id);
    await world.deliver(studentEvent('left', two.id, two.college.org));
    expect(await world.step('verifyRound', id)).toMatchObject({ state: 'rejected', findings: expect.arrayContaining(['input_changed']) });
    await world.step('matchRound', id);
    await world.step('verifyRound', id);
    expect(await world.work('publishRound', id)).toMatchObject({ applicants: 1, assigned: 1 });
  });
});

/** The best has the top position, the middle one the low position, the last nothing yet. */
async function threeInARow() {
  const [top, low] = [await world.aPosition(1, { skills: [{ code: 'a', level: 1 }] }), await world.aPosition(1)];
  const [best, middle, last] = [await world.aStudent(world.college, { skills: [{ code: 'a', level: 2 }] }), await world.aStudent(), await world.aStudent(world.other, { region: '980101' })];
  const id = await world.anOpenRound([top, low]);
  await world.rank(id, best, [top.id]);
  await world.rank(id, middle, [top.id, low.id]);
  await world.rank(id, last, [low.id]);
  await world.result(id);
  return { id, top, low, best, middle, last };
}

describe('offers', () => {
  it('that are declined free a seat: who waits moves up, the next in turn gets the seat behind', async () => {
    const { id, top, low, best, middle, last } = await threeInARow();
    expect(await stateOf(last)).toEqual([]);
    await world.answer(middle, 'accept_and_wait');
    await world.answer(best, 'decline');
    const refilled = await world.work('refillRound', id);
    expect(refilled.runs).toBe(2);
    expect(await stateOf(middle)).toEqual([`rescinded moved_up ${low.id.slice(-4)}`, `waiting ${top.id.slice(-4)}`].toSorted());
    expect(await stateOf(last)).toEqual([`offered ${low.id.slice(-4)}`]);
    expect(await world.rounds.explainResult(world.kit.call(world.other), { roundId: id, studentId: last.id })).toMatchObject({ positionId: low.id });
  });

  it('expire by themselves, and their seat is given on', async () => {
    const { id, low, best, middle, last } = await threeInARow();
    for (const student of [best, middle, last]) for (const { id: offer } of await world.offersOf(student)) await world.kit.database.admin.query(`update offers set answer_by = '2020-01-01' where id = $1`, [offer]);
    await world.kit.database.admin.query(`update timers set due_at = now() where name = 'expire'`);
    await until(async () => (await stateOf(middle)).join().includes('expired'), { what: 'the offers to expire' });
    await world.work('refillRound', id);
    const given = (await Promise.all([best, middle, last].map(stateOf))).flat().filter((state) => state.startsWith('offered'));
    expect(given.every((state) => state.endsWith(low.id.slice(-4)))).toBe(true);
  });

  it('of a round are issued once, although the job is run again', async () => {
    const { id } = await threeInARow();
    const count = async () => (await world.kit.database.admin.query('select count(*)::int n from offers where round_id = $1', [id])).rows[0] as { n: number };
    const before = await count();
    await world.kit.database.admin.query(`update jobs set state = 'running' where kind = 'placement.round.published'; update job_batches set outcomes = null`);
    await until(async () => ((await world.kit.database.admin.query(`select 1 from jobs where state = 'running'`)).rowCount === 0), { what: 'the job to run again' });
    expect(await count()).toEqual(before);
  });

  it('settled, give back what nobody took, and who waits has the place', async () => {
    const position = await world.aPosition(3);
    const [one, two] = [await world.aStudent(), await world.aStudent()];
    const id = await world.anOpenRound([{ ...position, seats: 3 }]);
    for (const student of [one, two]) await world.rank(id, student, [position.id]);
    await world.result(id);
    await world.answer(one, 'accept');
    const { version } = await world.round(id);
    expect(await codeOf(world.rounds.settleRound(world.kit.call(world.college), { id, version }))).toBe('round.answers_open');
    await world.answer(two, 'accept_and_wait');
    expect(await world.work('settleRound', id)).toMatchObject({ state: 'settled' });
    expect(await stateOf(two)).toEqual([`accepted ${position.id.slice(-4)}`]);
    const confirm = async (student: Student) => codeOf(world.placements.confirmPlacement(world.kit.call(student.college), { positionId: position.id, studentId: student.id, startsOn: '', endsOn: '' }));
    expect(await confirm(await world.aStudent())).toBe('done');
    expect(await confirm(await world.aStudent())).toBe('placement.no_seat');
  });
});

describe('somebody leaves in the middle', () => {
  it('a student before the match: the list is struck; afterwards the offer is taken back and the seat refilled', async () => {
    const position = await world.aPosition(1);
    const [gone, next] = [await world.aStudent(world.college, { skills: [{ code: 'a', level: 1 }] }), await world.aStudent(world.other, { region: '980101' })];
    const id = await world.anOpenRound([position]);
    for (const student of [gone, next]) await world.rank(id, student, [position.id]);
    await world.result(id);
    expect(await stateOf(gone)).toEqual([`offered ${position.id.slice(-4)}`]);
    await world.deliver(studentEvent('left', gone.id, gone.college.org));
    expect(await stateOf(gone)).toEqual([`rescinded student_withdrew ${position.id.slice(-4)}`]);
    await world.work('refillRound', id);
    expect(await stateOf(next)).toEqual([`offered ${position.id.slice(-4)}`]);
  });

  it('a student with a placement: it is cancelled, and the seat refilled', async () => {
    const position = await world.aPosition(1);
    const [gone, next] = [await world.aStudent(), await world.aStudent(world.other, { region: '980101' })];
    const id = await world.anOpenRound([position]);
    for (const student of [gone, next]) await world.rank(id, student, [position.id]);
    await world.result(id);
    await world.answer(gone, 'accept');
    await world.deliver(studentEvent('left', gone.id, gone.college.org));
    const placed = await world.placements.listPlacements(world.kit.call(world.college), { ...own, roundId: id });
    expect(placed.placements).toEqual([expect.objectContaining({ state: 'cancelled', cancelReason: 'student_withdrew' })]);
    await world.work('refillRound', id);
    expect(await stateOf(next)).toEqual([`offered ${position.id.slice(-4)}`]);
  });

  it('an enterprise that is suspended: before the match its positions leave, afterwards its offers are rescinded with the reason', async () => {
    const [bad, good] = [await world.aPosition(1), await world.aPosition(1)];
    const student = await world.aStudent();
    const early = await world.anOpenRound([good, bad]);
    await world.rank(early, student, [bad.id, good.id]);
    await world.deliver(organisation(bad.enterprise, 'enterprise', 'suspended'));
    await world.result(early);
    expect(await stateOf(student)).toEqual([`offered ${good.id.slice(-4)}`]);
    expect(await world.rounds.explainResult(world.kit.call(world.college), { roundId: early, studentId: student.id })).toMatchObject({ wishes: [{ outcome: 'left_round' }, { outcome: 'assigned' }] });
    await world.deliver(organisation(good.enterprise, 'enterprise', 'suspended'));
    expect(await stateOf(student)).toEqual([`rescinded enterprise_suspended ${good.id.slice(-4)}`]);
  });

});

describe('an enterprise leaves, or a student is wanted twice', () => {
  it('an enterprise that is closed: as one that is suspended, for good', async () => {
    const [gone, good] = [await world.aPosition(1), await world.aPosition(1)];
    const student = await world.aStudent();
    const id = await world.anOpenRound([good, gone]);
    await world.rank(id, student, [gone.id, good.id]);
    await world.deliver(organisation(gone.enterprise, 'enterprise', 'closed'));
    await world.result(id);
    expect(await stateOf(student)).toEqual([`offered ${good.id.slice(-4)}`]);
  });

  it('a student in two rounds: the second is refused while the first lives, and free again when it is cancelled', async () => {
    const position = await world.aPosition(2);
    const student = await world.aStudent();
    const [one, two] = [await world.anOpenRound([{ ...position, seats: 1 }]), await world.anOpenRound([{ ...position, seats: 1 }])];
    await world.rank(one, student, [position.id]);
    expect(await codeOf(world.rank(two, student, [position.id]))).toBe('round.student_busy');
    expect(await codeOf(world.placements.confirmPlacement(world.kit.call(world.college), { positionId: position.id, studentId: student.id, startsOn: '', endsOn: '' }))).toBe('placement.student_taken');
    await world.rounds.cancelRound(world.kit.call(world.college), { id: one, version: (await world.round(one)).version, reason: 'mistake' });
    await until(async () => (await codeOf(world.rank(two, student, [position.id]))) === 'done', { what: 'the student to be free again' });
  });
});

describe('who may do and see what', () => {
  it('a list that the student handed in is hidden from the college, and is matched all the same', async () => {
    const position = await world.aPosition(1);
    const student = await world.aStudent();
    const id = await world.anOpenRound([position]);
    const self = { ...someone('student', world.college.org), account: student.id };
    await world.lists.submitLists(world.kit.call(self), listOf(id, student, [position.id]));
    const seen = async (who: typeof self) => (await world.lists.listLists(world.kit.call(who), { page: { first: 10, after: '', skip: 0, withTotal: true }, roundId: id, state: '', studentId: '', descending: false })).lists.length;
    expect([await seen(self), await seen({ ...self, role: 'college_office' })]).toEqual([1, 1]);
    expect(await seen(world.college)).toBe(0);
    expect(await codeOf(world.lists.submitLists(world.kit.call(world.college), listOf(id, student, [])))).toBe('list.already_submitted');
    await world.result(id);
    expect(await stateOf(student)).toEqual([`offered ${position.id.slice(-4)}`]);
  });

  it.each([
    ['a student for another one', 'list.unknown_student'],
    ['a college that is not in the round', 'list.not_in_round'],
    ['a position that is not in the round', 'list.unknown_position'],
    ['the same wish twice', 'list.twice'],
    ['a list after the close', 'list.round_not_open'],
    ['the seats of a position beyond its headcount', 'entry.no_seats'],
  ])('%s is refused with %s', async (what, code) => {
    const position = await world.aPosition(2);
    const student = await world.aStudent();
    const id = await world.anOpenRound([{ ...position, seats: 1 }], { colleges: [world.college.org] });
    const submit = (who: Parameters<RoundWorld['kit']['call']>[0], positionIds: string[], of: Student = student) => codeOf(world.lists.submitLists(world.kit.call(who), listOf(id, of, positionIds)));
    const attempts: Record<string, () => Promise<unknown>> = {
      'list.unknown_student': () => submit({ ...someone('student', world.college.org) }, [position.id]),
      'list.not_in_round': async () => submit(world.other, [position.id], await world.aStudent(world.other)),
      'list.unknown_position': () => submit(world.college, [student.id]),
      'list.twice': () => submit(world.college, [position.id, position.id]),
      'list.round_not_open': async () => {
        await world.step('closeRound', id);
        return submit(world.college, [position.id]);
      },
      'entry.no_seats': async () => {
        const another = await world.anOpenRound([]);
        return codeOf(world.entries.enterPositions(world.kit.call(someone('enterprise_hr', position.enterprise)), { entries: [{ roundId: another, positionId: position.id, seats: 2, needsMajor: false }], atomic: true }));
      },
    };
    expect(await attempts[code]?.()).toBe(code);
    expect(what).not.toBe('');
  });
});
