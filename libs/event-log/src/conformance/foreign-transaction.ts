// A long transaction of somebody else: what tells committed from uncommitted by the oldest open transaction of the server stands still.
import { performance } from 'node:perf_hooks';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from './reader.js';
import { numbered, type Stage } from './stage.js';
import type { ConformanceSubject } from './subject.js';

const HELD_MS = 20_000;

/** To be registered last: the transaction begins before the first claim, and those fill its 20 seconds. */
export function foreignTransactionClaim(stage: () => Stage, subject: () => ConformanceSubject): void {
  let begun: number;
  let end: (() => Promise<boolean>) | undefined;
  beforeAll(async () => {
    end = await subject().holdForeignTransaction?.();
    begun = performance.now();
  });
  afterAll(async () => {
    await end?.();
  });

  it('is delayed by no transaction that stays open for 20 s in another database of the server', async () => {
    const { log, topic } = await stage().logWithTopic();
    const reader = stage().reads(log, topic);
    const delays: number[] = [];
    const measure = async (): Promise<void> => {
      const published = performance.now();
      await log.publish(numbered(topic, ['a'], 1));
      await reader.has(delays.length + 1);
      delays.push(performance.now() - published);
    };
    for (let n = 0; n < 50; n++) await measure();
    await eventually(() => performance.now() - begun > HELD_MS, HELD_MS + 1_000);
    for (let n = 0; n < 50; n++) await measure();
    expect(await end?.()).toBe(true);
    expect(Math.max(...delays)).toBeLessThan(1_000);
  });
}
