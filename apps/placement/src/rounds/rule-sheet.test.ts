import { expect, it } from '@jest/globals';
import { answerBy } from './round.js';
import { ruleSheetOf, wordsOf } from './rule-sheet.js';

const terms = {
  title: '样例（虚构）', colleges: ['b', 'a'], startsOn: '2027-03-01', endsOn: '2027-08-31', opensOn: '2027-01-01', closesOn: '2027-01-31', answerDays: 5, settlesOn: '2027-02-20', refillDays: 3, appealDays: 4,
  rules: { sameMajor: 40, sameClass: 0, skill: 10, sameCounty: 8, samePrefecture: 4, groups: [{ tag: 'rural', points: 7 }], wishes: 10 },
};

it('says in plain words every number that decides, and none that does not', () => {
  const words = wordsOf(terms).join('\n');
  for (const told of ['最多填 10 个志愿', '相同：40 分', '等级：10 分', '“rural”7 分', '2027-01-31 结束', '5 个工作日', '2027-02-20', '每 3 个工作日', '公布后 4 个工作日', '2027-03-01 至 2027-08-31']) expect(words).toContain(told);
  expect(words).not.toContain('专业类');
  expect(wordsOf({ ...terms, refillDays: 0, appealDays: 0 }).join('\n')).toMatch(/由组织者决定[^]*不设申诉/);
});

it('binds words, lottery and names in one text, whatever the order of the colleges', () => {
  const sheet = ruleSheetOf(terms, 's', 'k');
  expect(ruleSheetOf({ ...terms, colleges: ['a', 'b'] }, 's', 'k')).toBe(sheet);
  expect(new Set([sheet, ruleSheetOf(terms, 't', 'k'), ruleSheetOf(terms, 's', 'l'), ruleSheetOf({ ...terms, answerDays: 6 }, 's', 'k')]).size).toBe(4);
  expect(JSON.parse(sheet)).toMatchObject({ words: wordsOf(terms), answers: { workingDays: 5, until: '2027-02-20' } });
});

it('keeps what was announced: working days, and calendar days under a sheet of the first version', () => {
  const due = (ruleSheet: string) => answerBy({ answerDays: 5, settlesOn: '2027-02-20', ruleSheet }, '2026-11-27');
  expect([due(ruleSheetOf(terms, 's', 'k')), due('{"version":1}')]).toEqual(['2026-12-04', '2026-12-02']);
});
