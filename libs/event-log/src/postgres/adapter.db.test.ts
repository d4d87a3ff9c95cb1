import { EventEmitter } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import pg from 'pg';
import { byKey, gaps, Reader, upTo } from '../conformance/reader.js';
import { anEvent, numbered, publishInBatches, Stage } from '../conformance/stage.js';
import { partitionOf } from '../port.js';
import { APPEND, appendValues } from './append.js';
import { postgresLog } from './postgres-log.js';
import { installedLog, type LogDatabase } from './test-support.js';

let database: LogDatabase;
let stage: Stage;

beforeAll(async () => {
  database = await installedLog();
});
beforeEach(() => {
  stage = new Stage({
    open: () => Promise.resolve(postgresLog({ url: database.appUrl })),
    child: { module: new URL(import.meta.url), argument: '' },
    dispose: () => Promise.resolve(),
  });
});
afterEach(() => stage.clear());
afterAll(() => database.drop());

it('lets nothing overtake an append that is not committed yet, and delays only its partition', async () => {
  const { log, topic } = await stage.logWithTopic();
  const reader = stage.reads(log, topic);
  const other = ['b', 'c', 'd', 'e', 'f'].find((key) => partitionOf(key, 4) !== partitionOf('a', 4))!;
  const late = new pg.Client({ connectionString: database.appUrl });
  await late.connect();
  await late.query('begin');
  await late.query(APPEND, appendValues(numbered(topic, ['a'], 10), new Map([[topic, 4]])));
  const behind = log.publish(numbered(topic, ['a'], 10, 11));
  await log.publish(numbered(topic, [other], 10));
  await reader.has(10);
  expect([...byKey(reader.events).keys()]).toEqual([other]);
  await late.query('commit');
  await late.end();
  await behind;
  await reader.has(30);
  expect(byKey(reader.events).get('a')).toEqual(upTo(20));
  expect(gaps(reader.events)).toBe(0);
});

it('leaves no gap for an append that is rolled back', async () => {
  const { log, topic } = await stage.logWithTopic();
  const given = new pg.Client({ connectionString: database.appUrl });
  await given.connect();
  await given.query('begin');
  await given.query(APPEND, appendValues(numbered(topic, ['a'], 10), new Map([[topic, 4]])));
  await given.query('rollback');
  await given.end();
  await log.publish(numbered(topic, ['a'], 3));
  const reader = stage.reads(log, topic);
  await reader.has(3);
  expect(reader.events.map(({ position }) => position)).toEqual([1n, 2n, 3n]);
});

it('writes nothing of a batch that names a partition nobody made', async () => {
  const { log, topic } = await stage.logWithTopic();
  const values = appendValues(numbered(topic, upTo(50).map(String), 1), new Map([[topic, 5]]));
  await expect(database.query(APPEND, values)).rejects.toMatchObject({ code: '23502' });
  expect([...(await log.end(topic)).values()]).toEqual([0n, 0n, 0n, 0n]);
});

it('hands a hint from one instance to another in the process, so that neither waits for a look', async () => {
  const hint = new EventEmitter() as NonNullable<Parameters<typeof postgresLog>[0]['hint']>;
  const [writes, reads] = [0, 1].map(() => postgresLog({ url: database.appUrl, hint, pollMs: 60_000 })) as [ReturnType<typeof postgresLog>, ReturnType<typeof postgresLog>];
  const { topic } = await stage.logWithTopic();
  const reader = stage.reads(reads, topic, { from: 'end' });
  await reader.until(() => reader.positions.size === 4);
  await writes.publish(numbered(topic, ['a', 'b'], 5));
  await reader.has(10);
  await Promise.all([writes.close(), reads.close()]);
  expect(hint.listenerCount('moved')).toBe(0);
});

it('looks when woken, not only when it is time', async () => {
  const { log, topic } = await stage.logWithTopic();
  const rare = postgresLog({ url: database.appUrl, pollMs: 60_000 });
  const reader = stage.reads(rare, topic, { from: 'end' });
  await reader.until(() => reader.positions.size === 4);
  await log.publish(numbered(topic, ['a'], 5));
  reader.consumer.wake();
  await reader.has(5);
  await rare.close();
});

it('brings no more than some megabytes at a time, however many events were asked for', async () => {
  const { log, topic } = await stage.logWithTopic();
  const payload = Buffer.alloc(900_000, 'x');
  await publishInBatches(log, Array.from({ length: 30 }, () => anEvent(topic, 'a', { payload })), 10);
  const reader = stage.reads(log, topic, { maxBatch: 1_000 });
  await reader.has(30);
  expect(Math.max(...reader.batches.map(({ events }) => events.length))).toBeLessThanOrEqual(10);
});

it('reads a partition from its beginning, and says so, when the log is behind the stored position', async () => {
  const { log, topic } = await stage.logWithTopic();
  await log.publish(numbered(topic, ['a'], 3));
  const reader = new Reader();
  reader.positions.set(partitionOf('a', 4), 1_000n);
  stage.reads(log, topic, {}, reader);
  await reader.has(3);
  expect(String(reader.errors[0])).toContain('positions ahead');
});

it('reads on behind entries that were removed by hand', async () => {
  const { log, topic } = await stage.logWithTopic();
  await log.publish(numbered(topic, ['a'], 3));
  await database.query('delete from entries where topic = $1', [topic]);
  let asked = 0;
  await database.query('select pg_stat_reset()');
  const reader = stage.reads(log, topic, { positions: () => (asked++, Promise.resolve(new Map())) });
  await log.publish(numbered(topic, ['a'], 1, 4));
  await reader.has(1);
  expect(byKey(reader.events)).toEqual(new Map([['a', [4]]]));
  expect(asked).toBe(1);
});
