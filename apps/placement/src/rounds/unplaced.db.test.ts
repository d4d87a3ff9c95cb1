// Who is left without a place, and what would help: read by the own college, never a wish that a student keeps to itself, and by the organiser as counts.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { services, type placement, type Principal } from '@tandem/contracts';
import { refusalOf } from '@tandem/service-kit';
import { someone } from '@tandem/test-kit';
import { wish } from '../test-support.js';
import { roundWorld, studentEvent, type RoundWorld, type Student } from './test-support.js';

let world: RoundWorld;
beforeAll(async () => {
  world = await roundWorld();
});
afterAll(() => world.stop());

const all = { first: 100, after: '', skip: 0, withTotal: true };
const best = { skills: [{ code: 'a', level: 1 }] };
const self = ({ id, college }: Student): Principal => ({ ...someone('student', college.org), account: id });
const ask = (by: Principal, roundId: string, page = all) => world.kit.client.rpc(services['tandem.placement.v1.InsightService']).listUnplaced(world.kit.call(by), { roundId, page });
const codeOf = (promise: Promise<unknown>) => promise.then(() => 'done', (error: unknown) => refusalOf(error)?.code);
const handedInBy = (student: Student): Student => ({ ...student, college: self(student) });
async function told(roundId: string, { id, college }: Student): Promise<placement.UnplacedStudent | undefined> {
  return (await ask(college, roundId)).students.find(({ studentId }) => studentId === id);
}

/** A wanted position with one seat, which the best student has; one that nobody has listed. */
async function aFullPosition(terms: Partial<placement.RoundTerms> = {}) {
  const [wanted, empty, winner] = [await world.aPosition(1, best), await world.aPosition(1), await world.aStudent(world.college, best)];
  const round = await world.anOpenRound([wanted, empty], terms);
  await world.rank(round, winner, [wanted.id]);
  return { round, wanted, empty, winner };
}

describe('a coordinator', () => {
  it('reads of each own student without a place why, where one seat more would help, and the first position to list', async () => {
    const { round, wanted, empty } = await aFullPosition();
    const [loser, silent, stranger] = [await world.aStudent(), await world.aStudent(), await world.aStudent(world.other)];
    await world.rank(round, loser, [wanted.id]);
    for (const student of [silent, stranger]) await world.rank(round, student, []);
    await world.result(round);
    const answer = await ask(world.college, round);
    expect(answer.students.map(({ studentId }) => studentId)).toEqual([loser.id, silent.id].toSorted());
    expect(answer.counts).toEqual({ students: 2, noList: 1, noneAcceptable: 0, allFull: 1, lostPlace: 0, notTold: 0 });
    expect(await told(round, loser)).toEqual({ studentId: loser.id, reason: 'all_full', confirmed: false, nextRefill: false, seatsPositionId: wanted.id, seatsAdded: 1, listingPositionId: empty.id });
    expect(await told(round, silent)).toMatchObject({ reason: 'no_list', seatsPositionId: '', listingPositionId: empty.id });
    expect(await told(round, stranger)).toMatchObject({ reason: 'no_list' });
  });

  it('is not told to list a position that does not accept the student, nor how many come first where they are one to four', async () => {
    const [wanted, closed, winner, next] = [await world.aPosition(1), await world.aPosition(1, { majors: ['990101'] }), await world.aStudent(world.college, best), await world.aStudent(world.other, best)];
    const last = await world.aStudent(world.college, { programCode: '980101', region: '980101' });
    const round = await world.anOpenRound([wanted, { ...closed, needsMajor: true }]);
    for (const student of [winner, next, last]) await world.rank(round, student, [wanted.id]);
    await world.result(round);
    expect(await told(round, last)).toMatchObject({ reason: 'all_full', seatsPositionId: wanted.id, seatsAdded: -1, listingPositionId: '' });
  });

  it('is told that the next refill will do where a seat has come free', async () => {
    const { round, wanted, winner } = await aFullPosition();
    const loser = await world.aStudent();
    await world.rank(round, loser, [wanted.id]);
    await world.result(round);
    await world.answer(winner, 'decline');
    expect(await told(round, loser)).toMatchObject({ nextRefill: true, seatsPositionId: '', listingPositionId: '' });
    await world.work('refillRound', round);
    expect(await told(round, loser)).toBeUndefined();
  });
});

describe('a coordinator of a sealed list', () => {
  it('never learns a wish: whatever is on it, the answer is the same', async () => {
    const { round, wanted, empty } = await aFullPosition();
    const [other, runner] = [await world.aPosition(1, best), await world.aStudent(world.college, best)];
    await world.entries.enterPositions(world.kit.call(someone('enterprise_hr', other.enterprise)), { entries: [{ roundId: round, positionId: other.id, seats: 1, needsMajor: false }], atomic: true });
    await world.rank(round, runner, [other.id]);
    const [one, two] = [await world.aStudent(), await world.aStudent()];
    await world.rank(round, handedInBy(one), [wanted.id]);
    await world.rank(round, handedInBy(two), [other.id, wanted.id]);
    await world.result(round);
    const answers = await Promise.all([one, two].map(async (student) => ({ ...(await told(round, student)), studentId: '' })));
    expect(answers[0]).toEqual({ studentId: '', reason: 'not_told', confirmed: true, nextRefill: false, seatsPositionId: '', seatsAdded: 0, listingPositionId: empty.id });
    expect(answers[1]).toEqual(answers[0]);
  });

  it('never learns from a seat that came free whether the position is on it', async () => {
    const { round, wanted, empty, winner } = await aFullPosition();
    const [wants, wantsNot] = [await world.aStudent(), await world.aStudent()];
    await world.rank(round, handedInBy(wants), [wanted.id]);
    await world.rank(round, handedInBy(wantsNot), []);
    await world.result(round);
    await world.answer(winner, 'decline');
    const free = [wanted.id, empty.id].toSorted()[0];
    for (const student of [wants, wantsNot]) expect(await told(round, student)).toMatchObject({ reason: 'not_told', nextRefill: false, seatsPositionId: '', listingPositionId: free });
    // Nor where the others are on another page.
    expect((await ask(world.college, round, { ...all, first: 1 })).students).toMatchObject([{ studentId: winner.id, reason: 'lost_place' }]);
    for (const skip of [1, 2]) expect((await ask(world.college, round, { ...all, first: 1, skip })).students).toMatchObject([{ listingPositionId: free }]);
  });
});

describe('students without a place', () => {
  it('are those still without: who was placed by hand or has left is not among them', async () => {
    const { round, wanted } = await aFullPosition();
    const [placed, gone, left] = [await world.aStudent(), await world.aStudent(), await world.aStudent()];
    for (const student of [placed, gone, left]) await world.rank(round, student, [wanted.id]);
    await world.result(round);
    const { students } = await ask(world.college, round);
    expect(students).toHaveLength(3);
    await world.deliver(studentEvent('left', gone.id, gone.college.org));
    await world.work('settleRound', await acceptedBy(round));
    await world.placements.confirmPlacement(world.kit.call(world.college), wish((await world.aPosition(1)).id, { studentId: placed.id }));
    expect((await ask(world.college, round)).students).toMatchObject([{ studentId: left.id, reason: 'all_full', seatsPositionId: '' }]);
  });

  it('come by pages', async () => {
    const round = await world.anOpenRound([]);
    const students = await Promise.all(Array.from({ length: 5 }, () => world.aStudent()));
    for (const student of students) await world.rank(round, student, []);
    await world.result(round);
    const seen: string[] = [];
    for (let after = ''; seen.length < 5; ) {
      const { students: rows, pageInfo } = await ask(world.college, round, { ...all, first: 2, after });
      expect(pageInfo).toMatchObject({ totalCount: 5, hasNextPage: seen.length < 4 });
      seen.push(...rows.map(({ studentId }) => studentId));
      after = pageInfo?.endCursor ?? '';
    }
    expect(seen).toEqual(students.map(({ id }) => id).toSorted());
    await expect(ask(world.college, round, { ...all, after: 'x' })).rejects.toMatchObject({ code: 3 });
  });

  it('are counts alone to the organiser before publication, none of one to four, and nothing to anybody else', async () => {
    const round = await world.anOpenRound([]);
    for (let n = 0; n < 6; n += 1) await world.rank(round, await world.aStudent(n < 3 ? world.college : world.other), []);
    for (const step of ['closeRound', 'matchRound'] as const) {
      expect(await codeOf(ask(world.college, round))).toBe('round.not_matched');
      await world.step(step, round);
    }
    expect(await ask(world.college, round)).toMatchObject({ students: [], counts: { students: 6, noList: 6, noneAcceptable: 0, allFull: 0 } });
    expect(await codeOf(ask(world.other, round))).toBe('round.not_published');
    expect(await codeOf(ask(someone('college_office'), round))).toBe('list.not_in_round');
    await expect(ask(someone('enterprise_hr'), round)).rejects.toMatchObject({ code: 7 });
  });
});

async function acceptedBy(round: string): Promise<string> {
  const { offers } = await world.offers.listOffers(world.kit.call(world.college), { page: all, view: 'own', roundId: round, state: 'offered', studentId: '', descending: false });
  await world.offers.answerOffers(world.kit.call(world.college), { answers: offers.map(({ id, version }) => ({ id, version, answer: 'accept', reason: '' })), atomic: true });
  await world.kit.settle();
  return round;
}
