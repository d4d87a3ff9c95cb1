import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Refused, type Instance, type Matching } from '../instance/instance.js';
import { instanceOf, combinations } from '../oracle/instances.test-support.js';
import { refill } from '../solver/refill.js';
import { solve } from '../solver/solve.js';
import { explain } from './explain.js';

const numRuns = Number(process.env['MATCHING_RUNS'] ?? 200);
const timeout = Math.max(2, numRuns / 100) * 60_000;
const ids = (letter: string, count: number): string[] => Array.from({ length: count }, (_, n) => `${letter}${n}`);
const students = ids('s', 8);

/** Six want p first and it has five seats; what else there is differs. */
function crowded(change: Partial<Instance> = {}): Instance {
  return {
    applicants: students.map((id) => ({ id, preferences: id === 's7' ? [] : ['p', 'q'] })),
    positions: [{ id: 'p', capacity: 5, priorities: students }, { id: 'q', capacity: 1, priorities: students.slice(0, 6) }],
    ...change,
  };
}
const why = (instance: Instance, id: string): unknown => explain(instance, solve(instance), id);

describe('an explanation', () => {
  it('says which wish came true, and what stood before it, in numbers where five were admitted', () => {
    expect(why(crowded(), 's0')).toEqual({ applicant: 's0', position: 'p', wish: 1, code: 'first_wish', preferred: [] });
    expect(why(crowded(), 's5')).toEqual({
      applicant: 's5', position: 'q', wish: 2, code: 'best_possible',
      preferred: [{ position: 'p', wish: 1, code: 'full', seats: 5, compared: { measure: 'place', own: 6, lastAdmitted: 5, isTie: false } }],
    });
  });

  it('tells who got nothing why, and gives no number where fewer than five were admitted', () => {
    expect(why(crowded({ positions: [{ id: 'p', capacity: 4, priorities: students }, { id: 'q', capacity: 1, priorities: students.slice(0, 6) }] }), 's6')).toEqual({
      applicant: 's6', position: null, wish: null, code: 'no_seat',
      preferred: [{ position: 'p', wish: 1, code: 'full', seats: 4 }, { position: 'q', wish: 2, code: 'not_acceptable' }],
    });
    expect(why(crowded(), 's7')).toEqual({ applicant: 's7', position: null, wish: null, code: 'no_list', preferred: [] });
  });

  it('compares scores where there are scores, and says when the lottery decided', () => {
    const scores = Object.fromEntries(students.map((id, n) => [id, n < 4 ? 9 : n < 7 ? 5 : 1]));
    const instance = crowded({ positions: [{ id: 'p', capacity: 5, scores }, { id: 'q', capacity: 1, priorities: [] }], seed: 'x' });
    const { assignments } = solve(instance);
    const loser = students.find((id) => assignments[id] === null && id !== 's7')!;
    expect(why(instance, loser)).toMatchObject({ code: 'no_seat', preferred: [{ code: 'full', compared: { measure: 'score', own: 5, lastAdmitted: 5, isTie: true } }, { code: 'not_acceptable' }] });
  });

  it("names the host whose cap kept the position's seats empty", () => {
    const instance = crowded({ positions: [{ id: 'p', capacity: 6, host: 'h' }, { id: 'q', capacity: 6, host: 'h' }], hosts: [{ id: 'h', capacity: 5, priorities: students }] });
    expect(why(instance, 's6')).toMatchObject({ preferred: [{ position: 'p', code: 'host_cap', host: 'h', seats: 5, compared: { own: 7, lastAdmitted: 5 } }, { position: 'q', code: 'host_cap' }] });
  });

  it('names a reserved seat, to its holder and to whoever stands before the holder, without a number', () => {
    const instance = crowded({ positions: [{ id: 'p', capacity: 5, priorities: students, reserves: [{ group: 'g', seats: 1 }] }] });
    const grouped = { ...instance, applicants: instance.applicants.map(({ id }) => ({ id, preferences: ['p'], groups: id === 's6' ? ['g'] : [] })) };
    expect(why(grouped, 's6')).toMatchObject({ code: 'first_wish', reserve: 'g' });
    expect(why(grouped, 's4')).toMatchObject({ preferred: [{ position: 'p', code: 'reserve', seats: 5 }] });
  });

  it('after a refill tells who left, and of seats that came free too late', () => {
    const instance = crowded();
    const standing = { s0: { state: 'out' }, s5: { state: 'final', position: 'q' }, s6: { state: 'out' } } as const;
    const after = refill(instance, { ...standing, ...Object.fromEntries(students.slice(1, 5).map((id) => [id, { state: 'final', position: 'p' }])) });
    expect(explain(instance, after, 's0')).toMatchObject({ code: 'out' });
    expect(explain(instance, after, 's5')).toMatchObject({ code: 'best_possible', preferred: [{ position: 'p', code: 'settled' }] });
  });

  it('refuses somebody whom nobody knows', () => {
    expect(() => explain(crowded(), solve(crowded()), 'z')).toThrow(Refused);
  });

  it.each(combinations)('stays the same when two others swap lists and the result stays (%s)', (combination) => {
    fc.assert(fc.property(fc.gen(), (draw) => {
      const instance = instanceOf(draw, combination);
      const [one, other] = draw(fc.shuffledSubarray<string>, instance.applicants.map(({ id }) => id), { minLength: 2, maxLength: 2 }) as [string, string];
      const [before, swapped] = [admitted(instance), swap(instance, one, other)];
      const after = admitted(swapped);
      fc.pre(before !== null && after?.digest === before.digest);
      for (const { id } of instance.applicants) if (id !== one && id !== other) expect(explain(swapped, after!, id)).toEqual(explain(instance, before, id));
    }), { numRuns, maxSkipsPerRun: 1_000 });
  }, timeout);
});

function admitted(instance: Instance): Matching | null {
  try {
    return solve(instance);
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}

function swap(instance: Instance, one: string, other: string): Instance {
  const listOf = (id: string): readonly string[] => instance.applicants.find((applicant) => applicant.id === id)!.preferences;
  return { ...instance, applicants: instance.applicants.map((applicant) => (applicant.id === one ? { ...applicant, preferences: listOf(other) } : applicant.id === other ? { ...applicant, preferences: listOf(one) } : applicant)) };
}
