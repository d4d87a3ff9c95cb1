// Where a consumer begins, and how it comes to begin again.
import { expect, it } from '@jest/globals';
import { byKey, eventually, gate, Reader, upTo } from './reader.js';
import { anEvent, numbered, type Stage } from './stage.js';

const PARTITIONS_OF_STAGE = 4;

export function startingClaims(stage: () => Stage): void {
  it('begins at the end when told so, and has that stored before the first event', async () => {
    const { log, topic } = await stage().logWithTopic();
    await log.publish(numbered(topic, ['a', 'b'], 10));
    const reader = stage().reads(log, topic, { from: 'end' });
    await reader.until(() => reader.positions.size === PARTITIONS_OF_STAGE);
    expect(reader.events).toEqual([]);
    expect(new Map(reader.positions)).toEqual(new Map(await log.end(topic)));
    await log.publish(numbered(topic, ['a', 'b'], 1, 11));
    await reader.has(2);
    expect(byKey(reader.events)).toEqual(new Map([['a', [11]], ['b', [11]]]));
  });

  it('keeps the end it began at when it stops before the first event', async () => {
    const { log, topic } = await stage().logWithTopic();
    const reader = stage().reads(log, topic, { from: 'end' });
    await reader.until(() => reader.positions.size === PARTITIONS_OF_STAGE);
    await reader.consumer.stop();
    await log.publish(numbered(topic, ['a'], 3));
    await stage().reads(log, topic, { from: 'end' }, reader).has(3);
    expect(byKey(reader.events)).toEqual(new Map([['a', [1, 2, 3]]]));
  });

  it('asks again to have the end stored when storing it failed', async () => {
    const { log, topic } = await stage().logWithTopic();
    const reader = new Reader();
    reader.before = () => (reader.errors.length === 0 ? Promise.reject(new Error('not stored')) : undefined);
    stage().reads(log, topic, { from: 'end' }, reader);
    await reader.until(() => reader.positions.size === PARTITIONS_OF_STAGE);
    expect(reader.errors).toHaveLength(1);
  });

  it('begins with the first event published at or after a date', async () => {
    const { log, topic } = await stage().logWithTopic();
    await log.publish(numbered(topic, ['a', 'b', 'c', 'd', 'e'], 20));
    const from = new Date(Date.now() + 2);
    await eventually(() => Date.now() > from.getTime());
    await log.publish(numbered(topic, ['a', 'b', 'c', 'd', 'e'], 3, 21));
    const reader = stage().reads(log, topic, { from });
    await reader.has(15);
    expect(byKey(reader.events)).toEqual(new Map(['a', 'b', 'c', 'd', 'e'].map((key) => [key, [21, 22, 23]])));
  });

  it('delivers everything again after a seek to positions that were reset', async () => {
    const { log, topic } = await stage().logWithTopic();
    await log.publish(numbered(topic, ['a', 'b', 'c'], 20));
    const reader = stage().reads(log, topic, { maxBatch: 9 });
    await reader.has(60);
    reader.positions.clear();
    reader.consumer.seek();
    await reader.has(120);
    await log.publish(numbered(topic, ['a', 'b', 'c'], 1, 21));
    await reader.has(123);
    expect(byKey(reader.events)).toEqual(new Map(['a', 'b', 'c'].map((key) => [key, [...upTo(20), ...upTo(20), 21]])));
  });

  it('asks for the positions only when the batch in hand at a seek is done', async () => {
    const { log, topic } = await stage().logWithTopic();
    const [reached, go] = [gate(), gate()];
    const reader = new Reader();
    let asked = 0;
    reader.before = ({ events }) => (events.length > 0 && asked === 1 ? (reached.open(), go.passed) : undefined);
    const { consumer } = stage().reads(log, topic, { positions: () => (asked++, Promise.resolve(reader.positions)) }, reader);
    await log.publish([anEvent(topic, 'a', { payload: Buffer.from('1') })]);
    await reached.passed;
    consumer.seek();
    expect(asked).toBe(1);
    go.open();
    await log.publish([anEvent(topic, 'a', { payload: Buffer.from('2') })]);
    await reader.has(2);
    expect(asked).toBe(2);
    expect(byKey(reader.events)).toEqual(new Map([['a', [1, 2]]]));
  });

  it('tells of positions that cannot be had, and begins when they can', async () => {
    const { log, topic } = await stage().logWithTopic();
    await log.publish(numbered(topic, ['a'], 2));
    const reader = new Reader();
    stage().reads(log, topic, { positions: () => (reader.errors.length < 3 ? Promise.reject(new Error('no database')) : Promise.resolve(new Map())) }, reader);
    await reader.has(2);
    expect(reader.errors.map(String)).toEqual(Array.from({ length: 3 }, () => 'Error: no database'));
  });

  it('gives every group every event, each at its own pace', async () => {
    const { log, topic } = await stage().logWithTopic();
    const go = gate();
    const slow = new Reader();
    slow.before = () => go.passed;
    stage().reads(log, topic, { maxBatch: 5 }, slow);
    const fast = stage().reads(log, topic);
    await log.publish(numbered(topic, ['a', 'b'], 20));
    await fast.has(40);
    expect(slow.events).toEqual([]);
    go.open();
    await slow.has(40);
    expect(byKey(slow.events)).toEqual(byKey(fast.events));
  });
}
