// Until when a student answers, and when what came free is given on: by published days, in working days, and by no hand.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { refusalOf } from '@tandem/service-kit';
import { workingDayAfter } from '@tandem/taxonomy';
import { until } from '@tandem/test-kit';
import { roundWorld, someRound, type RoundWorld } from './test-support.js';

let world: RoundWorld;
beforeAll(async () => {
  world = await roundWorld();
});
afterAll(() => world.stop());

describe('the time for an answer', () => {
  it('is counted in working days, and shrinks to what the last day of answers leaves', async () => {
    const [position, student] = [await world.aPosition(1), await world.aStudent()];
    const id = await world.anOpenRound([position], { answerDays: 5 });
    await world.rank(id, student, [position.id]);
    const { answersUntil } = await world.result(id);
    const [offer] = await world.offersOf(student);
    expect(offer?.answerBy).toBe(answersUntil);
    expect(answersUntil).toBe(workingDayAfter(world.kit.service.clock.today(), 5));
  });

  it.each([
    ['before the close', { settlesOn: '2027-01-31' }],
    ['in the period of the placements', { settlesOn: '2027-03-01' }],
  ])('cannot end %s', async (_when, terms) => {
    const drafted = world.rounds.draftRound(world.kit.call(world.college), { terms: { ...someRound(), colleges: [world.college.org], ...terms } });
    await expect(drafted.catch((error: unknown) => refusalOf(error)?.code)).resolves.toBe('round.wrong_dates');
  });
});

describe('a published day for giving on what came free', () => {
  it('keeps the round from being settled before it has come', async () => {
    const [position, student] = [await world.aPosition(1), await world.aStudent()];
    const id = await world.anOpenRound([position], { refillDays: 2 });
    await world.rank(id, student, [position.id]);
    await world.result(id);
    await world.answer(student, 'accept');
    await expect(world.work('settleRound', id)).rejects.toThrow('round.refills_pending');
  });


  it('gives a declined seat to the next student by itself, once', async () => {
    const [position, first, second] = [await world.aPosition(1, { majors: ['990101'] }), await world.aStudent(), await world.aStudent(world.college, { programCode: '990199' })];
    const id = await world.anOpenRound([position], { refillDays: 2 });
    for (const student of [first, second]) await world.rank(id, student, [position.id]);
    const { refillOn } = await world.result(id);
    await world.answer(first, 'decline');
    expect(await world.offersOf(second)).toEqual([]);
    const { clock, housekeeper } = world.kit.service;
    clock.advanceTo((Date.parse(refillOn) - Date.parse(clock.today())) / 86_400_000);
    await housekeeper.tick();
    await until(async () => (await world.offersOf(second)).length === 1, { what: 'the second student to have an offer' });
    const after = await world.round(id);
    expect(after).toMatchObject({ runs: 2, state: 'published' });
    expect(after.refillOn > refillOn).toBe(true);
  });
});
