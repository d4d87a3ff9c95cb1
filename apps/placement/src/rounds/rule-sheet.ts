// What decides a round, as data and in plain words, in one text that is frozen and hashed before anybody ranks anything.
import { packsUntil } from '@tandem/internship-rules';
import { commitment } from '@tandem/stable-matching';
import type { RoundTerms } from './round.js';

/** One JSON object, keys in this order. */
export function ruleSheetOf(terms: RoundTerms, secret: string, aliasKey: string): string {
  const { rules, startsOn, endsOn, closesOn, answerDays, settlesOn, refillDays, appealDays, colleges } = terms;
  return JSON.stringify({
    version: 2,
    algorithm: 'applicant-proposing deferred acceptance',
    priorities: { sameMajor: rules.sameMajor, sameClass: rules.sameClass, skill: rules.skill, sameCounty: rules.sameCounty, samePrefecture: rules.samePrefecture, groups: rules.groups },
    ties: { lottery: 'HMAC-SHA-256(seed, applicant id), smaller first', seed: 'SHA-256(secret || digest of the frozen lists)', commitment: commitment(secret) },
    applicants: { names: 'HMAC-SHA-256 under a key that is never shown, first 32 hex digits', commitment: commitment(aliasKey) },
    wishes: rules.wishes,
    headcount: capsUntil(endsOn),
    period: { startsOn, endsOn },
    closesOn,
    answers: { workingDays: answerDays, until: settlesOn },
    refills: refillDays === 0 ? 'when the organiser says' : { everyWorkingDays: refillDays, until: settlesOn },
    appeals: appealDays === 0 ? 'none' : { workingDays: appealDays, decides: 'the college of the student', ways: ['facts read anew for the next refill', 'placed by hand', 'rejected with a reason'] },
    colleges: colleges.toSorted(),
    words: wordsOf(terms),
  });
}

/** What was announced binds: sheets of the first version meant calendar days, until the day before the period. */
export function countsCalendarDays(ruleSheet: string | null): boolean {
  return ruleSheet !== null && (JSON.parse(ruleSheet) as { version?: number }).version === 1;
}

/** The law on interns, which the round holds heads under; a region's own pack goes before the country's. */
function capsUntil(endsOn: string): object[] {
  return packsUntil(endsOn).map(({ id, region, fromOn, source, headcount }) => ({ id, region, fromOn, source, headcount }));
}

/** The same in the language of those whom it is about; a number that decides nothing here is left out. */
export function wordsOf({ rules, startsOn, endsOn, closesOn, answerDays, settlesOn, refillDays, appealDays }: RoundTerms): string[] {
  const groups = rules.groups.map(({ tag, points }) => `“${tag}”${points} 分`);
  const points = [
    [rules.sameMajor, '专业代码与岗位所列相同'],
    [rules.sameClass, '专业类（代码前四位）相同'],
    [rules.skill, '岗位要求的每项技能，且达到等级'],
    [rules.sameCounty, '家在岗位所在县区'],
    [rules.samePrefecture, '家在岗位所在市'],
  ].filter(([value]) => value !== 0).map(([value, what]) => `${what}：${value} 分`);
  return [
    `每名学生最多填 ${rules.wishes} 个志愿，按真实意愿排列最有利：把想去的岗位排在前面不会使后面的志愿吃亏。`,
    `每个岗位按积分从高到低接收学生。积分：${[...points, ...(groups.length > 0 ? [`所属群体 ${groups.join('、')}`] : [])].join('；') || '不计分'}。只按这些事实计分，不看姓名和学校。`,
    '积分相同的，按本轮唯一的抽签号排序；抽签的种子由事先封存的密数与全部志愿共同决定，结果公布时一并公开，任何人都可以重算。',
    '不满年龄、未成年人上夜班、以及企业列明必须对口而专业不符的，不能分到该岗位。',
    '申报了职工人数的企业，实习人数不超过法定比例；各企业都不超过它投入本轮的名额。',
    `志愿填报到 ${closesOn} 结束，以服务器时间为准。学生自己填写或确认的志愿只有本人能看到，企业任何时候都看不到志愿。`,
    `录取后须在 ${answerDays} 个工作日内答复，最迟 ${settlesOn}：接受，接受并等待更靠前的志愿，或放弃。逾期视为放弃。`,
    refillDays === 0 ? '空出的名额由组织者决定何时按原志愿递补；递补不会使任何人的去向变差。' : `空出的名额每 ${refillDays} 个工作日按原志愿递补一次，至 ${settlesOn} 为止；递补不会使任何人的去向变差。`,
    appealDays === 0 ? '本轮不设申诉。' : `对结果有异议，可在公布后 ${appealDays} 个工作日内申诉，由学生所在学校裁定：更正事实后参加下一次递补，由学校另行安排，或说明理由不予支持；已公布的结果不会被悄悄改动。`,
    `实习时间：${startsOn} 至 ${endsOn}。`,
  ];
}
