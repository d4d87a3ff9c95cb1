// Refills of random instances: nobody ends worse, nobody still in blocks, and the order of the answers does not count.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { verifyRefill } from '../checker/verify.js';
import { Refused, type Instance, type Matching } from '../instance/instance.js';
import type { Stand, Standing } from '../instance/standing.js';
import { refill } from '../solver/refill.js';
import { solve } from '../solver/solve.js';
import { combinations, instanceOf, type Combination } from './instances.test-support.js';
import { Oracle } from './oracle.test-support.js';

const numRuns = Number(process.env['MATCHING_RUNS'] ?? 200);
const BATCHES = 3;
const timeout = Math.max(2, numRuns / 100) * 60_000;

type Draw = fc.GeneratorValue;

/** Each of those still in answers, or not yet; an offer is any seat that is held. */
function answered(draw: Draw, { assignments }: Pick<Matching, 'assignments'>, before: Standing): Standing {
  return Object.fromEntries(Object.entries(assignments).map(([id, position]): [string, Stand] => {
    const stand = before[id];
    if (stand && stand.state !== 'holding') return [id, stand];
    const answer = draw(fc.constantFrom<('accept' | 'wait' | 'decline')[]>, 'accept', 'wait', 'wait', 'decline');
    if (answer === 'decline') return [id, { state: 'out' }];
    return [id, answer === 'accept' && position !== null ? { state: 'final', position } : { state: 'holding', position }];
  }));
}

function each(combination: Combination, claim: (draw: Draw, instance: Instance, first: Matching) => void): void {
  fc.assert(
    fc.property(fc.gen(), (draw) => {
      const instance = instanceOf(draw, combination);
      let first: Matching | null = null;
      try {
        first = solve(instance);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
      }
      fc.pre(first !== null);
      claim(draw, instance, first);
    }),
    { numRuns, maxSkipsPerRun: 1_000 },
  );
}

it('counts a final seat where it is, and not on another reserve that would do as well', () => {
  const instance: Instance = {
    applicants: [{ id: 'both', preferences: ['p'], groups: ['f', 'g'] }, { id: 'first', preferences: ['p'], groups: ['f'] }, { id: 'open', preferences: ['p'] }],
    positions: [{ id: 'p', capacity: 2, priorities: ['open', 'first', 'both'], reserves: [{ group: 'f', seats: 1 }, { group: 'g', seats: 1 }] }],
  };
  const { assignments } = refill(instance, { both: { state: 'final', position: 'p' }, first: { state: 'holding', position: 'p' } });
  expect(assignments).toEqual({ both: 'p', first: 'p', open: null });
});

describe.each(combinations)('refill in combination %s', (combination) => {
  it('makes nobody worse and leaves no blocking pair among those still in, batch after batch', () => {
    each(combination, (draw, instance, first) => {
      const oracle = new Oracle(instance);
      let [now, standing]: [Matching, Standing] = [first, {}];
      for (let batch = 0; batch < BATCHES; batch += 1) {
        standing = answered(draw, now, standing);
        const next = refill(instance, standing);
        expect(verifyRefill(instance, standing, next)).toEqual([]);
        const worse = Object.entries(standing).filter(([id, stand]) => stand.state !== 'out' && oracle.prefers(id, stand.position, next.assignments[id]!));
        expect(worse).toEqual([]);
        now = next;
      }
    });
  }, timeout);

  it('counts seats given by hand and keeps what is held', () => {
    each(combination, (draw, instance, first) => {
      const p = instance.positions.find(({ id, host }) => first.free[id]! > 0 && host === undefined);
      const unplaced = Object.keys(first.unassigned).find((id) => first.unassigned[id] !== 'out');
      fc.pre(p !== undefined && unplaced !== undefined);
      const standing = { ...answered(draw, first, {}), [unplaced]: { state: 'final', position: p.id, byHand: true } } as const;
      const next = refill(instance, standing);
      expect([next.assignments[unplaced], verifyRefill(instance, standing, next)]).toEqual([p.id, []]);
    });
  }, timeout);

  it('changes nothing while nobody leaves', () => {
    each(combination, (_draw, instance, first) => {
      const standing = Object.fromEntries(Object.entries(first.assignments).map(([id, position]): [string, Stand] => [id, { state: 'holding', position }]));
      expect(refill(instance, standing)).toEqual(first);
    });
  }, timeout);

  it('gives the same digest for the same answers in any order', () => {
    each(combination, (draw, instance, first) => {
      const standing = answered(draw, first, {});
      const shuffled = Object.fromEntries(draw(fc.shuffledSubarray<[string, Stand]>, Object.entries(standing), { minLength: instance.applicants.length }));
      expect(refill(instance, shuffled).digest).toBe(refill(instance, standing).digest);
    });
  }, timeout);
});
