import { describe, expect, it } from '@jest/globals';
import { positionExplainer } from '../explain/position.js';
import type { Instance } from '../instance/instance.js';
import { marketOf } from '../instance/market.js';
import { solve } from '../solver/solve.js';
import { compareOutcomes } from './compare.js';

const students = Array.from({ length: 8 }, (_, n) => `s${n}`);
const instance: Instance = {
  applicants: students.map((id, n) => ({ id, preferences: n === 0 ? ['q', 'p'] : ['p', 'q'], groups: n >= 6 ? ['g'] : [] })),
  positions: [{ id: 'p', capacity: 5, priorities: students }, { id: 'q', capacity: 1, priorities: students }, { id: 'r', capacity: 1, priorities: ['s6'] }],
};

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
