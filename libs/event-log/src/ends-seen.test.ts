import { expect, it } from '@jest/globals';
import { EndsSeen } from './ends-seen.js';

const ends = (...last: number[]): bigint[] => last.map((position) => BigInt(position + 1));

it('says how long the first event that waits has been there, partition by partition', () => {
  const seen = new EndsSeen();
  seen.note({ at: 0, next: ends(5, 0) });
  seen.note({ at: 2_000, next: ends(7, 0) });
  seen.note({ at: 9_000, next: ends(9, 1) });
  expect([4n, 5n, 6n, 7n, 9n].map((position) => seen.waitingMs(0, position, 10_000))).toEqual([10_000, 8_000, 8_000, 1_000, 0]);
  expect([seen.waitingMs(1, 0n, 10_000), seen.waitingMs(1, 1n, 10_000), seen.waitingMs(9, 0n, 10_000)]).toEqual([1_000, 0, 0]);
});

it('keeps few notes of a long time, and the age of what has waited longest is not understated by more than a note', () => {
  const seen = new EndsSeen();
  for (let second = 0; second <= 3_600; second += 1) seen.note({ at: second * 1_000, next: ends(second) });
  for (const since of [100, 2_000, 3_500, 3_560]) {
    const [waited, told] = [3_600_000 - (since + 1) * 1_000, seen.waitingMs(0, BigInt(since), 3_600_000)];
    expect([waited, told / waited > 0.8, told <= waited]).toEqual([waited, true, true]);
  }
  expect(seen.waitingMs(0, 3_590n, 3_600_000)).toBe(9_000);
});
