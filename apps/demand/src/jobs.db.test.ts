// Bulk commands above 1,000 items.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { services } from '@tandem/contracts';
import { refusalOf } from '@tandem/service-kit';
import { someone, until } from '@tandem/test-kit';
import { v7 as uuidv7 } from 'uuid';
import { demandWorld, someTerms, type DemandWorld } from './test-support.js';

let world: DemandWorld;
beforeAll(async () => {
  world = await demandWorld();
});
afterAll(() => world.stop());

const jobs = () => world.kit.client.rpc(services['tandem.ops.v1.JobService']);
const terms = (n: number, bad: readonly number[] = []) => Array.from({ length: n }, (_, i) => ({ ...someTerms(), title: `岗位 ${i}`, ...(bad.includes(i) && { occupation: 'none' }) }));
const count = async () => (await world.positions.listPositions(world.kit.call(world.enterprise), { page: { first: 0, after: '', skip: 0, withTotal: true }, view: 'own', state: '', kind: '', region: '', occupation: '', search: '', orderBy: '', descending: false })).pageInfo?.totalCount ?? 0;

it('works through 2,500 items in batches, each for itself, and the same key finds the same job', async () => {
  const before = await count();
  const call = world.kit.call(world.enterprise, { key: uuidv7() });
  const { job } = await world.positions.draftPositions(call, { terms: terms(2_500, [7, 1_700]), atomic: false });
  expect(job).toMatchObject({ kind: 'demand.position.drafted', total: 2_500 });
  const again = await world.positions.draftPositions(call, { terms: terms(2_500, [7, 1_700]), atomic: false });
  expect(again.job?.id).toBe(job?.id);
  const other = await world.positions.draftPositions(call, { terms: terms(1_001), atomic: false }).catch((error: unknown) => refusalOf(error));
  expect(other).toMatchObject({ code: 'idempotency.other_body' });
  const done = await until(async () => {
    const now = await jobs().getJob(world.kit.call(world.enterprise), { id: job?.id ?? '' });
    return now.state === 'done' ? now : null;
  }, { what: 'the job to be done' });
  expect(done).toMatchObject({ done: 2_500, refused: 2 });
  expect(await count()).toBe(before + 2_498);
}, 30_000);

it('goes on where a crash left it, without doing a batch twice', async () => {
  const { admin } = world.kit.database;
  const before = await count();
  const { job } = await world.positions.draftPositions(world.kit.call(world.enterprise), { terms: terms(2_000), atomic: false });
  const state = async () => (await jobs().getJob(world.kit.call(world.enterprise), { id: job?.id ?? '' })).state;
  await until(async () => (await state()) === 'done', { what: 'the job to be done' });
  // As after a crash between a batch and its mark: the commands are committed, the outcomes are not written down.
  await admin.query('update job_batches set outcomes = null where job_id = $1', [job?.id]);
  await admin.query(`update jobs set state = 'running', done = 0 where id = $1`, [job?.id]);
  await world.kit.service.housekeeper.tick();
  await until(async () => (await state()) === 'done', { what: 'the job to be done again' });
  expect(await count()).toBe(before + 2_000);
}, 30_000);

it('ends after the batch in hand when it is cancelled, and belongs to its organisation alone', async () => {
  const before = await count();
  const { job } = await world.positions.draftPositions(world.kit.call(world.enterprise), { terms: terms(5_000), atomic: false });
  const id = job?.id ?? '';
  const foreign = await jobs().cancelJob(world.kit.call(someone('enterprise_hr')), { id }).catch((error: unknown) => refusalOf(error));
  expect(foreign).toMatchObject({ code: 'job.not_found' });
  expect(await jobs().cancelJob(world.kit.call(world.enterprise), { id })).toMatchObject({ state: 'cancelled' });
  await world.kit.service.housekeeper.tick();
  expect(await count()).toBeLessThan(before + 5_000);
  expect(await jobs().getJob(world.kit.call(world.enterprise), { id })).toMatchObject({ state: 'cancelled' });
}, 30_000);

it('cannot be atomic', async () => {
  const refusal = await world.positions.draftPositions(world.kit.call(world.enterprise), { terms: terms(1_001), atomic: true }).catch((error: unknown) => refusalOf(error));
  expect(refusal).toMatchObject({ code: 'command.too_many' });
});
