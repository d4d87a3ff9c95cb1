// The fault matrix of the distributed profile: six real processes on a real broker and a real PostgreSQL, one of them struck under load.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventOf, until } from '@tandem/test-kit';
import { v7 as uuidv7 } from 'uuid';
import { warm } from '../faults/load.test-support.js';
import { stopPart } from './region.test-support.js';
import { judge, nth, rounds, Stage } from './stage.test-support.js';

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open(1);
}, 240_000);
afterAll(() => stage?.close(), 120_000);

type Strike = (fault: string, round: number) => Promise<void>;

/** The part kills itself at a named place, so the kill lands on work in hand, and is started again. */
const crashAt = (part: string, place: string, of: number): Strike => async (fault, round) => {
  const { region } = stage;
  await stopPart(region.parts.get(part)!);
  const struck = await region.start(part, { TANDEM_FAILPOINT: `${place}:kill:${nth(round, of)}` });
  const running = await stage.load();
  await until(() => struck.exited, { what: `${part} to die at ${place}`, deadlineMs: 60_000 });
  await region.start(part);
  await running.stop();
  await judge(stage, { fault, round, load: running, inFlight: 1 });
};

const brokerKilled: Strike = async (fault, round) => {
  const running = await stage.load();
  await warm(running);
  await stage.brokers.kill(1);
  await stage.goesOn(running, 'mutations to go on without a broker', 200);
  const unsent = await stage.unsent();
  await stage.brokers.start(1);
  await running.stop();
  await judge(stage, { fault, round, load: running, inFlight: unsent });
};

const brokerAway = (seconds: number, way: 'frozen' | 'killed'): Strike => async (fault, round) => {
  const running = await stage.load(100);
  await warm(running);
  if (way === 'frozen') stage.brokers.freeze(1);
  else await stage.brokers.kill(1);
  const unsent = await stage.outage(running, seconds, () => (way === 'frozen' ? stage.brokers.thaw(1) : stage.brokers.start(1)));
  await judge(stage, { fault, round, load: running, inFlight: unsent });
};

const comeAndGo: Strike = async (fault, round) => {
  const running = await stage.load();
  await warm(running);
  for (let n = 0; n < 4; n += 1) {
    const other = await stage.region.start('demand', {}, `demand-${n}`);
    await stage.goesOn(running, 'the load to meet both');
    if (n % 2 === 0) await stopPart(other);
    else other.child.kill('SIGKILL');
    stage.region.parts.delete(other.name);
  }
  await running.stop();
  await judge(stage, { fault, round, load: running, inFlight: 4 });
};

/**
 * Bytes that decode to nothing, an envelope that names another owner than its payload, one without anything, and another organisation's position
 * closed by a stranger: parked with their causes, everything else flows.
 */
const poisoned: Strike = async (fault, round) => {
  const { region, eye, positions } = stage;
  const running = await stage.load();
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
  await stage.goesOn(running, 'the others to flow');
  expect(await causes('demand')).toEqual(['decode', 'decode', 'decode']);
  expect((await causes('placement')).filter((cause) => cause === 'owner')).toHaveLength(1);
  const discard = 'mutation ($input: ReplayInput!) { replay(input: $input) { events userErrors { code details } } }';
  for (const service of new Set((await parkedNow()).map(({ service: name }) => name))) await operator.mutate(discard, { service, discard: true }, null);
  await running.stop();
  await judge(stage, { fault, round, load: running, inFlight: 4 });
};

const postgresKilled: Strike = async (fault, round) => {
  const running = await stage.load();
  await warm(running);
  await stage.region.killPostgres();
  await stage.region.startPostgres();
  await running.stop();
  await judge(stage, { fault, round, load: running, inFlight: 0 });
};

/** An orderly stop under load fails no call, and leaves nothing to be delivered again but at most one event of a partition. */
const stoppedInOrder = (part: string): Strike => async (fault, round) => {
  const running = await stage.load();
  await warm(running);
  const before = await stage.redelivered();
  const struck = stage.region.parts.get(part)!;
  struck.child.kill('SIGTERM');
  expect(await struck.exited).toEqual({ code: 0, signal: null });
  await stage.region.start(part);
  await stage.goesOn(running, 'the load to go on');
  await running.stop();
  expect(running.operations.filter(({ outcome }) => outcome === 'unknown')).toEqual([]);
  // A part that was started anew counts from nothing.
  const again = [...(await stage.redelivered())].map(([of, n]) => (of.includes(`service="${part}"`) ? n : n - (before.get(of) ?? 0)));
  expect(Math.max(0, ...again)).toBeLessThanOrEqual(1);
  await judge(stage, { fault, round, load: running, inFlight: 8, redelivered: again.reduce((sum, n) => sum + n, 0) });
};

const faults: [string, Strike][] = [
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
  ...['identity', 'demand', 'programs', 'placement', 'outcomes'].map((part): [string, Strike] => [`SIGTERM of ${part}`, stoppedInOrder(part)]),
];

describe.each(faults)('%s', (fault, strike) => {
  it.each(Array.from({ length: rounds }, (_, round) => round))('loses and doubles nothing (round %#)', (round) => strike(fault, round), 240_000);
});
