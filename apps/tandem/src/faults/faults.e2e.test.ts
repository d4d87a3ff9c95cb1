// The fault matrix: a real Tandem under load, killed by another process or at a failpoint, started again, and looked into.
// Each kind once in `npm test`, five times by `npm run test:faults`; a run counts only if work was in flight.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '@tandem/test-kit';
import { v7 as uuidv7 } from 'uuid';
import { sample } from '../sample/region.js';
import { logIn, verdict } from './invariants.test-support.js';
import { clean, perform, publishPositions, quiet, startLoad, table, WARM, warm, type Load, type Result } from './load.test-support.js';
import { build, newHome, removeHome, startProcess, superuser, type TandemProcess } from './test-support.js';

const rounds = Number(process.env['TANDEM_TEST_FAULT_ROUNDS'] ?? 1);
const results: Result[] = [];

let home: string;
let positions: string[];

beforeAll(async () => {
  build();
  home = newHome();
  const tandem = await startProcess(home);
  positions = await publishPositions(tandem);
  await stopped(tandem);
}, 120_000);

afterAll(() => {
  removeHome(home);
  process.stderr.write(table(results));
});

/** Load, fault, restart, repeat what is unknown under its own key, wait for quiet, judge. */
async function run(fault: string, round: number, env: Record<string, string>, strike: (tandem: TandemProcess, load: Load) => Promise<void>): Promise<void> {
  const first = await startProcess(home, env);
  const load = startLoad(await first.as('college_office', sample.collegeOne.code), positions);
  await strike(first, load);
  await load.stop();
  await first.exited;
  await judge(fault, round, load, await startProcess(home));
}

async function judge(fault: string, round: number, load: Load, tandem: TandemProcess): Promise<void> {
  const college = await tandem.as('college_office', sample.collegeOne.code);
  const unknown = load.operations.filter(({ outcome }) => outcome === 'unknown');
  for (const operation of unknown) await until(() => perform(college, operation), { what: 'an unknown operation to be answered', deadlineMs: 20_000 });
  await quiet(tandem);
  const eyes = { demand: superuser(home, 'tandem_demand'), placement: superuser(home, 'tandem_placement'), log: superuser(home, 'tandem_log') };
  const found = await verdict({ ...eyes, log: logIn(eyes.log) }, load.operations);
  await Promise.all(Object.values(eyes).map((pool) => pool.end()));
  results.push({ fault, round, operations: load.operations.length, unknown: unknown.length, ...found });
  await stopped(tandem);
  expect(found).toEqual(clean);
  expect(unknown.length).toBeGreaterThan(0);
}

/** A crash at a named place: the process kills itself there, so the kill lands on work in flight. */
const crashAt = (place: string, nth: number) => (fault: string, round: number) => run(fault, round, { TANDEM_FAILPOINT: `${place}:kill:${nth + round * 7}` }, async (tandem) => void (await tandem.exited));

const faults: [string, (fault: string, round: number) => Promise<void>][] = [
  ['1 killed between commit and reply', crashAt('command.after_commit', 60)],
  ['2 killed in mid-transaction', crashAt('command.before_write', 60)],
  ['3 relay killed after the send', crashAt('relay.after_send', 30)],
  ['5 consumer killed after its commit', crashAt('consumer.after_commit', 30)],
  ['6 consumer killed before its commit', crashAt('consumer.before_commit', 30)],
  ['13 poison under load', poisoned],
  ['14 database sessions terminated', terminated],
  ['15 PostgreSQL killed -9', databaseKilled],
  ['28 the process killed -9, and started again at once', processKilled],
];

describe.each(faults)('%s', (fault, strike) => {
  it.each(Array.from({ length: rounds }, (_, round) => round))('loses and doubles nothing (round %#)', (round) => strike(fault, round), 120_000);
});

/** Undecodable bytes and a foreign owner in the middle of the flow: parked with their causes, everything else flows. */
async function poisoned(fault: string, round: number): Promise<void> {
  const tandem = await startProcess(home);
  const load = startLoad(await tandem.as('college_office', sample.collegeOne.code), positions);
  await warm(load);
  const eye = superuser(home, 'tandem_log');
  const { rows } = await eye.query<{ headers: Record<string, string>; payload: Buffer }>(`select headers, payload from entries where topic = 'tandem.placement.placement' limit 1`);
  const [model] = rows;
  if (!model) throw new Error('no placement event to copy');
  await append(eye, { ...model, payload: Buffer.from([0xff, 0xff]) });
  await append(eye, { ...model, headers: { ...model.headers, ce_org: crypto.randomUUID() } });
  await eye.end();
  const before = load.operations.length;
  const operator = await tandem.as('operator', 'OPERATOR');
  const parkedNow = () => operator.query<{ service: string; cause: string; attempts: number }[]>('query { parkedEvents { service cause attempts } }');
  // By every service that listens to placements; in demand, which is under load, both.
  await until(async () => (await parkedNow()).filter(({ service }) => service === 'demand').length === 2, { what: 'both to be parked' });
  await until(() => load.operations.length > before + WARM, { what: 'the others to flow' });
  expect((await parkedNow()).every(({ attempts }) => attempts <= 5)).toBe(true);
  const discard = 'mutation ($input: ReplayInput!) { replay(input: $input) { events userErrors { code details } } }';
  for (const service of new Set((await parkedNow()).map(({ service: name }) => name))) await operator.mutate(discard, { service, discard: true }, null);
  tandem.kill('SIGKILL');
  await load.stop();
  await tandem.exited;
  const eyes = await startProcess(home);
  const log = superuser(home, 'tandem_log');
  await log.query(`delete from entries where event_id = any($1::uuid[])`, [planted.splice(0)]);
  await log.end();
  await judge(fault, round, load, eyes);
}

const planted: string[] = [];

/** As a defective service would: an event of an aggregate of its own, straight into the log. */
async function append(eye: ReturnType<typeof superuser>, { headers, payload }: { headers: Record<string, string>; payload: Buffer }): Promise<void> {
  const id = uuidv7();
  planted.push(id);
  await eye.query(
    `with p as (update partitions set next = next + 1 where topic = $1 and partition = 0 returning next - 1 position)
     insert into entries (topic, partition, position, event_id, key, headers, payload) select $1, 0, position, $2, $3, $4, $5 from p`,
    ['tandem.placement.placement', id, uuidv7(), JSON.stringify({ ...headers, ce_id: id, ce_sequence: '1' }), payload],
  );
}

async function terminated(fault: string, round: number): Promise<void> {
  const tandem = await startProcess(home);
  const load = startLoad(await tandem.as('college_office', sample.collegeOne.code), positions);
  await warm(load);
  const eye = superuser(home, 'postgres');
  for (let strike = 0; strike < 5; strike += 1) {
    const before = load.operations.length;
    await eye.query(`select pg_terminate_backend(pid) from pg_stat_activity where usename in ('placement_app', 'demand_app', 'placement_relay', 'demand_relay', 'log_app') and pid <> pg_backend_pid()`);
    await until(() => load.operations.length > before || load.operations.some(({ outcome }) => outcome === 'unknown'), { what: 'the load to meet the cut' });
  }
  await eye.end();
  await load.stop();
  // The same process heals: no restart.
  await judge(fault, round, load, tandem);
}

function databaseKilled(fault: string, round: number): Promise<void> {
  return run(fault, round, {}, async (tandem, load) => {
    await warm(load);
    const eye = superuser(home, 'postgres');
    const { rows } = await eye.query<{ pid: number }>(`select pid from pg_stat_activity where backend_type = 'checkpointer'`);
    await eye.end();
    process.kill(await parentOf(rows[0]?.pid ?? 0), 'SIGKILL');
    // A Tandem without its database does not linger as a zombie.
    await until(() => tandem.exited, { what: 'Tandem to exit without its database' });
  });
}

function processKilled(fault: string, round: number): Promise<void> {
  return run(fault, round, {}, async (tandem, load) => {
    await warm(load);
    tandem.kill('SIGKILL');
  });
}

async function parentOf(pid: number): Promise<number> {
  const { readFile } = await import('node:fs/promises');
  return Number(/^PPid:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

async function stopped(tandem: TandemProcess): Promise<void> {
  tandem.kill('SIGTERM');
  expect(await tandem.exited).toEqual({ code: 0, signal: null });
}
