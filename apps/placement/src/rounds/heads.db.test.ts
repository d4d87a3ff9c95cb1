// Heads in rounds: what a round holds, that two rounds never promise the same head, and what the match makes of it.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { refusalOf } from '@tandem/service-kit';
import { someone, until } from '@tandem/test-kit';
import { whatStands } from '../migrations/0006-heads-functions.js';
import { wish } from '../test-support.js';
import { organisation, roundWorld, type RoundWorld, type Student } from './test-support.js';

let world: RoundWorld;
beforeAll(async () => {
  world = await roundWorld();
});
afterAll(() => world.stop());

type Position = Awaited<ReturnType<RoundWorld['aPosition']>>;
const region = '330106';
const [assembler, tester] = ['9-01-01-01', '9-01-01-02'];
const codeOf = (promise: Promise<unknown>) => promise.then(() => 'done', (error: unknown) => refusalOf(error)?.code);
const hr = ({ enterprise }: Position) => someone('enterprise_hr', enterprise);
const aPosition = (seats: number, terms: { enterprise?: string; occupation?: string; skills?: { code: string; level: number }[] } = {}) => world.aPosition(seats, { region, ...terms });
const enter = async (roundId: string, position: Position, seats: number): Promise<string> => {
  const { outcomes } = await world.entries.enterPositions(world.kit.call(hr(position)), { entries: [{ roundId, positionId: position.id, seats, needsMajor: false }], atomic: false });
  return outcomes[0]?.refused?.code ?? 'done';
};
const entryOf = async (roundId: string, position: Position) => {
  const { entries } = await world.entries.listEntries(world.kit.call(hr(position)), { page: { first: 100, after: '', skip: 0, withTotal: true }, view: 'own', roundId, state: '', descending: false });
  const found = entries.find(({ terms }) => terms?.positionId === position.id);
  if (!found) throw new Error('no such entry');
  return found;
};
const headsOf = async (roundId: string, position: Position) => (await entryOf(roundId, position)).heads;
const offered = async (students: readonly Student[]): Promise<number[]> => Promise.all(students.map(async (student) => (await world.offersOf(student)).filter(({ state }) => state === 'offered' || state === 'accepted' || state === 'waiting').length));
const outcomes = async (roundId: string, { id, college }: Student) => (await world.rounds.explainResult(world.kit.call(college), { roundId, studentId: id })).wishes.map(({ outcome }) => outcome);
const placeByHand = async ({ id }: Position) => codeOf(world.placements.confirmPlacement(world.kit.call(world.other), wish(id)));
/** Of the ledger: who holds how many of the enterprise's staff. */
const ledger = async ({ enterprise }: Position) =>
  (await world.kit.database.admin.query<{ round: boolean; heads: number }>(`select round_id is not null round, sum(last_head - first_head + 1)::int heads from heads where enterprise_org = $1 and post = '' group by 1 order by 1`, [enterprise])).rows;
const people = (many: number, skills: { code: string; level: number }[] = []): Promise<Student[]> => Promise.all(Array.from({ length: many }, () => world.aStudent(world.college, { skills })));

describe('an entry', () => {
  it('holds the heads that the cap leaves, says which cap that is, and gives them back when it leaves', async () => {
    const position = await aPosition(9);
    await world.states(position.enterprise, 100);
    await world.states(position.enterprise, 25, assembler);
    const id = await world.anOpenRound([{ ...position, seats: 8 }]);
    expect(await headsOf(id, position)).toEqual({ post: 5, enterprise: 5, limit: 'post', unstated: [] });
    const { id: entry, version } = await entryOf(id, position);
    await world.entries.withdrawEntries(world.kit.call(hr(position)), { entries: [{ id: entry, version, reason: 'mistake' }], atomic: true });
    expect(await headsOf(id, position)).toMatchObject({ post: 0, enterprise: 0 });
    expect(await ledger(position)).toEqual([]);
  });

  it('of an enterprise that has stated no staff holds its seats, and says that no cap is known', async () => {
    const position = await aPosition(3);
    const id = await world.anOpenRound([{ ...position, seats: 3 }]);
    expect(await headsOf(id, position)).toEqual({ post: 3, enterprise: 3, limit: '', unstated: ['post', 'enterprise'] });
    const { progress } = await world.rounds.batchGetProgress(world.kit.call(world.college), { ids: [id] });
    expect(progress).toMatchObject([{ entries: 1, unstated: 1 }]);
  });

  it('that is changed takes what the caps leave today', async () => {
    const position = await aPosition(9);
    await world.states(position.enterprise, 20);
    const id = await world.anOpenRound([{ ...position, seats: 5 }]);
    expect(await headsOf(id, position)).toMatchObject({ enterprise: 2, limit: 'enterprise' });
    await world.states(position.enterprise, 90);
    const { id: entry, version } = await entryOf(id, position);
    await world.entries.changeEntry(world.kit.call(hr(position)), { id: entry, version, seats: 7, needsMajor: false });
    expect(await headsOf(id, position)).toMatchObject({ post: 7, enterprise: 7, limit: '' });
    await world.entries.changeEntry(world.kit.call(hr(position)), { id: entry, version: version + 1, seats: 4, needsMajor: false });
    expect(await ledger(position)).toEqual([{ round: true, heads: 4 }]);
  });

  it('of a job holds none', async () => {
    const position = await world.aPosition(2, { region, kind: 'job' });
    const id = await world.anOpenRound([{ ...position, seats: 2 }]);
    expect(await headsOf(id, position)).toBeUndefined();
  });

  it('of a round that is cancelled gives its heads back', async () => {
    const position = await aPosition(2);
    const id = await world.anOpenRound([{ ...position, seats: 2 }]);
    await world.rounds.cancelRound(world.kit.call(world.college), { id, version: (await world.round(id)).version, reason: 'mistake' });
    await until(async () => (await ledger(position)).length === 0, { what: 'the heads to be free' });
  });
});

describe('two rounds', () => {
  it('never hold the same head, nor does a placement by hand take one that a round holds', async () => {
    const position = await aPosition(9);
    await world.states(position.enterprise, 50);
    const [one, two] = [await world.anOpenRound([{ ...position, seats: 3 }]), await world.anOpenRound([])];
    expect(await enter(two, position, 6)).toBe('done');
    expect([await headsOf(one, position), await headsOf(two, position)]).toMatchObject([{ enterprise: 3 }, { enterprise: 2, limit: 'enterprise' }]);
    const more = await aPosition(2, { enterprise: position.enterprise });
    const third = await world.anOpenRound([]);
    expect([await placeByHand(more), await enter(third, more, 1)]).toEqual(['placement.no_head', 'entry.no_heads']);
    const { rows } = await world.kit.database.admin.query('select 1 from seats where lane = $1', [more.id]);
    expect(rows).toEqual([]);
  });

  it('of several enterprises’ positions entered at the same time together hold the cap and no more', async () => {
    const positions = await Promise.all(Array.from({ length: 3 }, async () => {
      const position = await aPosition(40);
      await world.states(position.enterprise, 70);
      return position;
    }));
    const rounds = await Promise.all(Array.from({ length: 4 }, () => world.anOpenRound([])));
    const codes = await Promise.all(rounds.flatMap((round, n) => positions.map((_position, m) => enter(round, positions[(n + m) % 3] as Position, 3))));
    expect(new Set(codes)).toEqual(new Set(['done', 'entry.no_heads']));
    for (const position of positions) expect(await ledger(position)).toEqual([{ round: true, heads: 7 }]);
  });
});

describe('the match', () => {
  it('gives no more places than the round has heads, by points over all the enterprise’s positions, and tells the others why', async () => {
    const skill = [{ code: 'a', level: 1 }];
    const one = await aPosition(4, { skills: skill });
    const two = await aPosition(4, { enterprise: one.enterprise, occupation: tester });
    await world.states(one.enterprise, 30);
    const [good, others] = [await people(2, skill), await people(3)];
    const id = await world.anOpenRound([{ ...one, seats: 4 }, { ...two, seats: 4 }]);
    for (const student of good) await world.rank(id, student, [one.id]);
    for (const student of others) await world.rank(id, student, [two.id]);
    expect(await world.result(id)).toMatchObject({ state: 'published', assigned: 3 });
    expect(await offered(good)).toEqual([1, 1]);
    const got = await offered(others);
    expect(got.filter((n) => n === 1)).toHaveLength(1);
    const without = others[got.indexOf(0)] as Student;
    expect(await outcomes(id, without)).toEqual(['enterprise_cap']);
  });

  it('at a refill gives a head that came free to the next, at whichever position', async () => {
    const skill = [{ code: 'a', level: 1 }];
    const one = await aPosition(2, { skills: skill });
    const two = await aPosition(2, { enterprise: one.enterprise, occupation: tester });
    await world.states(one.enterprise, 10);
    const [[first], [next]] = [await people(1, skill), await people(1)] as unknown as [[Student], [Student]];
    const id = await world.anOpenRound([{ ...one, seats: 2 }, { ...two, seats: 2 }]);
    await world.rank(id, first, [one.id]);
    await world.rank(id, next, [two.id]);
    await world.result(id);
    await world.work('refillRound', id);
    expect(await offered([first, next])).toEqual([1, 0]);
    await world.answer(first, 'decline');
    await world.work('refillRound', id);
    expect(await offered([first, next])).toEqual([0, 1]);
  });
});

describe('what is offered', () => {
  it('counts who stays at a position that has left the round', async () => {
    const one = await aPosition(2);
    const two = await aPosition(3, { enterprise: one.enterprise, occupation: tester });
    await world.states(one.enterprise, 30);
    const [stays, moves] = [await people(2), await people(3)];
    const id = await world.anOpenRound([{ ...one, seats: 2 }, { ...two, seats: 3 }]);
    for (const student of stays) await world.rank(id, student, [one.id]);
    await world.rank(id, moves[0] as Student, [two.id]);
    for (const student of moves.slice(1)) await world.rank(id, student, []);
    await world.result(id);
    for (const student of [...stays, moves[0] as Student]) await world.answer(student, 'accept');
    const { id: entry, version } = await entryOf(id, one);
    await world.entries.withdrawEntries(world.kit.call(hr(one)), { entries: [{ id: entry, version, reason: 'order_lost' }], atomic: true });
    await world.kit.settle();
    // As if two more had ranked it all along.
    await world.kit.database.admin.query('update preference_lists set choices = $2 where round_id = $1 and choices = $3', [id, [two.id], []]);
    expect(await world.work('refillRound', id)).toMatchObject({ runs: 2 });
    expect(await offered(moves.slice(1))).toEqual([0, 0]);
    expect(await outcomes(id, moves[1] as Student)).toEqual(['enterprise_cap']);
  });

  it('is not issued beyond the heads, whatever a run says', async () => {
    const one = await aPosition(3);
    const two = await aPosition(3, { enterprise: one.enterprise, occupation: tester });
    await world.states(one.enterprise, 20);
    const students = await people(4);
    const id = await world.anOpenRound([{ ...one, seats: 3 }, { ...two, seats: 3 }]);
    for (const student of students) await world.rank(id, student, [one.id, two.id]);
    await world.step('closeRound', id);
    await world.step('matchRound', id);
    await world.step('verifyRound', id);
    await world.kit.database.admin.query(`update assignments set position_id = $2, wish = 1, offer_as = 'offered' where round_id = $1`, [id, one.id]);
    await world.work('publishRound', id);
    expect((await offered(students)).reduce((sum, n) => sum + n, 0)).toBe(2);
  });
});

describe('a settled round', () => {
  it('gives back what is unused, and who has a place has the head, until it is cancelled', async () => {
    const position = await aPosition(6);
    await world.states(position.enterprise, 40);
    const [one, two] = (await people(2)) as [Student, Student];
    const id = await world.anOpenRound([{ ...position, seats: 4 }]);
    for (const student of [one, two]) await world.rank(id, student, [position.id]);
    await world.result(id);
    await world.answer(one, 'accept');
    await world.answer(two, 'accept_and_wait');
    expect([await ledger(position), await placeByHand(position)]).toEqual([[{ round: true, heads: 4 }], 'placement.no_head']);
    await world.work('settleRound', id);
    expect(await ledger(position)).toEqual([{ round: false, heads: 2 }]);
    expect([await placeByHand(position), await placeByHand(position), await placeByHand(position)]).toEqual(['done', 'done', 'placement.no_head']);
    const { placements } = await world.placements.listPlacements(world.kit.call(world.college), { page: { first: 10, after: '', skip: 0, withTotal: false }, view: 'own', state: 'confirmed', positionId: position.id, orderBy: '', descending: false, roundId: id, studentId: '' });
    await world.placements.cancelPlacement(world.kit.call(world.college), { id: placements[0]?.id ?? '', version: placements[0]?.version ?? 0, reason: 'illness' });
    expect([await placeByHand(position), await placeByHand(position)]).toEqual(['done', 'placement.no_head']);
  });

  it('hands over once, although it is told again, and leaves out who was cancelled meanwhile', async () => {
    const position = await aPosition(6);
    await world.states(position.enterprise, 40);
    const [one, two] = (await people(2)) as [Student, Student];
    const id = await world.anOpenRound([{ ...position, seats: 3 }]);
    for (const student of [one, two]) await world.rank(id, student, [position.id]);
    await world.result(id);
    for (const student of [one, two]) await world.answer(student, 'accept');
    const { placements } = await world.placements.listPlacements(world.kit.call(world.college), { page: { first: 10, after: '', skip: 0, withTotal: false }, view: 'own', state: 'confirmed', positionId: position.id, orderBy: '', descending: false, roundId: id, studentId: '' });
    await world.placements.cancelPlacement(world.kit.call(world.college), { id: placements[0]?.id ?? '', version: placements[0]?.version ?? 0, reason: 'illness' });
    await world.work('settleRound', id);
    await world.kit.database.admin.query(`begin; select set_config('app.org', '${position.enterprise}', true); select hand_over_heads('${id}', '${position.enterprise}'); commit`);
    expect(await ledger(position)).toEqual([{ round: false, heads: 1 }]);
  });

  it('leaves nothing of an enterprise that was closed on the way', async () => {
    const position = await aPosition(2);
    const id = await world.anOpenRound([{ ...position, seats: 2 }]);
    await world.deliver(organisation(position.enterprise, 'enterprise', 'closed'));
    await until(async () => (await ledger(position)).length === 0, { what: 'the heads to be free' });
    expect(await headsOf(id, position)).toMatchObject({ post: 0, enterprise: 0 });
  });
});

it('a database from before the ledger counts what stands in it: entries under way, and placements by hand and of settled rounds', async () => {
  const position = await aPosition(9);
  const ended = await aPosition(2, { enterprise: position.enterprise, occupation: tester });
  const student = await world.aStudent();
  const settled = await world.anOpenRound([ended]);
  await world.rank(settled, student, [ended.id]);
  await world.result(settled);
  await world.answer(student, 'accept');
  await world.work('settleRound', settled);
  const open = await world.anOpenRound([{ ...position, seats: 3 }]);
  await placeByHand(position);
  const { admin } = world.kit.database;
  const rows = async () => (await admin.query<{ row: string }>(`select concat_ws(' ', holder, post, starts_on, ends_on, last_head - first_head + 1, org, round_id) as row from heads where enterprise_org = $1 order by 1`, [position.enterprise])).rows;
  const before = await rows();
  expect(before).toHaveLength(6);
  await admin.query('truncate heads; update entries set post_heads = null, enterprise_heads = null');
  await admin.query(whatStands);
  expect(await rows()).toEqual(before);
  expect(await headsOf(open, position)).toEqual({ post: 3, enterprise: 3, limit: '', unstated: ['post', 'enterprise'] });
});
