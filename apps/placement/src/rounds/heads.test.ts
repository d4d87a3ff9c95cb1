// Heads of a round as caps above its positions, and what the match and its explanations make of them.
import { describe, expect, it } from '@jest/globals';
import { refill, solve, verify, verifyRefill } from '@tandem/stable-matching';
import { headHosts, heldHeads, type Pool } from './heads.js';
import { keepingHeld, marketOf, tell, type EntryInput, type ListInput } from './market.js';

const pool = (occupation: string, seats: number, postHeads: number, enterpriseHeads: number): Pool => ({ enterpriseOrg: 'e', occupation, seats, postHeads, enterpriseHeads });
const hostsOf = (...pools: Pool[]) => headHosts(pools).hosts.map(({ id, capacity, parent }) => `${id} ${capacity}${parent ? ` in ${parent}` : ''}`);

describe('a cap', () => {
  it.each([
    ['that leaves every seat a head is no host', [pool('a', 3, 3, 3)], []],
    ['on all staff is one host over its kinds of post', [pool('a', 3, 3, 3), pool('b', 3, 3, 1)], ['e 4']],
    ['on a kind of post is a host of its own', [pool('a', 5, 2, 2), pool('b', 3, 3, 3)], ['e/a 2']],
    ['on both is a host within a host', [pool('a', 5, 3, 2), pool('b', 3, 3, 1)], ['e 3', 'e/a 3 in e']],
    ['on all staff that leaves as many as its kinds of post do cannot bind', [pool('a', 5, 2, 2), pool('b', 5, 1, 1)], ['e/a 2', 'e/b 1']],
  ])('%s', (_name, pools, hosts) => {
    expect(hostsOf(...pools)).toEqual(hosts);
  });

  it('loses the places of those who stay at a position that has left', () => {
    const { hosts } = headHosts([pool('a', 4, 4, 4)], new Map([['e', 3], ['e/a', 3]]));
    expect(hosts).toEqual([{ id: 'e/a', capacity: 1 }]);
  });
});

describe('an entry says', () => {
  it.each([
    [{ post: 5, enterprise: 5 }, { post: 50, enterprise: 500 }, null, []],
    [{ post: 3, enterprise: 3 }, { post: 15, enterprise: 500 }, 'post', []],
    [{ post: 5, enterprise: 2 }, { post: 50, enterprise: 20 }, 'enterprise', []],
    [{ post: 3, enterprise: 2 }, { post: 15, enterprise: 20 }, 'enterprise', []],
    [{ post: 5, enterprise: 5 }, { post: null, enterprise: null }, null, ['post', 'enterprise']],
    [{ post: 5, enterprise: 1 }, { post: null, enterprise: 10 }, 'enterprise', ['post']],
  ])('of five seats that hold %j of staff %j: limited by %s, not stated %j', (held, staff, headLimit, unstated) => {
    expect(heldHeads(5, held, staff)).toMatchObject({ headLimit, unstated });
  });
});

const frame = { rules: { sameMajor: 40, sameClass: 20, skill: 10, sameCounty: 8, samePrefecture: 4, groups: [], wishes: 10 }, startsOn: '2027-03-01' };
const list = (studentId: string, points: number, choices: string[]): ListInput => ({
  studentId, alias: studentId, collegeOrg: 'college', choices, facts: { programCode: '530101', region: '880101', skills: Array.from({ length: points / 10 }, (_, n) => ({ code: `skill ${n}`, level: 1 })), tags: [], minorThrough: '2025-01', workableFrom: '2023-01' },
});
const skills = Array.from({ length: 20 }, (_, n) => ({ code: `skill ${n}`, level: 1 }));
const entry = (positionId: string, seats: number, more: Partial<EntryInput> = {}): EntryInput => ({
  entryId: `entry ${positionId}`, positionId, seats, majors: [], skills, region: '990101', hasNightWork: false, needsMajor: false, enterpriseOrg: 'e', occupation: positionId, isCapped: true, ...more,
});
const market = (lists: ListInput[], entries: EntryInput[], pools: Pool[]) => marketOf(frame, { lists, entries, pools }, (digest) => digest);
/** Solved, and the independent checker agrees. */
const matched = (lists: ListInput[], entries: EntryInput[], pools: Pool[]) => {
  const made = market(lists, entries, pools);
  const { assignments, digest } = solve(made.instance);
  expect(verify(made.instance, assignments, digest)).toEqual([]);
  return { made, assignments, told: new Map(tell(made, assignments).map((one) => [one.studentId, one])) };
};
const bothTwo = [entry('p', 2), entry('q', 2)];

describe('under a cap', () => {
  it('the students with most points have the heads, at whichever position, and the others are told that the cap kept them out', () => {
    const lists = [list('a', 30, ['p']), list('b', 20, ['q']), list('c', 10, ['p', 'q'])];
    const { assignments, told } = matched(lists, bothTwo, [pool('p', 2, 2, 2), pool('q', 2, 2, 0)]);
    expect(assignments).toEqual({ a: 'p', b: 'q', c: null });
    expect(told.get('c')).toMatchObject({ reason: 'all_full', wishes: [{ outcome: 'enterprise_cap', lastPoints: -1 }, { outcome: 'enterprise_cap' }] });
  });

  it('a position that is full is full, whatever the cap says', () => {
    const lists = [list('a', 30, ['p']), list('b', 20, ['p']), list('c', 10, ['p', 'q']), list('d', 5, ['q'])];
    const { told } = matched(lists, bothTwo, [pool('p', 2, 2, 2), pool('q', 2, 2, 1)]);
    expect(told.get('c')?.wishes).toMatchObject([{ outcome: 'full' }, { outcome: 'assigned' }]);
    expect(told.get('d')?.wishes).toMatchObject([{ outcome: 'enterprise_cap' }]);
  });

  it('a number about others is said only where at least five have a head under it', () => {
    const many = (n: number) => Array.from({ length: n }, (_, at) => list(`in${at}`, 20, [at % 2 ? 'p' : 'q']));
    const lastPoints = (n: number) => matched([...many(n), list('out', 10, ['p'])], [entry('p', 9), entry('q', 9)], [pool('p', 9, 9, n), pool('q', 9, 9, 0)]).told.get('out')?.wishes[0];
    expect([lastPoints(4), lastPoints(5)]).toMatchObject([{ outcome: 'enterprise_cap', lastPoints: -1 }, { outcome: 'enterprise_cap', lastPoints: 20 }]);
  });

  it('without any head for it a position is out of the match, and its wishes say why', () => {
    const { made, assignments, told } = matched([list('a', 30, ['p', 'r'])], [entry('p', 2), entry('r', 1, { enterpriseOrg: 'other' })], [pool('p', 2, 0, 0)]);
    expect(made.instance.positions.map(({ id }) => id)).toEqual(['r']);
    expect([assignments['a'], told.get('a')?.wishes.map(({ outcome }) => outcome)]).toEqual(['r', ['enterprise_cap', 'assigned']]);
  });

  it('a job of the same enterprise is not below it', () => {
    const { assignments } = matched([list('a', 30, ['p']), list('b', 10, ['j'])], [entry('p', 1), entry('j', 1, { isCapped: false })], [pool('p', 1, 1, 1)]);
    expect(assignments).toEqual({ a: 'p', b: 'j' });
  });
});

describe('under a cap, as without one,', () => {
  it('nobody is told otherwise when two others swap lists without changing the result', () => {
    const pools = [pool('p', 2, 2, 2), pool('q', 2, 2, 0)];
    const before = matched([list('a', 30, ['p']), list('b', 30, ['q']), list('x', 10, ['p'])], bothTwo, pools).told.get('x');
    const after = matched([list('a', 30, ['q']), list('b', 30, ['p']), list('x', 10, ['p'])], bothTwo, pools).told.get('x');
    expect(after).toEqual(before);
  });

  it('a refill keeps whoever has a head, counts final ones, and gives the one that came free to the next', () => {
    const lists = [list('final', 10, ['p']), list('gone', 40, ['q']), list('next', 30, ['q']), list('last', 20, ['p'])];
    const made = market(lists, bothTwo, [pool('p', 2, 2, 2), pool('q', 2, 2, 0)]);
    const standing = { final: { state: 'final', position: 'p' }, gone: { state: 'out' }, next: { state: 'holding', position: null }, last: { state: 'holding', position: null } } as const;
    const instance = keepingHeld(made.instance, standing);
    const result = refill(instance, standing);
    expect(verifyRefill(instance, standing, result)).toEqual([]);
    expect(result.assignments).toMatchObject({ final: 'p', next: 'q', last: null });
  });

  it('random markets pass the checker, and no cap is exceeded', () => {
    let state = 7;
    const draw = (below: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
      return Math.floor((state / 0x80000000) * below);
    };
    for (let run = 0; run < 60; run += 1) {
      const names = ['p', 'q', 'r', 's'];
      const entries = names.map((name, n) => entry(name, 1 + draw(4), { enterpriseOrg: n < 3 ? 'e' : 'f', occupation: n === 1 ? 'p' : name }));
      const pools = [...new Set(entries.map(({ enterpriseOrg, occupation }) => `${enterpriseOrg} ${occupation}`))].map((key): Pool => {
        const [enterpriseOrg = '', occupation = ''] = key.split(' ');
        const seats = entries.filter((one) => one.enterpriseOrg === enterpriseOrg && one.occupation === occupation).reduce((sum, one) => sum + one.seats, 0);
        const postHeads = draw(seats + 1);
        return { enterpriseOrg, occupation, seats, postHeads, enterpriseHeads: draw(postHeads + 1) };
      });
      const lists = Array.from({ length: 12 }, (_, n) => list(`s${n}`, draw(5) * 10, names.filter(() => draw(2) === 1).toSorted(() => draw(3) - 1)));
      const { assignments } = matched(lists, entries, pools);
      const taken = (belongs: (one: EntryInput) => boolean): number => Object.values(assignments).filter((at) => entries.some((one) => one.positionId === at && belongs(one))).length;
      for (const org of ['e', 'f']) expect(taken(({ enterpriseOrg }) => enterpriseOrg === org)).toBeLessThanOrEqual(pools.filter(({ enterpriseOrg }) => enterpriseOrg === org).reduce((sum, { enterpriseHeads }) => sum + enterpriseHeads, 0));
      for (const one of pools) expect(taken(({ enterpriseOrg, occupation }) => enterpriseOrg === one.enterpriseOrg && occupation === one.occupation)).toBeLessThanOrEqual(one.postHeads);
    }
  });
});
