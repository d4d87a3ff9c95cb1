// How it deals with its handler.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { performance } from 'node:perf_hooks';
import { expect, it } from '@jest/globals';
import { byKey, eventually, gate, Reader, upTo } from './reader.js';
import { anEvent, numbered, publishInBatches, type Stage } from './stage.js';

export function handlingClaims(stage: () => Stage): void {
  it('delivers what a handler rejects again, without spinning and without losing what comes behind it', async () => {
    const { log, topic } = await stage().logWithTopic();
    const reader = new Reader();
    let isPoisoned = true;
    reader.before = ({ events }) => (isPoisoned && events.some(({ key }) => key === 'poison') ? Promise.reject(new Error('poison')) : undefined);
    const begun = performance.now();
    stage().reads(log, topic, { maxBatch: 5, retryMs: 20 }, reader);
    await log.publish([...numbered(topic, ['a', 'poison', 'b'], 10)]);
    await reader.until(() => reader.errors.length >= 10);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(9 * 19);
    isPoisoned = false;
    await reader.has(30);
    expect(byKey(reader.events)).toEqual(new Map(['a', 'poison', 'b'].map((key) => [key, upTo(10)])));
  });

  it('has one batch in hand at a time, none larger than asked for, and leaves 50,000 waiting events in the log', async () => {
    const { log, topic } = await stage().logWithTopic();
    const payload = Buffer.alloc(1_000, 'x');
    const events = Array.from({ length: 50_000 }, (_, n) => anEvent(topic, `k${n % 500}`, { payload }));
    await publishInBatches(log, events.splice(0), 1_000);
    const [reached, go] = [gate(), gate()];
    const reader = new Reader();
    let delivered = 0;
    reader.before = (batch) => {
      delivered += batch.events.length;
      if (reader.batches.length < 5) return;
      reached.open();
      return go.passed;
    };
    const before = memoryMB();
    const { consumer } = stage().reads(log, topic, { maxBatch: 100 }, reader);
    await reached.passed;
    for (let n = 0; n < 20; n++) consumer.wake();
    await log.publish(numbered(topic, ['more'], 1));
    await log.end(topic);
    expect(memoryMB() - before).toBeLessThan(25);
    expect(delivered).toBeLessThanOrEqual(600);
    go.open();
    await reader.has(10_000);
    await consumer.stop();
    expect(reader.mostInHand).toBe(1);
    expect(Math.max(...reader.batches.map((batch) => batch.events.length))).toBeLessThanOrEqual(100);
  });

  it('keeps no partition waiting for another that is full', async () => {
    const { log, topic } = await stage().logWithTopic();
    await publishInBatches(log, numbered(topic, ['full'], 3_000), 1_000);
    await log.publish(numbered(topic, upTo(12).map(String), 1));
    const filled = [...(await log.end(topic)).values()].filter((position) => position > 0n).length;
    const reader = stage().reads(log, topic, { maxBatch: 50 });
    await reader.until(() => new Set(reader.events.map(({ partition }) => partition)).size === filled);
    expect(reader.events.length).toBeLessThan(1_500);
  });

  it('ends with the batch in hand when it is stopped', async () => {
    const { log, topic } = await stage().logWithTopic();
    const [reached, go] = [gate(), gate()];
    const reader = new Reader();
    reader.before = () => (reached.open(), go.passed);
    const { consumer } = stage().reads(log, topic, { maxBatch: 2 }, reader);
    await log.publish(numbered(topic, ['a'], 10));
    await reached.passed;
    let isStopped = false;
    const stopped = [consumer.stop(), consumer.stop()].map((stop) => stop.then(() => (isStopped = true)));
    await log.end(topic);
    expect(isStopped).toBe(false);
    go.open();
    await Promise.all(stopped);
    const inHand = reader.events.length;
    expect(inHand).toBeLessThanOrEqual(2);
    await stage().reads(log, topic, {}, Object.assign(new Reader(), { positions: reader.positions })).has(10 - inHand);
    expect(reader.batches).toHaveLength(1);
  });

  it('stops at once while it waits to try again', async () => {
    const { log, topic } = await stage().logWithTopic();
    const reader = new Reader();
    reader.before = () => Promise.reject(new Error('down'));
    const { consumer } = stage().reads(log, topic, { retryMs: 60_000 }, reader);
    await log.publish(numbered(topic, ['a'], 1));
    await reader.until(() => reader.errors.length === 1);
    await consumer.stop();
  });

  it('goes past events for which the handler does nothing', async () => {
    const { log, topic } = await stage().logWithTopic();
    const wanted: string[] = [];
    const reader = new Reader();
    reader.before = ({ events }) => void wanted.push(...events.filter(({ headers }) => headers['ce_type'] === 'wanted').map(({ key }) => key));
    const { consumer } = stage().reads(log, topic, { maxBatch: 10 }, reader);
    const others = numbered(topic, ['a', 'b', 'c'], 40);
    await log.publish([...others, anEvent(topic, 'last', { headers: { ce_type: 'wanted' } })]);
    await reader.has(121);
    await consumer.stop();
    expect(wanted).toEqual(['last']);
    expect(new Map(reader.positions)).toEqual(new Map([...(await log.end(topic))].filter(([partition]) => reader.positions.has(partition))));
  });

  it('knows since when it is caught up: not before the first time, not while it is behind, and ever later when idle', async () => {
    const { log, topic } = await stage().logWithTopic();
    const reader = new Reader();
    const go = gate();
    reader.before = () => go.passed;
    const { consumer } = stage().reads(log, topic, {}, reader);
    expect(consumer.caughtUpAt).toBeNull();
    await eventually(() => consumer.caughtUpAt !== null);
    await log.publish(numbered(topic, ['a'], 1));
    const published = performance.now();
    consumer.wake();
    await log.end(topic);
    expect(consumer.caughtUpAt).toBeLessThan(published);
    go.open();
    await eventually(() => consumer.caughtUpAt! > published);
    const idle = performance.now();
    await eventually(() => consumer.caughtUpAt! > idle, 2_000);
  });

  it('is caught up with what came before, though more comes while every batch is in hand', async () => {
    const { log, topic } = await stage().logWithTopic();
    const reader = new Reader();
    let next = gate();
    reader.before = () => next.passed;
    const { consumer } = stage().reads(log, topic, {}, reader);
    let isEnough = false;
    const streaming = (async () => {
      while (!isEnough) {
        await log.publish(numbered(topic, ['a', 'b'], 10));
        next.open();
        next = gate();
      }
      reader.before = () => undefined;
      next.open();
    })();
    await reader.has(20);
    for (let n = 0; n < 3; n++) {
      const now = performance.now();
      await eventually(() => consumer.caughtUpAt! > now, 3_000);
    }
    isEnough = true;
    await streaming;
  });
}

/** After a full collection, so that only what is still held counts. */
function memoryMB(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1_000_000;
}
