// Every kind of violation, planted in a right result, is named; nothing else is.
import { describe, expect, it } from '@jest/globals';
import type { Assignments, Instance } from '../instance/instance.js';
import { solve } from '../solver/solve.js';
import { verify, verifyRefill, type Claimed, type Violation } from './verify.js';

const everyone = ['a', 'b', 'c', 'd', 'e'];
const instance: Instance = {
  applicants: [
    { id: 'a', preferences: ['p', 'q'] },
    { id: 'b', preferences: ['p', 'q', 'r'] },
    { id: 'c', preferences: ['q', 'p', 's'], groups: ['farmer'] },
    { id: 'd', preferences: ['s', 'r', 'q'], groups: ['farmer'] },
    { id: 'e', preferences: ['s', 'p'] },
  ],
  positions: [
    { id: 'p', capacity: 1, host: 'h' },
    { id: 'q', capacity: 2, host: 'h' },
    { id: 'r', capacity: 1, priorities: ['b', 'd'] },
    { id: 's', capacity: 1, priorities: ['e', 'c', 'd'], reserves: [{ group: 'farmer', seats: 1 }] },
  ],
  hosts: [{ id: 'h', capacity: 2, priorities: everyone }],
};
const right = { a: 'p', b: 'q', c: 's', d: 'r', e: null };
const but = (change: Assignments): Claimed => ({ ...right, ...change });

describe('the checker', () => {
  it('has nothing against the right result', () => {
    const { assignments, digest } = solve(instance);
    expect(assignments).toEqual(right);
    expect(verify(instance, assignments, digest)).toEqual([]);
    expect(verify(instance, Object.entries(right), digest)).toEqual([]);
  });

  it.each<[string, Claimed, Violation[]]>([
    ['a seat over a cap', but({ b: 'p' }), [{ kind: 'position_over_cap', position: 'p', seats: 1, taken: 2 }]],
    ['a host over its cap', but({ c: 'q' }), [{ kind: 'host_over_cap', host: 'h', seats: 2, taken: 3 }]],
    ['a place that was not asked for', but({ d: null, e: 'r' }), [{ kind: 'unacceptable_pair', applicant: 'e', position: 'r' }]],
    ['a blocking pair', but({ a: 'q', b: 'p' }), [{ kind: 'blocking_pair', applicant: 'a', position: 'p' }]],
    ['a seat left empty that somebody wants', but({ d: null }), [{ kind: 'blocking_pair', applicant: 'd', position: 'r' }]],
    ['a reserve that is not filled', but({ c: null, e: 's' }), [{ kind: 'unfilled_reserve', applicant: 'c', position: 's', group: 'farmer' }, { kind: 'unfilled_reserve', applicant: 'd', position: 's', group: 'farmer' }]],
    ['two seats for one applicant', [...Object.entries(right), ['a', 'q']], [{ kind: 'two_seats', applicant: 'a', position: 'q' }]],
    ['an applicant whom nobody knows', but({ z: 'p' }), [{ kind: 'unknown_applicant', applicant: 'z' }]],
    ['a position that nobody knows', but({ e: 'z' }), [{ kind: 'unknown_position', applicant: 'e', position: 'z' }]],
    ['an applicant left out', Object.entries(right).slice(0, 4) as [string, string][], [{ kind: 'missing_applicant', applicant: 'e' }]],
  ])('names %s', (_claim, claimed, violations) => {
    expect(verify(instance, claimed)).toEqual(violations);
  });

  it('names a wrong digest', () => {
    expect(verify(instance, right, 'sha256:0')).toEqual([{ kind: 'wrong_digest' }]);
    expect(verify(instance, right, solve(instance).digest.toUpperCase())).toEqual([{ kind: 'wrong_digest' }]);
  });

  it('after a refill names whoever lost what was held, or a final seat that changed', () => {
    const standing = { a: { state: 'final', position: 'p' }, b: { state: 'holding', position: 'q' }, c: { state: 'holding', position: 's' } } as const;
    expect(verifyRefill(instance, standing, { assignments: right })).toEqual([]);
    expect(verifyRefill(instance, standing, { assignments: but({ a: 'q', b: null }) })).toEqual(expect.arrayContaining([
      { kind: 'final_seat_changed', applicant: 'a', position: 'p' },
      { kind: 'worse_than_held', applicant: 'b', position: 'q' },
    ]));
  });
});
