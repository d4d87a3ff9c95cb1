// What happens to a round between two of its steps: somebody leaves, or is offered again what was taken back.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { refusalOf } from '@tandem/service-kit';
import { someone, until } from '@tandem/test-kit';
import { own } from '../test-support.js';
import { organisation, roundWorld, studentEvent, type RoundWorld, type Student } from './test-support.js';

let world: RoundWorld;
beforeAll(async () => {
  world = await roundWorld();
});
afterAll(() => world.stop());

const codeOf = (promise: Promise<unknown>) => promise.then(() => 'done', (error: unknown) => refusalOf(error)?.code);
const stateOf = async (student: Student): Promise<string[]> => (await world.offersOf(student)).map(({ state, reason, positionId }) => `${state}${reason ? ` ${reason}` : ''} ${positionId.slice(-4)}`).toSorted();
const suspend = (enterprise: string): Promise<void> => world.deliver(organisation(enterprise, 'enterprise', 'suspended'));

async function verified(id: string): Promise<void> {
  for (const step of ['closeRound', 'matchRound', 'verifyRound'] as const) await world.step(step, id);
}

describe('between the check and the publication', () => {
  it('a student who leaves gets no offer, and the seat goes to the next at the refill', async () => {
    const position = await world.aPosition(1);
    const [gone, next] = [await world.aStudent(world.college, { skills: [{ code: 'a', level: 1 }] }), await world.aStudent(world.other, { region: '980101' })];
    const id = await world.anOpenRound([position]);
    for (const student of [gone, next]) await world.rank(id, student, [position.id]);
    await verified(id);
    await world.deliver(studentEvent('left', gone.id, gone.college.org));
    await world.work('publishRound', id);
    expect(await stateOf(gone)).toEqual([]);
    await world.work('refillRound', id);
    expect(await stateOf(next)).toEqual([`offered ${position.id.slice(-4)}`]);
  });

  it('an enterprise that is suspended offers nothing, and its students are matched elsewhere at the refill', async () => {
    const [bad, good] = [await world.aPosition(1), await world.aPosition(1)];
    const student = await world.aStudent();
    const id = await world.anOpenRound([bad, good]);
    await world.rank(id, student, [bad.id, good.id]);
    await verified(id);
    await suspend(bad.enterprise);
    await world.work('publishRound', id);
    expect(await stateOf(student)).toEqual([]);
    await world.work('refillRound', id);
    expect(await stateOf(student)).toEqual([`offered ${good.id.slice(-4)}`]);
  });

  it('no list is struck by hand: the match stands on it', async () => {
    const position = await world.aPosition(1);
    const student = await world.aStudent();
    const id = await world.anOpenRound([position]);
    const list = await world.rank(id, student, [position.id]);
    const strike = () => world.lists.strikeLists(world.kit.call(student.college), { targets: [{ id: list, version: 1 }], atomic: true });
    await verified(id);
    expect(await codeOf(strike())).toBe('list.round_matched');
    await world.work('publishRound', id);
    expect(await codeOf(strike())).toBe('list.round_matched');
  });

  it('a cancelled round gives back also the seats of an entry that had left it', async () => {
    const position = await world.aPosition(2);
    const id = await world.anOpenRound([{ ...position, seats: 2 }]);
    await world.rank(id, await world.aStudent(), [position.id]);
    await world.step('closeRound', id);
    await world.step('matchRound', id);
    const owner = world.kit.call(someone('enterprise_hr', position.enterprise));
    const { entries } = await world.entries.listEntries(owner, { page: { first: 10, after: '', skip: 0, withTotal: true }, view: 'own', roundId: id, state: '', descending: false });
    await world.entries.withdrawEntries(owner, { entries: entries.map(({ id: entry, version }) => ({ id: entry, version, reason: 'mistake' })), atomic: true });
    await world.rounds.cancelRound(world.kit.call(world.college), { id, version: (await world.round(id)).version, reason: 'mistake' });
    const held = async () => (await world.kit.database.admin.query('select 1 from seats where lane = $1', [position.id])).rowCount;
    await until(async () => (await held()) === 0, { what: 'the seats to be free' });
  });
});

/** Waited at `low`, moved up to `top`. */
async function movedUp() {
  const [top, low] = [await world.aPosition(1, { skills: [{ code: 'a', level: 1 }] }), await world.aPosition(1)];
  const [best, middle] = [await world.aStudent(world.college, { skills: [{ code: 'a', level: 2 }] }), await world.aStudent()];
  const id = await world.anOpenRound([top, low]);
  await world.rank(id, best, [top.id]);
  await world.rank(id, middle, [top.id, low.id]);
  await world.result(id);
  await world.answer(middle, 'accept_and_wait');
  await world.answer(best, 'decline');
  await world.work('refillRound', id);
  return { id, top, low, middle };
}

/** Then its enterprise takes `top` back. */
async function backInTheRunning() {
  const moved = await movedUp();
  await suspend(moved.top.enterprise);
  return moved;
}

describe('a place that was taken back', () => {
  it('can be offered again to whoever had moved up from it', async () => {
    const { id, top, low, middle } = await backInTheRunning();
    await world.work('refillRound', id);
    expect(await stateOf(middle)).toEqual([`offered ${low.id.slice(-4)}`, `rescinded enterprise_suspended ${top.id.slice(-4)}`, `rescinded moved_up ${low.id.slice(-4)}`]);
  });

  it('does not bring back a student who has declined since', async () => {
    const { id, low, middle } = await backInTheRunning();
    await world.work('refillRound', id);
    await world.answer(middle, 'decline');
    await world.work('refillRound', id);
    expect((await stateOf(middle)).filter((state) => state.endsWith(low.id.slice(-4)))).toEqual([`declined pay ${low.id.slice(-4)}`, `rescinded moved_up ${low.id.slice(-4)}`]);
  });
});

describe('a seat of a settled round that came free', () => {
  it('can be entered in another round, once', async () => {
    const position = await world.aPosition(1);
    const student = await world.aStudent();
    const id = await world.anOpenRound([position]);
    await world.rank(id, student, [position.id]);
    await world.result(id);
    await world.answer(student, 'accept');
    await world.work('settleRound', id);
    const { placements } = await world.placements.listPlacements(world.kit.call(student.college), { ...own, roundId: id });
    const enter = async (seats: number) => {
      const next = await world.anOpenRound([]);
      return codeOf(world.entries.enterPositions(world.kit.call(someone('enterprise_hr', position.enterprise)), { entries: [{ roundId: next, positionId: position.id, seats, needsMajor: false }], atomic: true }));
    };
    expect(await enter(1)).toBe('entry.no_seats');
    await world.placements.cancelPlacement(world.kit.call(student.college), { id: placements[0]?.id ?? '', version: placements[0]?.version ?? 0, reason: 'illness' });
    expect(await enter(2)).toBe('entry.no_seats');
    expect(await enter(1)).toBe('done');
    expect(await enter(1)).toBe('entry.no_seats');
    const wish = { positionId: position.id, studentId: (await world.aStudent()).id, startsOn: '', endsOn: '' };
    expect(await codeOf(world.placements.confirmPlacement(world.kit.call(world.college), wish))).toBe('placement.no_seat');
  });
});

describe('an answer while a refill is on its way', () => {
  it('stands: who has accepted is not moved up, and has one offer', async () => {
    const { id, top, low, middle } = await movedUp();
    const { admin } = world.kit.database;
    // As if the answer had come between the run and its offers: the old offer is accepted, the new one and what the job remembers of it are not there.
    await admin.query(`delete from offers where round_id = $1 and student_id = $2 and position_id = $3`, [id, middle.id, top.id]);
    await admin.query(`update offers set state = 'accepted', reason = null where round_id = $1 and student_id = $2`, [id, middle.id]);
    await admin.query(`delete from idempotency where key like 'job:%:leave:%' or key like 'job:%:waiting:%'`);
    await admin.query(`update jobs set state = 'running' where kind = 'placement.round.refilled'; update job_batches b set outcomes = null from jobs j where j.id = b.job_id and j.kind = 'placement.round.refilled'`);
    await until(async () => (await admin.query(`select 1 from jobs where state = 'running'`)).rowCount === 0, { what: 'the job to run again' });
    expect(await stateOf(middle)).toEqual([`accepted ${low.id.slice(-4)}`]);
  });
});

describe('a step at a version that is gone', () => {
  it('fails as a job, and keeps no other job waiting', async () => {
    const position = await world.aPosition(1);
    const student = await world.aStudent();
    const id = await world.anOpenRound([position]);
    await world.rank(id, student, [position.id]);
    await verified(id);
    const { version } = await world.round(id);
    const office = world.kit.call(world.college);
    const { job } = await world.rounds.publishRound(office, { id, version: version - 1 });
    const ended = await until(async () => {
      const now = await world.jobs.getJob(office, { id: job?.id ?? '' });
      return now.state === 'running' ? null : now;
    }, { what: 'the job to end' });
    expect(ended).toMatchObject({ state: 'failed', failure: 'command.stale_version' });
    expect(await world.work('publishRound', id)).toMatchObject({ state: 'published' });
  });
});

describe('an acceptance that is told after its student has left', () => {
  it('is a placement that is cancelled, and the seat goes on', async () => {
    const position = await world.aPosition(1);
    const [gone, next] = [await world.aStudent(world.college, { skills: [{ code: 'a', level: 1 }] }), await world.aStudent(world.other, { region: '980101' })];
    const id = await world.anOpenRound([position]);
    for (const student of [gone, next]) await world.rank(id, student, [position.id]);
    await world.result(id);
    // What the other topic has told already.
    await world.kit.database.admin.query(`update known_students set state = 'withdrawn' where id = $1`, [gone.id]);
    await world.answer(gone, 'accept');
    const { placements } = await world.placements.listPlacements(world.kit.call(gone.college), { ...own, roundId: id });
    expect(placements).toEqual([expect.objectContaining({ state: 'cancelled', cancelReason: 'student_withdrew' })]);
    await world.work('refillRound', id);
    expect(await stateOf(next)).toEqual([`offered ${position.id.slice(-4)}`]);
  });
});
