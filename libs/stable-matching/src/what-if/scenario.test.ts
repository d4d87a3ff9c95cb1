import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Refused, type Instance } from '../instance/instance.js';
import { combinations, instanceOf } from '../oracle/instances.test-support.js';
import { Oracle } from '../oracle/oracle.test-support.js';
import { solve } from '../solver/solve.js';
import { mostPlaced } from './most-placed.js';
import { whatIf, withOrders, withReserve, withSeats } from './scenario.js';

const numRuns = Number(process.env['MATCHING_RUNS'] ?? 200);
const timeout = Math.max(2, numRuns / 100) * 60_000;
const students = Array.from({ length: 6 }, (_, n) => `s${n}`);
const instance: Instance = {
  applicants: students.map((id, n) => ({ id, preferences: ['p', 'q'].slice(0, n === 0 ? 1 : 2), groups: n >= 4 ? ['rural'] : [] })),
  positions: [{ id: 'p', capacity: 5, priorities: students, host: 'h' }, { id: 'q', capacity: 1, priorities: students, host: 'h' }],
  hosts: [{ id: 'h', capacity: 5, priorities: students }],
};

describe('what if, over the same lists', () => {
  it('there were more seats', () => {
    expect(whatIf(instance, withSeats(instance, { hosts: { h: 1 } }))).toEqual({
      all: { applicants: 6, placed: [5, 6], firstWish: [5, 5], better: 1, worse: 0 },
      groups: { rural: { applicants: 2, placed: [1, 2], firstWish: [1, 1], better: 1, worse: 0 } },
      most: [5, 6],
    });
    expect(withSeats(instance, { positions: { q: -3 } }).positions[1]!.capacity).toBe(0);
  });

  it('20 % were reserved for a group', () => {
    const reserved = withReserve({ ...instance, positions: [{ ...instance.positions[0]!, capacity: 10 }, instance.positions[1]!] }, 'rural', 20);
    expect(reserved.positions.map(({ reserves }) => reserves)).toEqual([[{ group: 'rural', seats: 2 }], []]);
    expect(whatIf(instance, reserved)).toMatchObject({ all: { placed: [5, 5], better: 1, worse: 1 }, groups: { rural: { placed: [1, 2], better: 1, worse: 0 } }, most: [5, 5] });
  });

  it('priorities were others', () => {
    const free = { ...instance, hosts: [{ id: 'h', capacity: 6 }], positions: instance.positions.map((position) => ({ ...position, capacity: 1 })) };
    const turned = withOrders(free, { p: { scores: Object.fromEntries(students.map((id, n) => [id, n])) } });
    expect([free, turned].map((each) => solve(each).assignments['s5'])).toEqual([null, 'p']);
    expect(whatIf(free, turned)).toMatchObject({ all: { placed: [2, 2], better: 1, worse: 1 } });
  });

  it('is refused by name where the change is none, or makes an instance that is refused', () => {
    expect(() => withSeats(instance, { positions: { z: 1 } })).toThrow(Refused);
    expect(() => withOrders(instance, { z: {} })).toThrow(Refused);
    expect(() => withReserve(instance, 'rural', 101)).toThrow(Refused);
    expect(() => whatIf(instance, withOrders(instance, { p: { priorities: students.toReversed() } }))).toThrow('order.contradiction');
  });
});

describe('the most that could be placed at all', () => {
  it('is more than a stable matching places, where somebody sits on the only seat of another', () => {
    const pair: Instance = {
      applicants: [{ id: 'a', preferences: ['p', 'q'] }, { id: 'b', preferences: ['p'] }],
      positions: [{ id: 'p', capacity: 1, priorities: ['a', 'b'] }, { id: 'q', capacity: 1, priorities: ['a'] }],
    };
    expect([Object.keys(solve(pair).unassigned), mostPlaced(pair)]).toEqual([['b'], 2]);
  });

  it.each(combinations)('is what trying every assignment finds (%s)', (combination) => {
    fc.assert(fc.property(fc.gen(), (draw) => {
      const drawn = instanceOf(draw, combination);
      fc.pre(isAccepted(drawn));
      expect(mostPlaced(drawn)).toBe(new Oracle(drawn).mostPlaced());
    }), { numRuns, maxSkipsPerRun: 1_000 });
  }, timeout);
});

function isAccepted(drawn: Instance): boolean {
  try {
    solve(drawn);
    return true;
  } catch (error) {
    if (error instanceof Refused) return false;
    throw error;
  }
}
