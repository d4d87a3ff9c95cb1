// A student objects to a published result; the college decides, and each decision has its way: read anew for the next refill, placed by hand, or a reason.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { placement, Principal } from '@tandem/contracts';
import { services } from '@tandem/contracts';
import { refusalOf } from '@tandem/service-kit';
import { someone } from '@tandem/test-kit';
import { wish } from '../test-support.js';
import { roundWorld, studentEvent, type RoundWorld, type Student } from './test-support.js';

let world: RoundWorld;
const appeals = () => world.kit.client.rpc(services['tandem.placement.v1.AppealService']);
beforeAll(async () => {
  world = await roundWorld();
});
afterAll(() => world.stop());

const self = ({ id, college }: Student): Principal => ({ ...someone('student', college.org), account: id });
const codeOf = (promise: Promise<unknown>) => promise.then(() => 'done', (error: unknown) => refusalOf(error)?.code);
const file = (by: Principal, roundId: string, student: Student) => appeals().fileAppeal(world.kit.call(by), { roundId, studentId: student.id, ground: 'facts_wrong', text: '样例（虚构）' });
const read = async (by: Principal, id: string): Promise<placement.AppealView | undefined> => (await appeals().batchGetAppeals(world.kit.call(by), { ids: [id] })).appeals[0];

async function decided(id: string, outcome: string): Promise<string> {
  const { outcomes } = await appeals().decideAppeals(world.kit.call(world.college), { decisions: [{ id, version: 1, outcome, decision: '样例（虚构）' }], atomic: false });
  await world.kit.settle();
  return outcomes[0]?.refused?.code ?? 'done';
}

/** One seat; the first student has it, the second not. */
async function aResult(terms: Partial<placement.RoundTerms> = { appealDays: 3 }) {
  const position = await world.aPosition(1, { majors: ['990101'] });
  const [first, second] = [await world.aStudent(), await world.aStudent(world.college, { programCode: '990199' })];
  const round = await world.anOpenRound([position], terms);
  for (const student of [first, second]) await world.rank(round, student, [position.id]);
  await world.result(round);
  return { position, first, second, round };
}

describe('an appeal', () => {
  it('is filed once by the student within the window, and read by student and college alone', async () => {
    const { round, second, first } = await aResult();
    const { id } = await file(self(second), round, second);
    expect(await codeOf(file(world.college, round, second))).toBe('appeal.already_filed');
    expect(await codeOf(file(self(first), round, second))).toBe('appeal.not_yours');
    for (const who of [self(second), world.college]) expect(await read(who, id)).toMatchObject({ state: 'filed', ground: 'facts_wrong' });
    for (const who of [self(first), world.other]) expect(await read(who, id)).toBeUndefined();
  });

  it('that is upheld reads the facts anew, and the next refill counts them; nobody loses a place', async () => {
    const { round, first, second, position } = await aResult();
    const { id } = await file(self(second), round, second);
    await world.deliver(studentEvent('changed', second.id, world.college.org, { programCode: '990101' }));
    expect(await decided(id, 'rerun')).toBe('done');
    await world.work('refillRound', round);
    expect((await world.offersOf(first)).map(({ state }) => state)).toEqual(['offered']);
    expect(await world.offersOf(second)).toEqual([]);
    await world.answer(first, 'decline');
    await world.work('refillRound', round);
    expect(await world.offersOf(second)).toMatchObject([{ state: 'offered', positionId: position.id }]);
    const told = await world.rounds.explainResult(world.kit.call(self(second)), { roundId: round, studentId: second.id });
    expect(told.wishes[0]).toMatchObject({ outcome: 'assigned', points: 50 });
  });

  it('is settled by a placement by hand only once that is there', async () => {
    const { round, first, second } = await aResult();
    const { id } = await file(self(second), round, second);
    expect(await decided(id, 'placed_by_hand')).toBe('appeal.not_placed');
    await world.answer(first, 'accept');
    await expect(world.work('settleRound', round)).rejects.toThrow('round.appeals_open');
    world.kit.service.clock.advanceTo(20);
    await world.work('settleRound', round);
    expect(await decided(id, 'rerun')).toBe('appeal.round_settled');
    await world.placements.confirmPlacement(world.kit.call(world.college), wish((await world.aPosition(1)).id, { studentId: second.id }));
    expect(await decided(id, 'placed_by_hand')).toBe('done');
    expect(await read(self(second), id)).toMatchObject({ state: 'decided', outcome: 'placed_by_hand', decision: '样例（虚构）' });
  });

  it('of a student who has let an offer go cannot be upheld by a refill, which would not ask that student', async () => {
    const { round, first } = await aResult();
    const { id } = await file(self(first), round, first);
    await world.answer(first, 'decline');
    expect(await decided(id, 'rerun')).toBe('appeal.out_of_running');
    expect(await decided(id, 'rejected')).toBe('done');
  });

  it.each([
    ['where the rule sheet knows none', 'appeal.no_appeals', { appealDays: 0 }],
    ['after the window', 'appeal.too_late', { appealDays: 1 }],
  ])('%s is refused with %s', async (_when, code, terms) => {
    const { round, second } = await aResult(terms);
    if (code === 'appeal.too_late') world.kit.service.clock.advanceTo(60);
    expect(await codeOf(file(self(second), round, second))).toBe(code);
  });
});
