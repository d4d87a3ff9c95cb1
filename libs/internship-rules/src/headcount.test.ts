// Which caps hold where and when, and how many heads they are.
import { describe, expect, it } from '@jest/globals';
import { headcountRules, headsAllowed, headsOf, packsUntil } from './headcount.js';
import { rulePacks, type RulePack } from './packs.js';

const pack = (id: string, region: string | null, fromOn: string, headcount: RulePack['headcount']): RulePack => ({ id, region, fromOn, headcount, source: '样例（虚构）', isInvented: true, unchecked: [] });
const down = (percent: number) => ({ percent, rounding: 'down' as const });
const packs = [
  pack('nation', null, '2022-01-01', { post: down(20), enterprise: down(10) }),
  pack('nation, later', null, '2026-07-01', { enterprise: down(8) }),
  pack('province', '990000', '2024-01-01', { post: down(15) }),
  pack('city', '990100', '2025-01-01', { post: down(30) }),
];
const capsOf = (region: string, day: string) => {
  const { post, enterprise } = headcountRules(region, day, packs);
  return [post && `${post.percent} ${post.pack}`, enterprise && `${enterprise.percent} ${enterprise.pack}`];
};

describe('the caps', () => {
  it.each([
    ['of a day before any rule: none is known', '330100', '2021-12-31', [null, null]],
    ['of the first day of the national rule', '330100', '2022-01-01', ['20 nation', '10 nation']],
    ['of the last day before a national change', '330100', '2026-06-30', ['20 nation', '10 nation']],
    ['of its first day: what it does not name stays', '330100', '2026-07-01', ['20 nation', '8 nation, later']],
    ['of a province before its own rule', '990201', '2023-12-31', ['20 nation', '10 nation']],
    ['of a province with a stricter one', '990201', '2024-01-01', ['15 province', '10 nation']],
    ['of a city in it, which goes before the province', '990101', '2025-01-01', ['30 city', '10 nation']],
    ['of the neighbouring city, which it does not reach', '990201', '2025-01-01', ['15 province', '10 nation']],
    ['of something that is no region: the country’s', 'nowhere', '2025-01-01', ['20 nation', '10 nation']],
  ])('%s', (_name, region, day, caps) => {
    expect(capsOf(region, day)).toEqual(caps);
  });
});

describe('heads', () => {
  it.each([
    [10, 0, 0], [10, 9, 0], [10, 10, 1], [10, 19, 1], [10, 20, 2], [20, 4, 0], [20, 5, 1], [20, 9, 1], [15, 7, 1], [15, 6, 0], [29, 100, 29], [57, 100, 57], [10, 2_147_483_647, 214_748_364],
  ])('%i %% of %i are %i', (percent, staff, heads) => {
    expect(headsOf(down(percent), staff)).toBe(heads);
  });

  it('are one more where a rule rounds up and something is left', () => {
    expect([20, 21].map((staff) => headsOf({ percent: 10, rounding: 'up' }, staff))).toEqual([2, 3]);
  });

  it('are exact for every staff: never more than the percentage, and one more would be', () => {
    for (let staff = 0; staff < 2_000; staff += 1) {
      for (const percent of [1, 7, 10, 15, 20, 29, 33]) {
        const heads = headsOf(down(percent), staff);
        expect(heads * 100 <= percent * staff && (heads + 1) * 100 > percent * staff).toBe(true);
      }
    }
  });

  it.each([-1, 0.5, Number.NaN, Infinity])('of %p people are none to be counted', (staff) => {
    expect(() => headsOf(down(10), staff)).toThrow(RangeError);
  });
});

describe('over a period', () => {
  const during = (startsOn: string, endsOn: string) => headsAllowed('enterprise', { region: '330100', startsOn, endsOn }, 100, packs);

  it('the strictest rule of any of its days counts', () => {
    expect([during('2026-01-01', '2026-06-30'), during('2026-01-01', '2026-07-01'), during('2026-07-01', '2026-12-31')]).toEqual([10, 8, 8]);
  });

  it('a rule that begins on the way counts too, and before all rules nothing is known', () => {
    expect([during('2021-01-01', '2021-06-30'), during('2021-01-01', '2022-03-01')]).toEqual([null, 10]);
  });
});

it('packs that begin after a period are none of it', () => {
  expect(packsUntil('2024-12-31', packs).map(({ id }) => id)).toEqual(['nation', 'province']);
});

describe('the packs', () => {
  it('hold 10 and 20 percent from the rules of 2021 on, each number that is still to be checked marked as such', () => {
    expect(headcountRules('330100', '2022-03-01')).toEqual({ post: { percent: 20, rounding: 'down', pack: 'cn-2021' }, enterprise: { percent: 10, rounding: 'down', pack: 'cn-2021' } });
    expect(headcountRules('330100', '2021-12-30')).toEqual({ post: null, enterprise: null });
    expect(rulePacks.filter(({ isInvented }) => !isInvented).every(({ unchecked }) => unchecked.includes('percent'))).toBe(true);
  });

  it('invent rules for the sample region alone', () => {
    expect(rulePacks.filter(({ isInvented }) => isInvented).every(({ region }) => region?.startsWith('99'))).toBe(true);
    expect(headcountRules('990102', '2026-01-01')).toMatchObject({ post: { percent: 15 }, enterprise: { percent: 10 } });
  });

  it('have names of their own, and whole percentages', () => {
    expect(new Set(rulePacks.map(({ id }) => id)).size).toBe(rulePacks.length);
    const shares = rulePacks.flatMap(({ headcount }) => Object.values(headcount));
    expect(shares.every(({ percent }) => Number.isInteger(percent) && percent > 0 && percent <= 100)).toBe(true);
  });
});
