import { describe, expect, it } from '@jest/globals';
import type { Cause } from './decoded.js';
import { sequence, type Waiting } from './sequencing.js';

const event = (key: string, sequence_: number) => ({ id: `${key}${sequence_}`, key, sequence: sequence_ });
const held = (key: string, sequence_: number, cause: Cause | null = null): Waiting => ({ key, sequence: sequence_, eventId: `held ${key}${sequence_}`, cause });
const ids = (items: readonly ({ id: string } | Waiting)[]) => items.map((item) => ('id' in item ? item.id : item.eventId));

type Case = [string, events: [string, number][], before: [string, number][], Waiting[], { run: string[]; hold: string[]; progress: Record<string, number> }];

describe('the order of a reaction', () => {
  it.each<Case>([
    ['runs in sequence', [['a', 1], ['a', 2]], [], [], { run: ['a1', 'a2'], hold: [], progress: { a: 2 } }],
    ['begins anywhere with an aggregate never seen', [['a', 7]], [], [], { run: ['a7'], hold: [], progress: { a: 7 } }],
    ['skips what it has', [['a', 3], ['a', 2]], [['a', 3]], [], { run: [], hold: [], progress: {} }],
    ['holds what is ahead', [['a', 5]], [['a', 3]], [], { run: [], hold: ['a5'], progress: {} }],
    ['sets free what waited', [['a', 4]], [['a', 3]], [held('a', 5), held('a', 6), held('a', 8)], { run: ['a4', 'held a5', 'held a6'], hold: [], progress: { a: 6 } }],
    ['sets free what this batch held', [['a', 5], ['a', 4]], [['a', 3]], [], { run: ['a4', 'a5'], hold: [], progress: { a: 5 } }],
    ['sets free what counts as a gap', [['a', 4]], [['a', 3]], [held('a', 5, 'gap')], { run: ['a4', 'held a5'], hold: [], progress: { a: 5 } }],
    ['waits behind a parked one', [['a', 5], ['b', 1]], [['a', 3]], [held('a', 4, 'defect')], { run: ['b1'], hold: ['a5'], progress: { b: 1 } }],
    ['waits behind a parked first event', [['a', 2]], [], [held('a', 1, 'decode')], { run: [], hold: ['a2'], progress: {} }],
    ['lets other aggregates flow', [['a', 9], ['b', 2]], [['a', 3], ['b', 1]], [], { run: ['b2'], hold: ['a9'], progress: { b: 2 } }],
  ])('%s', (...[, events, before, waiting, expected]) => {
    const result = sequence(events.map(([key, n]) => event(key, n)), new Map(before), waiting);
    expect({ run: ids(result.run), hold: ids(result.hold), progress: Object.fromEntries(result.progress) }).toEqual(expected);
  });

  it('runs every event once and in order, whatever the order of arrival (1,000 shuffles)', () => {
    for (let seed = 1; seed <= 1_000; seed += 1) {
      const arrivals = shuffled([1, 2, 3, 4, 5, 6].map((n) => event('a', n)), seed);
      const ran: number[] = [];
      let waiting: Waiting[] = [];
      let progress = new Map([['a', 0]]);
      for (const arrival of arrivals) {
        const step = sequence([arrival], progress, waiting);
        ran.push(...step.run.map(({ sequence: n }) => n));
        const free = new Set(ids(step.run));
        waiting = [...waiting.filter(({ eventId }) => !free.has(eventId)), ...step.hold.map((it) => held('a', it.sequence))].sort((x, y) => x.sequence - y.sequence);
        progress = new Map([...progress, ...step.progress]);
      }
      expect(ran).toEqual([1, 2, 3, 4, 5, 6]);
    }
  });
});

function shuffled<T>(items: T[], seed: number): T[] {
  let state = seed;
  const next = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  return items.map((item) => ({ item, at: next() })).sort((a, b) => a.at - b.at).map(({ item }) => item);
}
