// Moving house: an embedded system is backed up, restored, and moved to databases and topics of the distributed profile.
import { join } from 'node:path';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { tandemCommand } from '../commands/run.test-support.js';
import { publishPositions, quiet, startLoad, type Load } from '../faults/load.test-support.js';
import { build, newHome, removeHome, startProcess, superuser } from '../faults/test-support.js';
import { sample } from '../sample/region.js';
import { until } from '@tandem/test-kit';
import { emptyRegion, isReady, services, type Region } from './region.test-support.js';

const homes = Array.from({ length: 3 }, newHome);
const [embedded, restored, folders] = homes as [string, string, string];
let load: Load;
let positions: string[];
let region: Region;
let before: readonly object[];

const rebuilding = 'mutation ($input: RebuildProjectionInput!) { rebuildProjection(input: $input) { before after userErrors { code kind field details } } }';
const counted = `select position_id, state, count(*)::int n from placements group by 1, 2 order by 1, 2`;

beforeAll(async () => {
  build();
  const tandem = await startProcess(embedded);
  positions = await publishPositions(tandem);
  load = startLoad(await tandem.as('college_office', sample.collegeOne.code), positions);
  await until(() => load.operations.length > 300, { what: 'some history', deadlineMs: 30_000 });
  await load.stop();
  await quiet(tandem);
  const eye = superuser(embedded, 'tandem_placement');
  before = (await eye.query<object>(counted)).rows;
  await eye.end();
  tandem.kill('SIGTERM');
  await tandem.exited;
  await tandemCommand(embedded, ['backup', join(folders, 'backup')]);
  rmSync(restored, { recursive: true });
  await tandemCommand(restored, ['restore', join(folders, 'backup')]);
  region = await emptyRegion({ home: restored });
}, 180_000);
afterAll(async () => {
  await region?.stop();
  homes.forEach(removeHome);
}, 60_000);

it('loses and doubles nothing, and every projection is the same when it is read again from the new log', async () => {
  region.command('move');
  // Once more changes nothing.
  const again = JSON.parse(region.command('move', '--json')) as { what: string; events: number | string }[];
  expect(again.filter(({ events }) => typeof events === 'number' && events > 0)).toEqual([]);
  await Promise.all([...services, 'gateway'].map((part) => region.start(part)));
  await isReady(region.url);
  await quiet(region);
  const { rows } = await region.superuser('placement').query<object>(counted);
  expect(rows).toEqual(before);
  const held = await Promise.all(services.map(async (service) => (await region.superuser(service).query<{ n: number }>('select count(*)::int n from held')).rows[0]?.n));
  expect(held).toEqual(services.map(() => 0));
  const operator = await region.as('operator', 'OPERATOR');
  type State = { service: string; consumers: { consumer: string }[] };
  const states = await operator.query<State[]>('query { opsConsumers { service consumers { consumer } } }');
  const projections = states.flatMap(({ service, consumers }) => consumers.filter(({ consumer }) => consumer.startsWith('known_')).map(({ consumer }) => [service, consumer] as const));
  for (const [service, projection] of new Map(projections.map((one) => [one.join(' '), one])).values()) {
    const done = await operator.mutate<{ before: string; after: string }>(rebuilding, { service, projection }, null);
    expect([service, projection, done.after]).toEqual([service, projection, done.before]);
  }
  expect(projections.length).toBeGreaterThan(5);
}, 240_000);

it('goes on where it was: what was placed can be cancelled, and seats are counted on', async () => {
  const college = await region.as('college_office', sample.collegeOne.code);
  const more = startLoad(college, positions);
  await until(() => more.operations.filter(({ outcome }) => outcome === 'acked').length > 40, { what: 'work to go on', deadlineMs: 20_000 });
  await more.stop();
  await quiet(region);
  const [filled, live] = await Promise.all([
    region.superuser('demand').query<{ n: number }>('select sum(filled)::int n from positions'),
    region.superuser('placement').query<{ n: number }>(`select count(*)::int n from placements where state = 'confirmed'`),
  ]);
  expect(filled.rows).toEqual(live.rows);
}, 60_000);

it('refuses to move a system that runs, and into databases that hold something else', async () => {
  const running = await startProcess(embedded);
  expect(() => region.commandAt(embedded, 'move')).toThrow(/stop it first/);
  expect(() => region.command('move')).toThrow(/table \w+ of the new database holds/);
  running.kill('SIGTERM');
  await running.exited;
}, 60_000);
