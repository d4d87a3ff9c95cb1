// Everything that is not matched is refused by name, with what is wrong; what is allowed beside it passes.
import { describe, expect, it } from '@jest/globals';
import { Refused, type Host, type Instance, type Position } from './instance/instance.js';
import { solveHostOptimal } from './solver/host-optimal.js';
import { solve } from './solver/solve.js';

const groups: Record<string, string[]> = { a: ['f'], b: ['f', 'g'], c: [] };
const of = (positions: Position[], hosts: Host[] = []): Instance => ({
  applicants: ['a', 'b', 'c'].map((id) => ({ id, preferences: positions.map((position) => position.id), groups: groups[id]! })),
  positions,
  hosts,
});
const p = (more: Partial<Position> = {}): Position => ({ id: 'p', capacity: 2, host: 'h', ...more });
const q = (more: Partial<Position> = {}): Position => ({ id: 'q', capacity: 1, host: 'h', ...more });
const h = (more: Partial<Host> = {}): Host => ({ id: 'h', capacity: 1, ...more });
const abc = { priorities: ['a', 'b', 'c'] };
const scores = { scores: { a: 3, b: 2, c: 1 } };
const f = [{ group: 'f', seats: 1 }];
const fg = [...f, { group: 'g', seats: 1 }];
const half = [{ group: 'f', percent: 50 }];

function refusal(instance: Instance): { code: string; details: unknown } | null {
  try {
    solve(instance);
    return null;
  } catch (error) {
    if (error instanceof Refused) return { code: error.code, details: error.details };
    throw error;
  }
}

describe('refused by name', () => {
  it('is the instance of model.md that has no stable matching: its lists contradict their host', () => {
    const instance: Instance = {
      applicants: [{ id: 'a', preferences: ['p'] }, { id: 'b', preferences: ['q', 'p'] }, { id: 'c', preferences: ['q'] }],
      positions: [p({ priorities: ['a', 'b', 'c'] }), q({ priorities: ['b', 'a', 'c'] })],
      hosts: [h({ priorities: ['c', 'a', 'b'] })],
    };
    expect(refusal(instance)).toEqual({ code: 'order.contradiction', details: { host: 'h', position: 'p', applicants: ['b', 'c'] } });
  });

  it.each<[string, Instance, string, object]>([
    ['a tie below a host that has none', of([p({ priorities: [['a', 'b'], 'c'] }), q()], [h(abc)]), 'order.contradiction', { host: 'h', position: 'p', applicants: ['b', 'a'] }],
    ['somebody below whom the host does not rank', of([p(abc), q()], [h({ priorities: ['a', 'b'] })]), 'order.contradiction', { host: 'h', position: 'p', applicant: 'c' }],
    ['a lower host against the topmost', of([p({ host: 'k' }), q()], [h(abc), { id: 'k', capacity: 1, parent: 'h', priorities: ['b', 'a'] }]), 'order.contradiction', { host: 'h', below: 'k', applicants: ['b', 'a'] }],
    ['a list below scores', of([p(scores), q(abc)], [h()]), 'order.mixed_forms', { host: 'h', positions: ['p', 'q'] }],
    ['scores below a list', of([p(scores), q()], [h(abc)]), 'order.mixed_forms', { host: 'h', position: 'p' }],
    ['list and scores at one position', of([p({ ...abc, ...scores, host: 'h' })], [h()]), 'order.mixed_forms', { position: 'p' }],
    ['no order at a binding host', of([p(abc), q(abc)], [h()]), 'order.missing', { host: 'h' }],
    ['hosts in a circle', of([p(abc)], [h({ parent: 'k' }), { id: 'k', capacity: 1, parent: 'h' }]), 'hosts.cycle', { hosts: ['h', 'k'] }],
    ['overlapping reserves below a binding host', of([p({ reserves: fg }), q()], [h(abc)]), 'reserves.overlap_under_host', { position: 'p', host: 'h', groups: ['f', 'g'] }],
    ['more reserved seats than seats', of([q({ ...abc, host: 'h', reserves: fg })], [h()]), 'reserves.too_many', { position: 'q', reserved: 2, capacity: 1, reserves: 2 }],
    ['shares below a binding host', of([p({ shares: half }), q()], [h(abc)]), 'shares.under_host', { position: 'p', host: 'h' }],
    ['shares on a host below a binding host', of([p({ host: 'k' }), q()], [h(abc), { id: 'k', capacity: 1, parent: 'h', ...abc, shares: half }]), 'shares.under_host', { host: 'k' }],
    ['shares on a host that cannot bind', of([p(abc), q(abc)], [h({ capacity: 9, shares: half })]), 'shares.host_cannot_bind', { host: 'h' }],
    ['shares on a host with scores', of([p(scores), q(scores)], [h({ shares: half })]), 'shares.without_list', { host: 'h' }],
    ['shares together with a reserve', of([{ id: 'p', capacity: 2, ...abc, reserves: f, shares: half }]), 'reserves.with_shares', { position: 'p' }],
    ['shares on a host above a reserve', of([p({ reserves: f }), q()], [h({ ...abc, shares: half })]), 'reserves.with_shares', { host: 'h', position: 'p' }],
    ['an unknown applicant', of([p({ priorities: ['z'] })], [h()]), 'instance.unknown_id', { position: 'p', applicant: 'z' }],
    ['an applicant twice in an order', of([{ id: 'p', capacity: 1, priorities: ['a', 'a'] }]), 'instance.repeated', { position: 'p', applicant: 'a' }],
    ['a lower quota', of([{ id: 'p', capacity: 2, ...abc, minimum: 1 } as Position]), 'unsupported.lower_quotas', { position: 'p', field: 'minimum' }],
    ['a couple', { ...of([p(abc)], [h()]), couples: [['a', 'b']] } as Instance, 'unsupported.couples', {}],
    ['a position below two hosts', of([{ ...p(abc), host: ['h', 'k'] } as unknown as Position], [h(), h({ id: 'k' })]), 'hosts.caps_cross', { position: 'p', hosts: ['h', 'k'] }],
    ['a reserve on a host', of([p(), q()], [{ ...h(abc), reserves: f } as Host]), 'reserves.on_host', { host: 'h' }],
    ['half a seat', of([{ id: 'p', capacity: 0.5, ...abc }]), 'instance.bad_value', { id: 'p', capacity: 0.5 }],
  ])('is %s', (_claim, instance, code, details) => {
    expect(refusal(instance)).toEqual({ code, details });
  });

  it.each<[string, Instance]>([
    ['lists that contradict a host whose cap cannot bind', of([p(abc), q({ priorities: ['c', 'a', 'b'] })], [h({ capacity: 3, priorities: ['b', 'c', 'a'] })])],
    ['overlapping reserves below a host whose cap cannot bind', of([p({ ...abc, reserves: fg })], [h({ capacity: 2 })])],
    ['a host that gives the order of all below it', of([p(), q()], [h(abc)])],
    ['empty ties', of([p({ priorities: [[], 'a', [], ['b']] }), q()], [h({ priorities: [[], [], 'a', ['b'], [], 'c'] })])],
    ['disjoint reserves below a binding host', of([p({ reserves: f }), q({ reserves: f })], [h(abc)])],
  ])('is not: %s', (_claim, instance) => {
    expect(refusal(instance)).toBeNull();
  });

  it.each<[string, Instance]>([
    ['a host that can bind', of([p(), q()], [h(abc)])],
    ['a reserve', of([{ id: 'p', capacity: 2, ...abc, reserves: f }])],
  ])('in the host-optimal variant, which is for one level, is %s', (_claim, instance) => {
    expect(() => solveHostOptimal(instance)).toThrow('unsupported.levels');
  });
});
