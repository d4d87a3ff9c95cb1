import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { positionExplainer } from './explain/position.js';
import { Refused, type Instance } from './instance/instance.js';
import { marketOf } from './instance/market.js';
import { combinations, instanceOf } from './oracle/instances.test-support.js';
import { solve } from './solver/solve.js';
import { compareOutcomes, nearestChange } from './what-if.js';

const numRuns = Number(process.env['MATCHING_RUNS'] ?? 200);
const students = Array.from({ length: 8 }, (_, n) => `s${n}`);
const instance: Instance = {
  applicants: students.map((id, n) => ({ id, preferences: n === 0 ? ['q', 'p'] : ['p', 'q'], groups: n >= 6 ? ['g'] : [] })),
  positions: [{ id: 'p', capacity: 5, priorities: students }, { id: 'q', capacity: 1, priorities: students }, { id: 'r', capacity: 1, priorities: ['s6'] }],
};
const solvedFor = (id: string, changed: Instance): string | null => solve(changed).assignments[id] ?? null;

describe('the nearest change for somebody without a place', () => {
  it('is the fewest seats at the wish wanted most, or the first position to list', () => {
    expect(nearestChange(instance, 's6')).toEqual({ applicant: 's6', seats: { position: 'p', added: 1 }, listing: { position: 'r' } });
    expect(nearestChange(instance, 's7')).toEqual({ applicant: 's7', seats: { position: 'p', added: 2 }, listing: null });
    expect(nearestChange(instance, 's7', 1).seats).toBeNull();
  });

  it('is refused for who has a place, and for nobody', () => {
    expect(() => nearestChange(instance, 's0')).toThrow(Refused);
    expect(() => nearestChange(instance, 'z')).toThrow(Refused);
  });

  it.each(combinations)('names as listing the first position that alone would do (%s)', (combination) => {
    fc.assert(fc.property(fc.gen(), (draw) => {
      const drawn = instanceOf(draw, combination);
      const result = attempt(() => solve(drawn));
      const unplaced = Object.keys(result?.unassigned ?? {})[0];
      fc.pre(unplaced !== undefined);
      const listed = drawn.applicants.find(({ id }) => id === unplaced)!.preferences;
      const longer = (position: string): Instance => ({ ...drawn, applicants: drawn.applicants.map((each) => (each.id === unplaced ? { ...each, preferences: [...listed, position] } : each)) });
      const first = drawn.positions.map(({ id }) => id).find((position) => !listed.includes(position) && solvedFor(unplaced, longer(position)) !== null);
      expect(nearestChange(drawn, unplaced, 0).listing?.position).toBe(first);
    }), { numRuns, maxSkipsPerRun: 1_000 });
  });
});

describe('what if', () => {
  it('counts by group who gains and who loses', () => {
    const reserved = { ...instance, positions: instance.positions.map((position) => (position.id === 'p' ? { ...position, reserves: [{ group: 'g', seats: 1 }] } : position)) };
    expect(compareOutcomes(instance, solve(instance), solve(reserved))).toEqual({
      all: { applicants: 8, placed: [6, 6], firstWish: [6, 6], better: 1, worse: 1 },
      groups: { g: { applicants: 2, placed: [0, 1], firstWish: [0, 1], better: 1, worse: 0 } },
    });
  });
});

describe('a position', () => {
  it('learns how far down its order it came, and no count of one to four', () => {
    const of = positionExplainer(marketOf(instance), solve(instance));
    expect(of('p')).toEqual({ position: 'p', seats: 5, taken: 5, wantedBy: 8, wantedFirst: null, wentElsewhere: null, notAdmitted: null, reached: { measure: 'place', value: 6 }, host: null });
    expect(of('q')).toMatchObject({ taken: 1, wantedBy: 8, wantedFirst: null, wentElsewhere: null, notAdmitted: null, reached: null });
    expect(of('r')).toMatchObject({ taken: 0, wantedBy: 0, reached: null, host: null });
  });

  it('learns which cap kept its seats empty', () => {
    const capped = { ...instance, positions: instance.positions.map((position) => ({ id: position.id, capacity: position.capacity, host: 'h' })), hosts: [{ id: 'h', capacity: 4, priorities: students }] };
    expect(positionExplainer(marketOf(capped), solve(capped))('p')).toMatchObject({ taken: 3, host: 'h' });
  });
});

function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}
