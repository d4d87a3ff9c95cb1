// The fault matrix of the distributed profile: six real processes on a real broker and a real PostgreSQL, one of them struck under load.
// A run counts only if it hit work in flight: operations without an answer, or events in hand or unsent.
import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startBrokers, type Brokers } from '@tandem/event-log/brokers';
import { eventOf, until } from '@tandem/test-kit';
import { v7 as uuidv7 } from 'uuid';
import { verdict } from '../faults/invariants.test-support.js';
import { clean, perform, publishPositions, quiet, startLoad, table, WARM, warm, type Load, type Result } from '../faults/load.test-support.js';
import { build } from '../faults/test-support.js';
import { ensureSampleRegion, sample } from '../sample/region.js';
import { kafkaEye, type KafkaEye } from './kafka-eye.test-support.js';
import { runningRegion, stopPart, type Region } from './region.test-support.js';

const rounds = Number(process.env['TANDEM_TEST_FAULT_ROUNDS'] ?? 1);
const seed = Number(process.env['TANDEM_TEST_SEED'] ?? randomInt(1, 1_000_000));
const results: Result[] = [];

let brokers: Brokers;
let region: Region;
let eye: KafkaEye;
let positions: string[];

beforeAll(async () => {
  build();
  brokers = await startBrokers(1);
  region = await runningRegion({ brokers: brokers.addresses, ownPostgres: true });
  eye = kafkaEye(region);
  await ensureSampleRegion(await region.as('operator', 'OPERATOR'));
  positions = await publishPositions(region);
}, 240_000);

afterAll(async () => {
  process.stderr.write(`seed ${seed}${table(results)}`);
  await eye?.close();
  await region?.stop();
  await brokers?.stop();
}, 120_000);

/** The n-th passage at which a failpoint strikes. */
const nth = (round: number, of: number): number => 5 + ((seed + round * 7) % of);

const load = async (): Promise<Load> => startLoad(await region.as('college_office', sample.collegeOne.code), positions);

/** Healed: what is unknown is asked again under its own key, everything is quiet within 30 s, and nothing is lost or doubled. */
async function judge(fault: string, round: number, done: Load, inFlight: number): Promise<void> {
  const college = await region.as('college_office', sample.collegeOne.code);
  const unknown = done.operations.filter(({ outcome }) => outcome === 'unknown');
  for (const operation of unknown) await until(() => perform(college, operation), { what: 'an unknown operation to be answered', deadlineMs: 30_000 });
  await quiet(region);
  const eyes = { demand: region.superuser('demand'), placement: region.superuser('placement'), log: eye.looked };
  const found = await verdict(eyes, done.operations);
  results.push({ fault, round, operations: done.operations.length, unknown: unknown.length + inFlight, ...found });
  expect(found).toEqual(clean);
  expect(unknown.length + inFlight).toBeGreaterThan(0);
}

/** The part kills itself at a named place, so the kill lands on work in hand, and is started again. */
const crashAt = (part: string, place: string, of: number) => async (fault: string, round: number): Promise<void> => {
  await stopPart(region.parts.get(part)!);
  const struck = await region.start(part, { TANDEM_FAILPOINT: `${place}:kill:${nth(round, of)}` });
  const running = await load();
  await until(() => struck.exited, { what: `${part} to die at ${place}`, deadlineMs: 60_000 });
  await region.start(part);
  await running.stop();
  await judge(fault, round, running, 1);
};

async function brokerKilled(fault: string, round: number): Promise<void> {
  const running = await load();
  await warm(running);
  await brokers.kill(1);
  const unsent = await mutationsGoOn(running);
  await brokers.start(1);
  await running.stop();
  await judge(fault, round, running, unsent);
}

const brokerAway = (seconds: number, way: 'frozen' | 'killed') => async (fault: string, round: number): Promise<void> => {
  const running = await load();
  await warm(running);
  if (way === 'frozen') brokers.freeze(1);
  else await brokers.kill(1);
  const back = performance.now() + seconds * 1_000;
  const unsent = await mutationsGoOn(running);
  await running.stop();
  await until(() => performance.now() > back, { what: 'the broker’s time to be over', deadlineMs: seconds * 1_000 + 5_000 });
  if (way === 'frozen') brokers.thaw(1);
  else await brokers.start(1);
  await judge(fault, round, running, unsent);
};

/** Without a broker commands are answered and their events wait; returns how many wait. */
async function mutationsGoOn(running: Load): Promise<number> {
  const before = running.operations.length;
  await until(() => running.operations.length > before + 5 * WARM, { what: 'mutations to go on without a broker', deadlineMs: 20_000 });
  const { rows } = await region.superuser('placement').query<{ n: number }>('select count(*)::int n from outbox');
  return rows[0]?.n ?? 0;
}

async function comeAndGo(fault: string, round: number): Promise<void> {
  const running = await load();
  await warm(running);
  for (let n = 0; n < 4; n += 1) {
    const other = await region.start('demand', {}, `demand-${n}`);
    const before = running.operations.length;
    await until(() => running.operations.length > before + WARM, { what: 'the load to meet both', deadlineMs: 20_000 });
    if (n % 2 === 0) await stopPart(other);
    else other.child.kill('SIGKILL');
    region.parts.delete(other.name);
  }
  await running.stop();
  await judge(fault, round, running, 4);
}

/**
 * Bytes that decode to nothing, an envelope that names another owner than its payload, one without anything, and another organisation's position
 * closed by a stranger: parked with their causes, everything else flows.
 */
async function poisoned(fault: string, round: number): Promise<void> {
  const running = await load();
  await warm(running);
  const topic = 'tandem.placement.placement';
  const [model] = await eye.all([topic]);
  if (!model) throw new Error('no placement event to copy');
  const strange = (headers: Record<string, string>, payload: Uint8Array) => {
    const [id, key] = [uuidv7(), uuidv7()];
    return { id, topic, key, headers: { ...headers, ...(headers['ce_id'] && { ce_id: id, ce_subject: key, ce_sequence: '1' }) }, payload };
  };
  await eye.plant(strange(model.headers, Buffer.from([0xff, 0xff])));
  await eye.plant(strange({ ...model.headers, ce_org: crypto.randomUUID() }, model.payload));
  await eye.plant(strange({}, new Uint8Array()));
  const [victim = ''] = positions.map((id) => Buffer.from(id, 'base64url').toString('utf8').split(':')[1] ?? '');
  await eye.plant(eventOf('demand.position.closed', { id: victim, org: uuidv7(), state: 'closed', public: undefined }, { sequence: 100_000 }));
  const operator = await region.as('operator', 'OPERATOR');
  const parkedNow = () => operator.query<{ service: string; cause: string; attempts: number }[]>('query { parkedEvents { service cause attempts } }');
  const causes = async (of: string): Promise<string[]> => (await parkedNow()).filter(({ service }) => service === of).map(({ cause }) => cause);
  await until(async () => (await causes('demand')).length === 3 && (await causes('placement')).includes('owner'), { what: 'all four to be parked', deadlineMs: 20_000 });
  const before = running.operations.length;
  await until(() => running.operations.length > before + WARM, { what: 'the others to flow' });
  expect(await causes('demand')).toEqual(['decode', 'decode', 'decode']);
  expect((await causes('placement')).filter((cause) => cause === 'owner')).toHaveLength(1);
  const discard = 'mutation ($input: ReplayInput!) { replay(input: $input) { events userErrors { code details } } }';
  for (const service of new Set((await parkedNow()).map(({ service: name }) => name))) await operator.mutate(discard, { service, discard: true }, null);
  await running.stop();
  await judge(fault, round, running, 4);
}

async function postgresKilled(fault: string, round: number): Promise<void> {
  const running = await load();
  await warm(running);
  await region.killPostgres();
  await region.startPostgres();
  await running.stop();
  await judge(fault, round, running, 0);
}

/** An orderly stop under load fails no call: those under way are answered, the next ones wait for the service to come back. */
const stoppedInOrder = (part: string) => async (fault: string, round: number): Promise<void> => {
  const running = await load();
  await warm(running);
  const struck = region.parts.get(part)!;
  struck.child.kill('SIGTERM');
  expect(await struck.exited).toEqual({ code: 0, signal: null });
  await region.start(part);
  const before = running.operations.length;
  await until(() => running.operations.length > before + WARM, { what: 'the load to go on', deadlineMs: 20_000 });
  await running.stop();
  expect(running.operations.filter(({ outcome }) => outcome === 'unknown')).toEqual([]);
  await judge(fault, round, running, 8);
};

const faults: [string, (fault: string, round: number) => Promise<void>][] = [
  ['the only broker killed -9', brokerKilled],
  ['the broker frozen for 10 s', brokerAway(10, 'frozen')],
  ['the broker gone for 60 s', brokerAway(60, 'killed')],
  ['placement’s relay killed after the send', crashAt('placement', 'relay.after_send', 20)],
  ['demand killed between effect and offset', crashAt('demand', 'consumer.after_commit', 30)],
  ['placement killed between effect and offset', crashAt('placement', 'consumer.after_commit', 30)],
  ['outcomes killed between effect and offset', crashAt('outcomes', 'consumer.after_commit', 30)],
  ['demand killed before its effect', crashAt('demand', 'consumer.before_commit', 30)],
  ['instances of demand join and leave', comeAndGo],
  ['poison, a foreign owner, an empty message', poisoned],
  ['PostgreSQL killed -9', postgresKilled],
  ...['identity', 'demand', 'programs', 'placement', 'outcomes'].map((part): [string, (fault: string, round: number) => Promise<void>] => [`SIGTERM of ${part}`, stoppedInOrder(part)]),
];

describe.each(faults)('%s', (fault, strike) => {
  it.each(Array.from({ length: rounds }, (_, round) => round))('loses and doubles nothing (round %#)', (round) => strike(fault, round), 240_000);
});
