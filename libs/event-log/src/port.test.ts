import { expect, it } from '@jest/globals';
import { PARTITIONS, partitionOf } from './port.js';

// Golden: a key that moved to another partition would lose its order in every log that exists.
it.each([
  ['', 13],
  ['a', 4],
  ['订单班', 1],
  ['01980a5e-0000-7000-8000-000000000001', 10],
])('puts key %j into the same partition for ever', (key, partition) => {
  expect(partitionOf(key, PARTITIONS)).toBe(partition);
});

it('spreads keys over all partitions', () => {
  const counts = Array.from({ length: PARTITIONS }, () => 0);
  for (let n = 0; n < 24_000; n++) counts[partitionOf(`01980a5e-0000-7000-8000-${String(n).padStart(12, '0')}`, PARTITIONS)]! += 1;
  expect(Math.min(...counts)).toBeGreaterThan(800);
  expect(Math.max(...counts)).toBeLessThan(1_200);
});

it('puts everything into the only partition', () => {
  expect(['a', 'b', 'c'].map((key) => partitionOf(key, 1))).toEqual([0, 0, 0]);
});
