// What only several brokers, a raw producer or a topic made anew can show of the adapter.
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { ConfigResourceTypes, Kafka, logLevel, type Admin, type Producer } from 'kafkajs';
import { startBrokers, type Brokers } from '../conformance/broker.js';
import { byKey, eventually, Reader, upTo } from '../conformance/reader.js';
import { aTopic, numbered, Stage } from '../conformance/stage.js';
import type { EventLog } from '../port.js';
import { open } from './test-support.js';

let brokers: Brokers;
let stage: Stage;
let admin: Admin;
let producer: Producer;

beforeAll(async () => {
  brokers = await startBrokers(3);
  const kafka = new Kafka({ brokers: brokers.addresses.split(','), clientId: 'raw', logLevel: logLevel.NOTHING });
  admin = kafka.admin();
  producer = kafka.producer({ createPartitioner: () => ({ message }) => message.partition ?? 0 });
  await Promise.all([admin.connect(), producer.connect()]);
}, 180_000);
beforeEach(() => {
  stage = new Stage({ open: () => open(brokers.addresses), child: { module: new URL(import.meta.url), argument: '' }, dispose: () => Promise.resolve() });
});
afterEach(() => stage.clear(), 60_000);
afterAll(async () => {
  await Promise.allSettled([admin?.disconnect(), producer?.disconnect()]);
  await brokers?.stop();
}, 60_000);

it('loses nothing that it acknowledged when one of three brokers is killed while batches are in flight', async () => {
  const { log, topic } = await stage.logWithTopic();
  const keys = Array.from({ length: 24 }, (_, n) => `k${n}`);
  const acked: number[] = [];
  let inFlight = 0;
  let isOver = false;
  const publishing = (async () => {
    for (let n = 1; !isOver; n += 1) {
      inFlight += 1;
      // As the relay does: what was rejected is sent again.
      for (;;) if (await log.publish(numbered(topic, keys, 1, n)).then(() => true, () => false)) break;
      inFlight -= 1;
      acked.push(n);
    }
  })();
  await eventually(() => acked.length >= 30);
  await eventually(() => inFlight > 0);
  const struck = inFlight;
  await brokers.kill(2);
  const atKill = acked.length;
  await eventually(() => acked.length > atKill + 30, 60_000);
  await brokers.start(2);
  const atReturn = acked.length;
  await eventually(() => acked.length > atReturn + 30, 60_000);
  isOver = true;
  await publishing;
  const reader = stage.reads(await stage.log(), topic);
  const expected = new Set(keys.flatMap((key) => acked.map((n) => `${key} ${n}`)));
  await reader.until(() => new Set(reader.events.map(({ key, payload }) => `${key} ${payload.toString()}`)).size >= expected.size);
  // Perhaps more than once, but each and in order of its first coming.
  for (const [, numbers] of byKey(reader.events)) expect([...new Set(numbers)]).toEqual(upTo(acked.length));
  expect(struck).toBeGreaterThan(0);
}, 180_000);

it('delivers what is no event of ours without headers, so that it can be parked, and goes on behind it', async () => {
  const { log, topic } = await stage.logWithTopic();
  const reader = stage.reads(log, topic);
  await producer.send({ topic, messages: [{ key: 'a', value: null, partition: 0 }, { key: 'b', value: Buffer.from([255]), headers: { ce_id: 'no uuid', ce_type: 'x' }, partition: 0 }] });
  await log.publish(numbered(topic, ['c'], 3));
  await reader.has(5);
  const [tombstone, nameless] = reader.events.filter(({ key }) => key !== 'c');
  expect([tombstone?.headers, nameless?.headers, tombstone?.payload.byteLength]).toEqual([{}, {}, 0]);
  const again = stage.reads(log, topic);
  await again.has(5);
  expect(new Set(again.ids)).toEqual(new Set(reader.ids));
});

it('reads a topic that was made anew under the same name from its beginning, though its positions were further on', async () => {
  const { log, topic } = await stage.logWithTopic();
  // As a service keeps them: positions of another making of the topic are none.
  const stored = { incarnation: '', positions: new Map<number, bigint>() };
  const seen: string[] = [];
  stage.reads(log, topic, {
    positions: (incarnation) => Promise.resolve(incarnation === stored.incarnation ? new Map(stored.positions) : new Map()),
    handle: ({ incarnation, events, advance }) => {
      if (incarnation !== stored.incarnation) stored.positions.clear();
      stored.incarnation = incarnation;
      for (const [partition, position] of advance) stored.positions.set(partition, position);
      seen.push(...events.map(({ key, payload }) => `${key}${payload.toString()}`));
      return Promise.resolve();
    },
  });
  await log.publish(numbered(topic, ['a', 'b', 'c'], 20));
  await eventually(() => seen.length === 60);
  const incarnation = async (of: EventLog): Promise<string | undefined> => (await of.look([topic])).get(topic)?.incarnation;
  const before = await incarnation(log);
  await admin.deleteTopics({ topics: [topic] });
  const writer = await stage.log();
  // Deletion takes the brokers a moment, during which the old topic answers.
  while ((await writer.ensureTopics([topic], 4).then(() => incarnation(writer)).catch(() => before)) === before);
  await writer.publish(numbered(topic, ['a', 'b', 'c'], 30, 101));
  await eventually(() => new Set(seen).size === 60 + 90, 60_000);
}, 120_000);

it('shares partitions among the members of a group and keeps the order of each key while members come and go', async () => {
  const { log, topic } = await stage.logWithTopic();
  const group = `conformance.${aTopic()}`;
  const keys = Array.from({ length: 12 }, (_, n) => `k${n}`);
  // As a service keeps them: positions and effects of all members in one place, an effect only once.
  const shared = { positions: new Map<number, bigint>(), applied: new Map<string, number[]>(), deliveries: 0 };
  const member = async (): Promise<{ stop(): Promise<void>; readonly handled: () => number }> => {
    let handled = 0;
    const reader = new Reader();
    const consumer = stage.reads(await stage.log(), topic, {
      group,
      maxBatch: 20,
      positions: () => Promise.resolve(new Map(shared.positions)),
      handle: (batch) => {
        for (const { key, payload } of batch.events) {
          const n = Number(payload.toString());
          const done = shared.applied.get(key) ?? [];
          shared.deliveries += 1;
          if (n === done.length + 1) shared.applied.set(key, [...done, n]);
          else if (n > done.length + 1) return Promise.reject(new Error(`gap at ${key}: ${n} after ${done.length}`));
        }
        for (const [partition, position] of batch.advance) if ((shared.positions.get(partition) ?? 0n) < position) shared.positions.set(partition, position);
        handled += batch.events.length;
        return Promise.resolve();
      },
    }, reader);
    return { stop: () => consumer.consumer.stop(), handled: () => handled };
  };
  let published = 0;
  let isOver = false;
  const publishing = (async () => {
    for (; !isOver; published += 5) {
      await log.publish(numbered(topic, keys, 5, published + 1));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  const first = await member();
  const others: number[] = [];
  for (let n = 0; n < 5; n += 1) {
    const other = await member();
    const before = first.handled();
    await eventually(() => other.handled() > 0 && first.handled() > before, 30_000);
    await other.stop();
    others.push(other.handled());
  }
  isOver = true;
  await publishing;
  await eventually(() => keys.every((key) => shared.applied.get(key)?.length === published), 30_000);
  expect(others.every((handled) => handled > 0)).toBe(true);
}, 180_000);

it('holds two copies of what it acknowledges where there are three, and refuses a topic that forgets', async () => {
  const { log, topic } = await stage.logWithTopic();
  const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configNames: ['min.insync.replicas', 'cleanup.policy', 'min.compaction.lag.ms'] }] });
  const settings = Object.fromEntries((resources[0]?.configEntries ?? []).map(({ configName, configValue }) => [configName, configValue]));
  expect(settings).toEqual({ 'min.insync.replicas': '2', 'cleanup.policy': 'compact', 'min.compaction.lag.ms': '2592000000' });
  const forgetful = aTopic();
  await admin.createTopics({ topics: [{ topic: forgetful, numPartitions: 4, configEntries: [{ name: 'cleanup.policy', value: 'delete' }] }] });
  await expect(log.ensureTopics([forgetful], 4)).rejects.toMatchObject({ code: 'log.topic_settings', details: { topic: forgetful, 'cleanup.policy': 'delete' } });
}, 60_000);
