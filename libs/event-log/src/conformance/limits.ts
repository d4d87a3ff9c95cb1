// What passes through unchanged, and what is refused before anything is written.
import { expect, it } from '@jest/globals';
import { aTopic, anEvent, numbered, type Stage } from './stage.js';
import type { Declared } from './subject.js';

export function limitClaims(stage: () => Stage, { maxHeaders, maxPayloadBytes }: Declared): void {
  const headers = (count: number): Record<string, string> => Object.fromEntries(Array.from({ length: count }, (_, n) => [`h${n}`, `值 ${n}`]));

  it('passes headers through: Chinese, empty, quoted, long, and as many as allowed', async () => {
    const { log, topic } = await stage().logWithTopic();
    const reader = stage().reads(log, topic);
    const several = [{ name: '订单班：数控技术', empty: '', quoted: '"\\{},\n\t\'', long: '𠮷'.repeat(2_000) }, headers(maxHeaders), {}];
    await log.publish(several.map((told) => anEvent(topic, 'a', { headers: told })));
    await reader.has(3);
    expect(reader.events.map((event) => event.headers)).toEqual(several);
  });

  it('refuses one header too many, and with it the whole batch', async () => {
    const { log, topic } = await stage().logWithTopic();
    const batch = [anEvent(topic, 'a'), anEvent(topic, 'b', { headers: headers(maxHeaders + 1) })];
    await expect(log.publish(batch)).rejects.toMatchObject({ code: 'log.too_many_headers', details: { headers: maxHeaders + 1 } });
    await expectNothingBut(stage(), log, topic);
  });

  it('takes a payload of exactly the largest size', async () => {
    const { log, topic } = await stage().logWithTopic();
    const payload = Buffer.alloc(maxPayloadBytes, 'x');
    await log.publish(Array.from({ length: 20 }, () => anEvent(topic, 'a', { payload })));
    const reader = stage().reads(log, topic);
    await reader.has(20);
    expect(reader.events.every((event) => payload.equals(event.payload))).toBe(true);
  });

  it('refuses a payload one byte larger, and with it the whole batch', async () => {
    const { log, topic } = await stage().logWithTopic();
    const batch = [anEvent(topic, 'a'), anEvent(topic, 'b', { payload: Buffer.alloc(maxPayloadBytes + 1) })];
    await expect(log.publish(batch)).rejects.toMatchObject({ code: 'log.too_large', details: { bytes: maxPayloadBytes + 1 } });
    await expectNothingBut(stage(), log, topic);
  });

  it('refuses a topic that was not made, and with it the whole batch', async () => {
    const { log, topic } = await stage().logWithTopic();
    const unknown = aTopic();
    await expect(log.publish([anEvent(topic, 'a'), anEvent(unknown, 'b')])).rejects.toMatchObject({ code: 'log.unknown_topic', details: { topic: unknown } });
    await expect(log.end(unknown)).rejects.toMatchObject({ code: 'log.unknown_topic' });
    await expectNothingBut(stage(), log, topic);
  });

  it('tells a consumer of an unknown topic, and serves it as soon as the topic is made', async () => {
    const log = await stage().log();
    const topic = aTopic();
    const reader = stage().reads(log, topic);
    await reader.until(() => reader.errors.length > 0);
    expect(reader.errors[0]).toMatchObject({ code: 'log.unknown_topic', details: { topic } });
    await log.ensureTopics([topic], 2);
    await log.publish([anEvent(topic, 'a')]);
    await reader.has(1);
  });

  it('makes topics once, also when asked twice at once, and refuses another number of partitions', async () => {
    const log = await stage().log();
    const topics = [aTopic(), aTopic()];
    await Promise.all([log.ensureTopics(topics, 3), (await stage().log()).ensureTopics(topics.toReversed(), 3)]);
    await log.ensureTopics(topics);
    const another = aTopic();
    await expect(log.ensureTopics([another, ...topics], 4)).rejects.toMatchObject({ code: 'log.partition_count', details: { partitions: 3, asked: 4 } });
    await expect(log.end(another)).rejects.toMatchObject({ code: 'log.unknown_topic' });
    expect((await log.end(topics[0]!)).size).toBe(3);
  });

  it('has nothing to do for an empty batch', async () => {
    const log = await stage().log();
    await log.publish([]);
    await log.ensureTopics([]);
  });
}

/** Only what is published now is there. */
async function expectNothingBut(stage: Stage, log: Awaited<ReturnType<Stage['log']>>, topic: string): Promise<void> {
  const later = numbered(topic, ['a', 'b'], 1);
  await log.publish(later);
  const reader = stage.reads(log, topic);
  await reader.has(2);
  expect(new Set(reader.ids)).toEqual(new Set(later.map(({ id }) => id)));
}
