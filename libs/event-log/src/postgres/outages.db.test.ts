import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { byKey, eventually, gaps, Reader, upTo } from '../conformance/reader.js';
import { aTopic, numbered, Stage } from '../conformance/stage.js';
import type { EventLog } from '../port.js';
import { postgresLog } from './postgres-log.js';
import { installedLog, type LogDatabase } from './test-support.js';
import { wayTo, type Way } from './way.js';

let database: LogDatabase;
let way: Way;
let stage: Stage;

beforeAll(async () => {
  database = await installedLog();
  way = await wayTo(database.server.host, database.server.port);
});
beforeEach(() => {
  const open = () => Promise.resolve(postgresLog({ url: database.appUrl.replace(/:\d+\//, `:${way.port}/`) }));
  stage = new Stage({ open, child: { module: new URL(import.meta.url), argument: '' }, dispose: () => Promise.resolve() });
});
afterEach(() => stage.clear());
afterAll(async () => {
  await way.cut();
  await database.drop();
});

/** As a relay does: the same batch until it is taken. */
async function publishUntilTaken(log: EventLog, topic: string, batches: number): Promise<number> {
  let refused = 0;
  for (let n = 0; n < batches; n++) {
    const batch = numbered(topic, ['a', 'b', 'c'], 5, n * 5 + 1);
    for (let isIn = false; !isIn; ) {
      isIn = await log.publish(batch).then(() => true, () => false);
      if (isIn) continue;
      refused += 1;
      // A log that is closed refuses for ever, and at once.
      if (refused > 5_000) throw new Error('nothing is taken any more');
    }
  }
  return refused;
}

it('loses and doubles nothing while the server ends its sessions again and again', async () => {
  const { log, topic } = await stage.logWithTopic();
  const reader = new Reader();
  let ended = 0;
  reader.before = async () => {
    if (reader.batches.length % 10 !== 9) return;
    const { rows } = await database.query('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [database.appRole]);
    ended += rows.length;
  };
  stage.reads(log, topic, { maxBatch: 20 }, reader);
  const refused = await publishUntilTaken(log, topic, 200);
  await reader.has(3_000);
  expect(ended).toBeGreaterThan(20);
  expect(refused).toBeGreaterThan(5);
  expect(byKey(reader.events)).toEqual(new Map(['a', 'b', 'c'].map((key) => [key, upTo(1_000)])));
  expect(gaps(reader.events)).toBe(0);
});

it('says once that the server is gone, is not caught up meanwhile, and goes on when it is back', async () => {
  const { log, topic } = await stage.logWithTopic();
  const reader = stage.reads(log, topic);
  await log.publish(numbered(topic, ['a'], 1));
  await reader.has(1);
  await way.cut();
  await expect(log.publish(numbered(topic, ['a'], 1, 2))).rejects.toThrow();
  await expect(log.publish(numbered(topic, ['a'], 1, 2))).rejects.toThrow('ECONNREFUSED');
  await reader.until(() => reader.errors.length > 0);
  const since = reader.consumer.caughtUpAt!;
  for (let n = 0; n < 20; n++) reader.consumer.wake();
  expect(reader.consumer.caughtUpAt).toBe(since);
  expect(reader.errors).toHaveLength(1);
  await way.mend();
  await eventually(() => reader.consumer.caughtUpAt! > since);
  await log.publish(numbered(topic, ['a'], 1, 2));
  await reader.has(2);
});

it('begins when the server is there, and can be stopped while it is not', async () => {
  const { log, topic } = await stage.logWithTopic();
  await log.publish(numbered(topic, ['a'], 1));
  await way.cut();
  const [waits, givesUp] = [new Reader(), new Reader()];
  stage.reads(log, topic, {}, waits);
  const { consumer } = stage.reads(log, topic, { retryMs: 60_000 }, givesUp);
  await Promise.all([waits, givesUp].map((reader) => reader.until(() => reader.errors.length > 0)));
  await consumer.stop();
  await way.mend();
  await waits.has(1);
  expect(givesUp.events).toEqual([]);
});

it('closes while the server is gone', async () => {
  const { log, topic } = await stage.logWithTopic();
  stage.reads(log, topic);
  await way.cut();
  await log.close();
  await way.mend();
  expect(() => log.consume({ group: 'late', topic: aTopic(), from: 'end', positions: () => Promise.resolve(new Map()), handle: () => Promise.resolve() })).toThrow('closed');
});
