// From lists and entries to an instance, and what each student is told of its matching.
import { describe, expect, it } from '@jest/globals';
import { refill, solve } from '@tandem/stable-matching';
import type { Pool } from './heads.js';
import { keepingHeld, marketOf, tell, type EntryInput, type ListInput } from './market.js';

const frame = { rules: { sameMajor: 40, sameClass: 20, skill: 10, sameCounty: 8, samePrefecture: 4, groups: [], wishes: 10 }, startsOn: '2027-03-01' };
const facts = { programCode: '530101', region: '990101', skills: [], tags: [], minorThrough: '2025-01', workableFrom: '2023-01' };
const list = (studentId: string, choices: string[], more: Partial<ListInput['facts']> = {}): ListInput => ({ studentId, alias: studentId, collegeOrg: 'college', choices, facts: { ...facts, ...more } });
const entry = (positionId: string, seats: number, more: Partial<EntryInput> = {}): EntryInput => ({ entryId: `entry ${positionId}`, positionId, seats, majors: [], skills: [], region: '880101', hasNightWork: false, needsMajor: false, enterpriseOrg: 'e', occupation: '9-01', isCapped: true, ...more });
const market = (lists: ListInput[], entries: EntryInput[], pools: Pool[] = []) => marketOf(frame, { lists, entries, pools }, (digest) => digest);
const told = (lists: ListInput[], entries: EntryInput[]) => {
  const made = market(lists, entries);
  return new Map(tell(made, solve(made.instance).assignments).map((one) => [one.studentId, one]));
};

describe('a market', () => {
  it('is the same whatever the order of what it is made of', () => {
    const lists = [list('b', ['p', 'q']), list('a', ['q'])];
    const entries = [entry('q', 1), entry('p', 2)];
    expect(market(lists, entries).inputHash).toBe(market(lists.toReversed(), entries.toReversed()).inputHash);
    expect(market(lists, []).listsDigest).toBe(market(lists.toReversed(), []).listsDigest);
  });

  it.each([
    ['a wish moved', [list('a', ['p', 'q'])], [entry('p', 1), entry('q', 1)]],
    ['a seat more', [list('a', ['q', 'p'])], [entry('p', 2), entry('q', 1)]],
    ['another requirement', [list('a', ['q', 'p'])], [entry('p', 1, { majors: ['440101'], needsMajor: true }), entry('q', 1)]],
  ])('is another one with %s', (_name, lists, entries) => {
    expect(market(lists, entries).inputHash).not.toBe(market([list('a', ['q', 'p'])], [entry('p', 1), entry('q', 1)]).inputHash);
  });
});

describe('a student is told', () => {
  it('of each wish what came of it, in the own order', () => {
    const lists = [list('near', ['p']), list('far', ['gone', 'p', 'strict', 'q', 'r'], { region: '980101', programCode: '440101' })];
    const entries = [entry('p', 1, { region: '990101' }), entry('q', 1), entry('r', 1), entry('strict', 1, { majors: ['530101'], needsMajor: true })];
    expect(told(lists, entries).get('far')).toMatchObject({
      positionId: 'q', wish: 4, reason: null,
      wishes: [{ outcome: 'left_round' }, { outcome: 'full', points: 0, lastPoints: -1 }, { outcome: 'not_acceptable', rule: 'major' }, { outcome: 'assigned' }, { outcome: 'not_reached' }],
    });
  });

  it('a number about others only where at least five were admitted', () => {
    const many = (n: number): ListInput[] => [...Array.from({ length: n }, (_, at) => list(`in${at}`, ['p'])), list('out', ['p'], { region: '980101' })];
    const lastPoints = (n: number): number | undefined => told(many(n), [entry('p', n, { region: '990101' })]).get('out')?.wishes[0]?.lastPoints;
    expect([lastPoints(4), lastPoints(5)]).toEqual([-1, 8]);
  });

  it.each([
    ['no_list', []],
    ['none_acceptable', ['strict']],
    ['all_full', ['p']],
  ])('%s as the reason of having no place', (reason, choices) => {
    const lists = [list('winner', ['p']), list('x', choices, { region: '980101', programCode: '440101' })];
    expect(told(lists, [entry('p', 1, { region: '990101' }), entry('strict', 1, { majors: ['530101'], needsMajor: true })]).get('x')).toMatchObject({ positionId: null, reason });
  });

  it('that a seat is held, and no number, where a refill left it to somebody with fewer points', () => {
    const far = { region: '980101' };
    const made = market([list('keeper', ['p'], far), list('better', ['p', 'q']), list('waits', ['q'], far)], [entry('p', 1, { region: '990101' }), entry('q', 1)]);
    const standing = { keeper: { state: 'holding', position: 'p' }, better: { state: 'holding', position: null }, waits: { state: 'holding', position: null } } as const;
    const { assignments } = refill(keepingHeld(made.instance, standing), standing);
    const [better] = tell(made, assignments, standing).filter(({ studentId }) => studentId === 'better');
    expect(better?.wishes).toMatchObject([{ outcome: 'held', lastPoints: -1, byLottery: false }, { outcome: 'assigned' }]);
  });

  it('after a refill too that a position was full, where who has it had more points', () => {
    const many = Array.from({ length: 5 }, (_, at) => list(`in${at}`, ['p']));
    const made = market([...many, list('out', ['p', 'q'], { region: '980101' })], [entry('p', 5, { region: '990101' }), entry('q', 1)]);
    const standing = { ...Object.fromEntries(many.map(({ studentId }) => [studentId, { state: 'holding', position: 'p' } as const])), out: { state: 'holding', position: null } as const };
    const { assignments } = refill(keepingHeld(made.instance, standing), standing);
    const [out] = tell(made, assignments, standing).filter(({ studentId }) => studentId === 'out');
    expect(out?.wishes).toMatchObject([{ outcome: 'full', points: 0, lastPoints: 8 }, { outcome: 'assigned' }]);
  });

  it('the same when two others swap lists without changing the result', () => {
    const entries = [entry('p', 1), entry('q', 1)];
    const before = told([list('a', ['p']), list('b', ['q']), list('x', [])], entries).get('x');
    const after = told([list('a', ['q']), list('b', ['p']), list('x', [])], entries).get('x');
    expect(after).toEqual(before);
  });
});
