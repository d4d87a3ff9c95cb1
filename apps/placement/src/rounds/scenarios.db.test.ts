// What an organiser tries before publishing, and what an enterprise learns afterwards: figures from five on, and nothing is changed.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { services, type placement, type Principal } from '@tandem/contracts';
import { refusalOf } from '@tandem/service-kit';
import { someone } from '@tandem/test-kit';
import { organisation, roundWorld, type RoundWorld, type Student } from './test-support.js';

let world: RoundWorld;
beforeAll(async () => {
  world = await roundWorld();
});
afterAll(() => world.stop());

const insight = () => world.kit.client.rpc(services['tandem.placement.v1.InsightService']);
const nothing = { seats: [], everywhere: 0, weights: undefined, reserve: undefined };
const trying = (by: Principal, roundId: string, changes: Partial<placement.TryScenarioRequest>) => insight().tryScenario(world.kit.call(by), { ...nothing, roundId, ...changes });
const codeOf = (promise: Promise<unknown>) => promise.then(() => 'done', (error: unknown) => refusalOf(error)?.code);
const many = (n: number, facts: Parameters<RoundWorld['aStudent']>[1] = {}, college = world.college): Promise<Student[]> => Promise.all(Array.from({ length: n }, () => world.aStudent(college, facts)));

/** Ten seats; ten skilled students and ten of the group `rural`, who come after them; all want the same position. */
async function aCrowd() {
  const position = await world.aPosition(40, { skills: [{ code: 'a', level: 1 }] });
  const [skilled, rural] = [await many(10, { skills: [{ code: 'a', level: 1 }] }), await many(10, { tags: ['rural', 'few'] }, world.other)];
  const round = await world.anOpenRound([{ ...position, seats: 10 }]);
  for (const student of [...skilled, ...rural]) await world.rank(round, student, [position.id]);
  return { position, round };
}

describe('an organiser', () => {
  it('tries more seats, other weights and a reserve, reads by group who would gain and who would lose, and changes nothing', async () => {
    const { position, round } = await aCrowd();
    expect(await codeOf(trying(world.college, round, {}))).toBe('round.not_closed');
    const closed = await world.step('closeRound', round);
    const figures = async (changes: Partial<placement.TryScenarioRequest>) => (await trying(world.college, round, changes)).groups.map(({ tag, placed, better, worse }) => [tag, placed?.before, placed?.after, better, worse]);
    const more = await trying(world.college, round, { seats: [{ positionId: position.id, added: 7 }] });
    expect(more).toMatchObject({ most: { before: 10, after: 15 }, groups: [{ tag: '', students: 20, firstWish: { before: 10, after: 15 } }, { tag: 'few' }, { tag: 'rural' }] });
    expect(await figures({ everywhere: 7 })).toEqual([['', 10, 15, 5, 0], ['few', 0, -1, -1, 0], ['rural', 0, -1, -1, 0]]);
    expect(await figures({ everywhere: 10 })).toEqual([['', 10, 20, 10, 0], ['few', 0, 10, 10, 0], ['rural', 0, 10, 10, 0]]);
    const weights = { sameMajor: 0, sameClass: 0, skill: 0, sameCounty: 0, samePrefecture: 0, groups: [{ tag: 'rural', points: 5 }] };
    expect(await figures({ weights })).toEqual([['', 10, 10, 10, 10], ['few', 0, 10, 10, 0], ['rural', 0, 10, 10, 0]]);
    expect(await figures({ reserve: { tag: 'rural', percent: 50 } })).toEqual([['', 10, 10, 5, 5], ['few', 0, 5, 5, 0], ['rural', 0, 5, 5, 0]]);
    expect(await world.round(round)).toEqual(closed);
  });

  it('tries no weight and no reserve for a group of one to four, which would tell of them', async () => {
    const [position, alone] = [await world.aPosition(9), await many(1, { tags: ['alone'] })];
    const round = await world.anOpenRound([position]);
    for (const student of alone) await world.rank(round, student, [position.id]);
    await world.step('closeRound', round);
    expect(await codeOf(trying(world.college, round, { reserve: { tag: 'alone', percent: 50 } }))).toBe('round.group_too_small');
  });

  it('reads no count of one to four, and of no group that small', async () => {
    const position = await world.aPosition(40);
    const [few, rest] = [await many(4, { tags: ['few'] }), await many(8)];
    const round = await world.anOpenRound([{ ...position, seats: 6 }]);
    for (const student of [...few, ...rest]) await world.rank(round, student, [position.id]);
    await world.step('closeRound', round);
    expect((await trying(world.college, round, { everywhere: 3 })).groups).toEqual([{ tag: '', students: 10, placed: { before: 5, after: 5 }, firstWish: { before: 5, after: 5 }, better: -1, worse: 0 }]);
  });

  it('that is a bureau reads the same figures; nobody else reads any, and nobody after publication', async () => {
    const bureau = someone('bureau_officer');
    const college = someone('college_office');
    await world.deliver(organisation(college.org, 'college'));
    const { terms } = await world.round(await world.anOpenRound([]));
    const { id } = await world.rounds.draftRound(world.kit.call(bureau), { terms: { ...terms!, colleges: [college.org] } });
    for (const [n, step] of (['announceRound', 'openRound', 'closeRound'] as const).entries()) await world.rounds[step](world.kit.call(bureau), { id, version: n + 1 });
    expect(await trying(bureau, id, {})).toMatchObject({ groups: [{ tag: '', students: 0 }] });
    expect(await codeOf(trying(college, id, {}))).toBe('round.no_such_round');
    await world.rounds.matchRound(world.kit.call(bureau), { id, version: 4 });
    expect(await codeOf(trying(bureau, id, { seats: [{ positionId: id, added: 1 }] }))).toBe('entry.unknown_position');
    const published = await world.anOpenRound([]);
    await world.result(published);
    expect(await codeOf(trying(world.college, published, {}))).toBe('round.already_published');
  });
});

describe('an enterprise', () => {
  it('learns from a published round who wanted its position and how far it got, as counts from five on, never a list or an id', async () => {
    const park = someone('park_operator');
    const { position, round } = await aCrowd();
    const [small, one] = [await world.aPosition(1, { parkOrg: park.org }), await world.aStudent()];
    await world.entries.enterPositions(world.kit.call(someone('enterprise_hr', small.enterprise)), { entries: [{ roundId: round, positionId: small.id, seats: 1, needsMajor: false }], atomic: true });
    await world.rank(round, one, [small.id]);
    const ask = (by: Principal, positionId: string) => insight().getPositionResult(world.kit.call(by), { roundId: round, positionId });
    const own = someone('enterprise_hr', position.enterprise);
    expect(await codeOf(ask(own, position.id))).toBe('round.not_published');
    await world.result(round);
    const hidden = { wantedBy: -1, wantedFirst: -1, placed: -1, wentElsewhere: -1, notPlaced: -1, lastPoints: -1 };
    expect(await ask(own, position.id)).toEqual({ roundId: round, positionId: position.id, seats: 10, wantedBy: 20, wantedFirst: 20, placed: 10, wentElsewhere: 0, notPlaced: 10, lastPoints: 20 });
    for (const its of [someone('enterprise_hr', small.enterprise), park]) expect(await ask(its, small.id)).toEqual({ roundId: round, positionId: small.id, seats: 1, ...hidden });
    for (const stranger of [someone('enterprise_hr'), someone('park_operator'), park]) expect(await codeOf(ask(stranger, position.id))).toBe('entry.unknown_position');
    await expect(ask(world.college, position.id)).rejects.toMatchObject({ code: 7 });
  });
});
