// What is left after compaction.
import { expect, it } from '@jest/globals';
import { byKey, eventually } from './reader.js';
import { numbered, publishInBatches, type Stage } from './stage.js';

const keys = Array.from({ length: 50 }, (_, n) => `k${n}`);

export function compactionClaims(stage: () => Stage): void {
  it('keeps the last event of each key and everything younger, and a consumer added later sees just that', async () => {
    const { log, topic } = await stage().logWithTopic();
    await publishInBatches(log, numbered(topic, keys, 60), 500);
    const olderThan = new Date(Date.now() + 2);
    await eventually(() => Date.now() > olderThan.getTime());
    await log.publish(numbered(topic, keys.slice(0, 10), 2, 61));
    const end = await log.end(topic);

    expect(await log.compact(topic, olderThan)).toBe(10 * 60 + 40 * 59);
    expect(await log.compact(topic, olderThan)).toBe(0);

    const later = stage().reads(log, topic);
    await later.has(60);
    expect(byKey(later.events)).toEqual(new Map(keys.map((key, n) => [key, n < 10 ? [61, 62] : [60]])));
    expect(await log.end(topic)).toEqual(end);
  });

  it('leaves a consumer that is behind to go on, and gives no position twice', async () => {
    const { log, topic } = await stage().logWithTopic();
    await log.publish(numbered(topic, keys.slice(0, 5), 20));
    const reader = stage().reads(log, topic, { maxBatch: 10 });
    await reader.has(20);
    await reader.consumer.stop();
    await log.compact(topic, new Date(Date.now() + 60_000));
    const end = await log.end(topic);
    await log.publish(numbered(topic, keys.slice(0, 5), 1, 21));

    const before = reader.events.length;
    stage().reads(log, topic, {}, reader);
    await reader.until(() => keys.slice(0, 5).every((key) => byKey(reader.events).get(key)?.at(-1) === 21));
    expect([...byKey(reader.events.slice(before)).values()].every((numbers) => numbers.length <= 20)).toBe(true);
    for (const { position, partition } of reader.events.filter(({ payload }) => payload.toString() === '21')) expect(position).toBeGreaterThan(end.get(partition)!);
  });
}
