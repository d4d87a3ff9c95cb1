import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Refused } from './instance.js';
import { readInstance } from './read-instance.js';
import { solve } from '../solver/solve.js';

const clean = {
  applicants: [{ id: 'a', preferences: ['p'] }, { id: 'b', preferences: ['p', 'q'], groups: ['g'] }],
  positions: [{ id: 'p', capacity: 1, priorities: ['a', 'b'] }, { id: 'q', capacity: 1, scores: { b: 3 } }],
};
const withApplicant = (applicant: object) => ({ ...clean, applicants: [...clean.applicants, applicant] });
const withPosition = (position: object) => ({ ...clean, positions: [...clean.positions, position] });
const refusal = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof Refused) return error.code;
    throw error;
  }
  return 'done';
};

describe('dirty input', () => {
  it('of which there is none comes back as it was', () => {
    expect(readInstance(clean)).toEqual({ instance: clean, problems: [] });
  });

  it.each<[string, unknown, object[]]>([
    ['a wish for nobody knows what', withApplicant({ id: 'c', preferences: ['x'] }), [{ code: 'unknown_position', applicant: 'c', position: 'x' }]],
    ['a wish twice', { ...clean, applicants: [{ id: 'a', preferences: ['p', 'p'] }, clean.applicants[1]] }, [{ code: 'repeated_wish', applicant: 'a', position: 'p' }]],
    ['a wish for who does not accept', withApplicant({ id: 'c', preferences: ['p'] }), [{ code: 'one_sided', applicant: 'c', position: 'p' }]],
    ['an applicant twice', withApplicant({ id: 'a', preferences: [] }), [{ code: 'repeated_applicant', applicant: 'a' }]],
    ['an id that is none', withApplicant({ id: 'x\ty', preferences: [] }), [{ code: 'bad_id', field: 'applicant', value: 'x\ty' }]],
    ['half a character as an id', withApplicant({ id: '\ud83d', preferences: [] }), [{ code: 'bad_id', field: 'applicant', value: '\ud83d' }]],
    ['something else than an applicant', withApplicant([]), [{ code: 'malformed', field: 'applicants', value: '[]' }]],
    ['preferences that are no list', withApplicant({ id: 'c', preferences: 'p' }), [{ code: 'malformed', applicant: 'c', field: 'preferences', value: 'p' }]],
    ['a field that nobody knows', withApplicant({ id: 'c', preferences: [], name: 1 }), [{ code: 'unknown_field', applicant: 'c', field: 'name' }]],
    ['a position without seats', withPosition({ id: 'r', capacity: 0, priorities: [] }), [{ code: 'capacity_zero', position: 'r' }]],
    ['half a seat', withPosition({ id: 'r', capacity: 1.5, priorities: [] }), [{ code: 'bad_number', field: 'capacity', position: 'r', value: '1.5' }]],
    ['an unknown applicant in an order', withPosition({ id: 'r', capacity: 1, priorities: ['z'] }), [{ code: 'unknown_applicant', field: 'priorities', position: 'r', value: 'z' }]],
    ['an applicant twice in an order', withPosition({ id: 'r', capacity: 1, priorities: ['a', ['a', 'b']] }), [{ code: 'repeated_priority', field: 'priorities', position: 'r', value: 'a' }]],
    ['a score that is none', withPosition({ id: 'r', capacity: 1, scores: { a: '1' } }), [{ code: 'bad_number', field: 'scores', position: 'r', applicant: 'a', value: '1' }]],
    ['no order at all', withPosition({ id: 'r', capacity: 1 }), [{ code: 'no_order', position: 'r' }]],
    ['an order that is none', withPosition({ id: 'r', capacity: 1, priorities: 'a' }), [{ code: 'malformed', field: 'priorities', position: 'r', value: 'a' }]],
    ['ties without a seed', withPosition({ id: 'r', capacity: 1, priorities: [['a', 'b']] }), [{ code: 'no_seed' }]],
    ['a host that is not there', withPosition({ id: 'r', capacity: 1, host: 'h' }), [{ code: 'unknown_host', position: 'r', value: 'h' }]],
    ['half a reserve', withPosition({ id: 'r', capacity: 2, priorities: [], reserves: [{ group: 'g', seats: 0.5 }] }), [{ code: 'bad_number', field: 'reserves', group: 'g', position: 'r', value: '0.5' }]],
    ['more than all', withPosition({ id: 'r', capacity: 2, priorities: [], shares: [{ group: 'g', percent: 101 }] }), [{ code: 'bad_number', field: 'shares', group: 'g', position: 'r', value: '101' }]],
  ])('%s is reported and dropped, or refused', (_claim, json, problems) => {
    const read = readInstance(json);
    expect(read.problems).toEqual(problems);
    expect(readInstance(read.instance).problems.filter(({ code }) => code !== 'no_seed' && code !== 'no_order')).toEqual([]);
    expect(solve(read.instance).assignments).toMatchObject({ a: 'p', b: 'q' });
    expect(refusal(() => readInstance(json, { strict: true }))).toBe('instance.dirty');
  });

  it('of a host takes with it all that hangs on it: alone its cap would be lifted', () => {
    const { instance, problems } = readInstance({ ...withPosition({ id: 'r', capacity: 1, host: 'low', priorities: [] }), hosts: [{ id: 'top', capacity: 0 }, { id: 'low', capacity: 1, parent: 'top' }] });
    expect(instance.positions.map(({ id }) => id)).toEqual(['p', 'q']);
    expect(problems.map(({ code }) => code)).toEqual(['capacity_zero', 'host_dropped', 'unknown_host']);
  });

});

describe('what is no instance, or none that we match', () => {
  it.each<[string, unknown, string]>([
    ['nothing', null, 'instance.unreadable'],
    ['a list', [], 'instance.unreadable'],
    ['positions without applicants', { positions: [] }, 'instance.unreadable'],
    ['couples', { ...clean, couples: [] }, 'unsupported.couples'],
    ['a partner', withApplicant({ id: 'c', preferences: [], partner: 'a' }), 'unsupported.couples'],
    ['a lower quota', withPosition({ id: 'r', capacity: 2, minimum: 1 }), 'unsupported.lower_quotas'],
    ['caps that cross', withPosition({ id: 'r', capacity: 2, host: ['h', 'k'] }), 'hosts.caps_cross'],
    ['a position with two hosts', { ...withPosition({ ...clean.positions[0], host: 'h' }), hosts: [{ id: 'h', capacity: 1 }] }, 'hosts.two_hosts'],
    ['a reserve on a host', { ...clean, hosts: [{ id: 'h', capacity: 1, reserves: [{ group: 'g', seats: 1 }] }] }, 'reserves.on_host'],
  ])('%s is refused by name, strict or not', (_claim, json, code) => {
    expect(refusal(() => readInstance(json))).toBe(code);
    expect(refusal(() => readInstance(json, { strict: true }))).toBe(code);
  });

  it('never crashes, and what it lets pass is matched or refused by name', () => {
    const id = fc.constantFrom('a', 'b', 'p', 'q', 'h', 'k', '', 'x\n', '__proto__', 'constructor', 7, null);
    const anything = fc.oneof(id, fc.array(fc.oneof(id, fc.array(id))), fc.integer({ min: -1, max: 3 }), fc.dictionary(fc.constantFrom('a', 'b', '__proto__', 'group', 'seats', 'percent'), fc.oneof(id, fc.integer())));
    const figures = fc.array(fc.record({ group: fc.constantFrom('g', 'f'), seats: fc.integer({ min: 0, max: 2 }), percent: fc.constantFrom(0, 20, 50, 120) }, { requiredKeys: [] }), { maxLength: 2 });
    const field = (usual: fc.Arbitrary<unknown>) => fc.oneof({ weight: 6, arbitrary: usual }, { weight: 1, arbitrary: anything });
    const list = field(fc.array(fc.oneof(id, fc.array(id, { maxLength: 3 })), { maxLength: 4 }));
    const entry = { id: field(id), capacity: field(fc.integer({ min: 0, max: 3 })), priorities: list };
    const json = fc.record({
      applicants: field(fc.array(fc.record({ id: field(id), preferences: list, groups: list }, { requiredKeys: ['id'] }), { maxLength: 4 })),
      positions: field(fc.array(fc.record({ ...entry, host: field(id), scores: anything, reserves: field(figures), shares: field(figures) }, { requiredKeys: ['id'] }), { maxLength: 4 })),
      hosts: field(fc.array(fc.record({ ...entry, parent: field(id), shares: field(figures) }, { requiredKeys: ['id'] }), { maxLength: 3 })),
      seed: field(fc.constant('s')),
    }, { requiredKeys: ['applicants', 'positions'] });
    const dirt = ['instance.dirty', 'instance.unknown_id', 'instance.repeated', 'instance.bad_value'];
    fc.assert(fc.property(json, (sent) => {
      expect(dirt).not.toContain(refusal(() => solve(readInstance(sent).instance)));
      if (refusal(() => readInstance(sent)) !== 'done') return;
      // A copy is an instance whose ids are looked up again.
      const { instance } = readInstance(sent);
      const copy = { ...instance };
      expect(refusal(() => solve(instance))).toBe(refusal(() => solve(copy)));
      if (refusal(() => solve(instance)) === 'done') expect(solve(instance)).toEqual(solve(copy));
    }), { numRuns: 500 });
  });
});
