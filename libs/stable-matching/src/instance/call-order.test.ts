// Parcoursup's published tables (its own two feature files, read from ../shared and not copied), and what they leave open.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { callOrder, type Candidate } from './call-order.js';
import type { Share } from './instance.js';

const folder = join(import.meta.dirname, '../../../../../shared/data/matching');
const isThere = existsSync(folder);
const words: Record<string, readonly string[]> = { boursiers: ['B', 'T'], résidents: ['R', 'T'] };

interface Example {
  readonly shares: readonly Share[];
  readonly list: readonly string[];
  readonly order: readonly string[];
}

(isThere ? describe : describe.skip)('call order as published (skipped where ../shared is not beside the project)', () => {
  it('is the published one in all 272 examples', () => {
    const examples = ['ordre-appel-4-1.feature', 'ordre-appel-4-2.feature'].flatMap((name) => examplesOf(readFileSync(join(folder, name), 'utf8')));
    expect(examples.length).toBe(272);
    for (const { list, shares, order } of examples) expect({ list, shares, order: callOrder(list.map(candidate), shares) }).toEqual({ list, shares, order });
  });
});

describe('call order', () => {
  it('keeps each share at every step while its group has anybody left', () => {
    const group = fc.subarray(['f', 'g']);
    fc.assert(fc.property(fc.array(group, { maxLength: 30 }), fc.integer({ min: 0, max: 100 }), (groups, percent) => {
      const list = groups.map((own, n) => ({ id: String(n), groups: own }));
      const order = callOrder(list, [{ group: 'f', percent }]).map((id) => list[Number(id)]!);
      const total = order.filter(({ groups: own }) => own.includes('f')).length;
      for (let n = 1; n <= order.length; n += 1) {
        const called = order.slice(0, n).filter(({ groups: own }) => own.includes('f')).length;
        expect(called === total || called * 100 >= percent * n).toBe(true);
      }
    }));
  });

  it('of nobody is empty, and without shares the list', () => {
    expect(callOrder([], [{ group: 'f', percent: 50 }])).toEqual([]);
    expect(callOrder([{ id: 'a', groups: [] }, { id: 'b', groups: ['f'] }], [])).toEqual(['a', 'b']);
  });

  it('counts in whole numbers, where decimals would round', () => {
    const list = Array.from({ length: 1_000 }, (_, n) => ({ id: `c${n}`, groups: n < 667 ? [] : ['f'] }));
    const order = callOrder(list, [{ group: 'f', percent: 33.3 }]);
    const inFirst = (n: number): number => order.slice(0, n).filter((id) => Number(id.slice(1)) >= 667).length;
    expect([inFirst(1), inFirst(3), inFirst(4), inFirst(1_000)]).toEqual([1, 1, 2, 333]);
  });

  it.each([-1, 101, NaN, 33.333])('refuses %p percent', (percent) => {
    expect(() => callOrder([], [{ group: 'f', percent }])).toThrow('shares.bad_percent');
  });
});

function candidate(id: string): Candidate {
  return { id, groups: Object.keys(words).filter((word) => words[word]!.includes(id[0]!)) };
}

/** `Given ... est N`, then tables whose header names the columns. */
function examplesOf(feature: string): Example[] {
  const examples: Example[] = [];
  let shares: Share[] = [];
  let header: string[] = [];
  for (const line of feature.split('\n').map((each) => each.trim())) {
    if (line.startsWith('Scenario')) shares = [];
    const [, group, percent] = /le taux minimum de (\S+) est (\S+)/.exec(line) ?? [];
    if (group) shares.push({ group, percent: Number(percent) });
    if (line.startsWith('Examples')) header = [];
    if (!line.startsWith('|')) continue;
    const cells = line.slice(1, -1).split('|').map((cell) => cell.trim());
    if (header.length === 0) header = cells;
    else examples.push(example(Object.fromEntries(header.map((name, n) => [name, cells[n]!])), shares));
  }
  return examples;
}

function example({ qb, liste_candidats = '', ordre_appel = '' }: Record<string, string>, shares: readonly Share[]): Example {
  const own = shares.map(({ group, percent }) => ({ group, percent: Number.isNaN(percent) ? Number(qb) : percent }));
  return { shares: own, list: liste_candidats.split(' '), order: ordre_appel.split(' ') };
}
