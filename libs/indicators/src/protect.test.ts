import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ALL, protect, type Cell, type Protected } from './protect.js';

const cell = (key: string[], population: number, numerator = 0): Cell => ({ key, population, denominator: population, numerator, unknown: 0 });
const finestOf = (cells: readonly Cell[]): Protected[] => protect(cells).filter(({ key }) => !key.includes(ALL));
const shownOf = (cells: readonly Cell[]): string[] => finestOf(cells).filter(({ isSuppressed }) => !isSuppressed).map(({ key }) => key.join());

describe('a table of counts', () => {
  it('hides what is about fewer than 10, and what it takes that no sum gives it away', () => {
    expect(shownOf([cell(['a'], 9), cell(['b'], 40), cell(['c'], 12), cell(['d'], 30)])).toEqual(['b', 'd']);
  });

  it('shows all where nothing is small', () => {
    expect(shownOf([cell(['a'], 10), cell(['b'], 11)])).toEqual(['a', 'b']);
  });

  it('hides nothing more where two hidden cells together reach the threshold', () => {
    expect(shownOf([cell(['a'], 5), cell(['b'], 6), cell(['c'], 20)])).toEqual(['c']);
  });

  it('hides one more where two hidden cells together do not', () => {
    expect(shownOf([cell(['a'], 3), cell(['b'], 4), cell(['c'], 20), cell(['d'], 21)])).toEqual(['d']);
  });

  it('looks along every axis', () => {
    const table = ['n', 's'].flatMap((region) => ['x', 'y', 'z'].map((post) => cell([region, post], region === 'n' && post === 'x' ? 2 : 20)));
    // Hidden in a row, another in the row; each of those two in its column, another.
    expect(shownOf(table)).toEqual(['n,z', 's,z']);
  });

  it('looks at what several axes together sum up to: the total gives nobody away', () => {
    expect(shownOf([cell(['n', 'Q1'], 40), cell(['s', 'Q2'], 1), cell(['w', 'Q2'], 1)])).toEqual([]);
  });

  it('rounds down to a multiple of 5 and takes the rate from what it shows', () => {
    expect(finestOf([{ key: ['a'], population: 49, denominator: 49, numerator: 33, unknown: 4 }])).toEqual([{ key: ['a'], isSuppressed: false, denominator: 45, numerator: 30, unknown: 0, ratePermille: 667 }]);
  });

  it('shows nothing of a hidden cell', () => {
    expect(finestOf([cell(['a'], 9, 8)])).toEqual([{ key: ['a'], isSuppressed: true, denominator: 0, numerator: 0, unknown: 0, ratePermille: null }]);
  });
});

describe('whatever the table', () => {
  const tables = fc.array(fc.tuple(fc.constantFrom('1', '2', '3', '4'), fc.constantFrom('x', 'y', 'z'), fc.constantFrom('Q1', 'Q2'), fc.integer({ min: 0, max: 30 })), { minLength: 1, maxLength: 24 }).map((rows) => [
    ...new Map(rows.map(([region, post, period, n]) => [`${region}${post}${period}`, cell([region, post, period], n)])).values(),
  ]);

  it('no sum and its parts give a hidden count away, in any table that can be asked for', () => {
    fc.assert(
      fc.property(tables, (cells) => {
        const all = new Map(protect(cells).map(({ key, isSuppressed }) => [key.join(), isSuppressed]));
        const size = (key: readonly string[]): number => cells.filter((one) => key.every((code, axis) => code === ALL || code === one.key[axis])).reduce((sum, { population }) => sum + population, 0);
        const keys = [...all.keys()].map((name) => name.split(','));
        for (const sum of keys) {
          for (const axis of [0, 1, 2].filter((one) => sum[one] === ALL)) {
            const parts = keys.filter((key) => key[axis] !== ALL && key.every((code, other) => other === axis || code === sum[other]));
            const out = parts.filter((key) => all.get(key.join()));
            const isSafe = all.get(sum.join()) ? out.length > 0 : out.length === 0 || (out.length > 1 && out.reduce((total, key) => total + size(key), 0) >= 10);
            expect({ sum, axis, isSafe }).toEqual({ sum, axis, isSafe: true });
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('the order of its cells does not matter', () => {
    fc.assert(
      fc.property(tables, (cells) => {
        const sorted = (all: readonly Cell[]): string[] => protect(all).map((one) => JSON.stringify(one)).toSorted();
        expect(sorted(cells.toReversed())).toEqual(sorted(cells));
      }),
      { numRuns: 200 },
    );
  });
});
