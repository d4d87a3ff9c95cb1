// Whom a position accepts, and how many points a student has there.
import { describe, expect, it } from '@jest/globals';
import { pointsOf, unacceptable, type PositionFacts, type StudentFacts } from './priorities.js';

const rules = { sameMajor: 40, sameClass: 20, skill: 10, sameCounty: 8, samePrefecture: 4, groups: [], wishes: 10 };
const student: StudentFacts = { programCode: '530101', region: '990101', skills: [{ code: 'a', level: 3 }, { code: 'b', level: 1 }], tags: [], minorThrough: '2027-04', workableFrom: '2025-05' };
const position: PositionFacts = { majors: [], skills: [], region: '880101', hasNightWork: false, needsMajor: false };

describe('points', () => {
  it.each([
    ['nothing in common', {}, 0],
    ['the same code', { majors: ['530101'] }, 40],
    ['a code that ends in K is another one of the class', { majors: ['530101K'] }, 20],
    ['the same class', { majors: ['530104', '440101'] }, 20],
    ['the same category only', { majors: ['530201'] }, 0],
    ['a skill at a lower level than the student has', { skills: [{ code: 'a', level: 2 }] }, 10],
    ['a skill that the student has not far enough', { skills: [{ code: 'b', level: 2 }] }, 0],
    ['two skills', { skills: [{ code: 'a', level: 1 }, { code: 'b', level: 1 }] }, 20],
    ['the same county', { region: '990101' }, 8],
    ['the same prefecture', { region: '990102' }, 4],
    ['a position that names the prefecture', { region: '990100' }, 4],
    ['another prefecture of the province', { region: '990201' }, 0],
    ['everything', { majors: ['530101'], skills: [{ code: 'a', level: 1 }], region: '990101' }, 58],
  ])('for %s', (_name, more, points) => {
    expect(pointsOf(rules, student, { ...position, ...more })).toBe(points);
  });
});

it('adds points for each group of the rule sheet that the student is in', () => {
  const sheet = { ...rules, groups: [{ tag: 'aid', points: 7 }, { tag: 'rural', points: 5 }] };
  expect([[], ['aid'], ['aid', 'rural'], ['other']].map((tags) => pointsOf(sheet, { ...student, tags }, position))).toEqual([0, 7, 12, 0]);
});

describe('a position is no place for', () => {
  const cases: readonly { name: string; terms?: Partial<PositionFacts>; of?: Partial<StudentFacts>; startsOn?: string; rule: string | null }[] = [
    { name: 'nobody by itself', rule: null },
    { name: 'somebody under 16 on its first day', of: { workableFrom: '2027-04' }, rule: 'age' },
    { name: 'a minor at night', terms: { hasNightWork: true }, rule: 'night_work' },
    { name: 'nobody at night who has come of age by then', terms: { hasNightWork: true }, startsOn: '2027-05-01', rule: null },
    { name: 'another class where the enterprise insists', terms: { needsMajor: true, majors: ['440101'] }, rule: 'major' },
    { name: 'nobody of the class where the enterprise insists', terms: { needsMajor: true, majors: ['530104'] }, rule: null },
    { name: 'nobody where it insists and names none', terms: { needsMajor: true }, rule: null },
  ];

  it.each(cases)('$name', ({ terms = {}, of = {}, startsOn = '2027-03-01', rule }) => {
    expect(unacceptable({ ...student, ...of }, { ...position, ...terms }, startsOn)).toBe(rule);
  });
});
