// The nearest change against its definition: a whole run for each change.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Refused, type Instance, type Matching } from '../instance/instance.js';
import { marketOf } from '../instance/market.js';
import { combinations, instanceOf, type Size } from '../oracle/instances.test-support.js';
import { solve } from '../solver/solve.js';
import { MAX_ADDED, nearestChange, nearestChanges, nearestChangesIn, type NearestChange } from './nearest-change.js';

const numRuns = Number(process.env['MATCHING_RUNS'] ?? 200);
const timeout = Math.max(2, numRuns / 100) * 60_000;
const small: Size = { applicants: 8, positions: 5 };
const students = Array.from({ length: 8 }, (_, n) => `s${n}`);
const instance: Instance = {
  applicants: students.map((id, n) => ({ id, preferences: n === 0 ? ['q', 'p'] : ['p', 'q'], groups: n >= 6 ? ['g'] : [] })),
  positions: [{ id: 'p', capacity: 5, priorities: students }, { id: 'q', capacity: 1, priorities: students }, { id: 'r', capacity: 1, priorities: ['s6'] }],
};

describe('the nearest change for somebody without a place', () => {
  it('is the fewest seats at the wish wanted most, or the first position to list', () => {
    expect(nearestChange(instance, 's6')).toEqual({ applicant: 's6', reason: 'no_seat', seats: { position: 'p', added: 1 }, listing: { position: 'r' } });
    expect(nearestChange(instance, 's7')).toEqual({ applicant: 's7', reason: 'no_seat', seats: { position: 'p', added: 2 }, listing: null });
    expect(nearestChange(instance, 's7', 1).seats).toBeNull();
    expect(nearestChanges(instance)).toEqual([nearestChange(instance, 's6'), nearestChange(instance, 's7')]);
    expect(nearestChangesIn(marketOf(instance), MAX_ADDED, new Set(['s0', 's7']))).toEqual([nearestChange(instance, 's7')]);
  });

  it('is refused for who has a place, and for nobody', () => {
    expect(() => nearestChange(instance, 's0')).toThrow(Refused);
    expect(() => nearestChange(instance, 'z')).toThrow(Refused);
  });

  it.each(combinations)('is what a whole run for each change finds (%s)', (combination) => {
    fc.assert(fc.property(fc.gen(), (draw) => {
      const drawn = instanceOf(draw, combination, draw(fc.constantFrom<Size[]>, small, small, small, { applicants: 24, positions: 8 }));
      const result = attempt(() => solve(drawn));
      fc.pre(result !== null && Object.keys(result.unassigned).length > 0);
      const unplaced = drawn.applicants.filter(({ id }) => result.assignments[id] === null);
      expect(nearestChanges(drawn)).toEqual(unplaced.map(({ id }) => ({ ...byRuns(drawn, id), reason: result.unassigned[id] })));
    }), { numRuns, maxSkipsPerRun: 1_000 });
  }, timeout);
});

function byRuns(drawn: Instance, applicant: string): Omit<NearestChange, 'reason'> {
  const listed = drawn.applicants.find(({ id }) => id === applicant)!.preferences;
  const isPlaced = (changed: Instance): boolean => (attempt(() => solve(changed))?.assignments[applicant] ?? null) !== null;
  const withSeats = (position: string, added: number): Instance => ({ ...drawn, positions: drawn.positions.map((each) => (each.id === position ? { ...each, capacity: each.capacity + added } : each)) });
  const withWish = (position: string): Instance => ({ ...drawn, applicants: drawn.applicants.map((each) => (each.id === applicant ? { ...each, preferences: [...listed, position] } : each)) });
  const trials = Array.from({ length: MAX_ADDED }, (_, n) => listed.map((position) => ({ position, added: n + 1 }))).flat();
  const position = drawn.positions.map(({ id }) => id).find((id) => !listed.includes(id) && isPlaced(withWish(id)));
  return { applicant, seats: trials.find((trial) => isPlaced(withSeats(trial.position, trial.added))) ?? null, listing: position === undefined ? null : { position } };
}

function attempt(work: () => Matching): Matching | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}
