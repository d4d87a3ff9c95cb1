// A round over GraphQL as those read it who answer for it: what waits, what another rule would do, who is left and why, how a position fared.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Session } from './commands/client.js';
import { doJob, doMany, doOne, type At } from './probes/deeds.test-support.js';
import { aClassOf } from './probes/people.test-support.js';
import { anOpenRound, rank } from './probes/rounds.test-support.js';
import { day, terms } from './probes/values.test-support.js';
import { aTandem, settle, type Tandem } from './probes/world.test-support.js';
import { ensureSampleRegion, sample } from './sample/region.js';

let tandem: Tandem;
let college: Session;
let enterprise: Session;
let round: At;
let position: string;
/** Has handed in nothing yet. */
let last: readonly At[];
const quiet = async (): Promise<void> => settle(await tandem.as('operator', 'OPERATOR'));

/** Open, with eleven of twelve students who want a position of five seats. */
beforeAll(async () => {
  tandem = await aTandem();
  const ids = await ensureSampleRegion(await tandem.as('operator', 'OPERATOR'));
  await quiet();
  [college, enterprise] = [await tandem.as('college_office', sample.collegeOne.code), await tandem.as('enterprise_hr', sample.electronics.code)];
  const [submitted] = await doMany(enterprise, 'submitPositions', { targets: await doMany(enterprise, 'draftPositions', { terms: [terms('样例岗位（虚构）')] }) });
  await doMany(await tandem.as('bureau_officer', sample.bureau.code), 'decideReviews', { decisions: [{ position: submitted?.id, positionVersion: submitted?.version, decision: 'publish' }] });
  position = submitted?.id ?? '';
  const { students } = await aClassOf(college, { name: '样例学生（虚构）', phone: '13955500177', rollNo: 'R', count: 12, from: 1 });
  await quiet();
  round = await anOpenRound(college, { college, enterprise, colleges: [ids.get(sample.collegeOne.code) ?? ''], position, quiet }, '样例轮次（虚构）');
  await rank(college, round.id, students.slice(0, 11), [position]);
  last = students.slice(11);
}, 120_000);
afterAll(() => tandem?.stop());

const todos = (session: Session) => session.query<{ kind: string; subject: string | null }[]>('query { todos { kind subjectType subject dueOn count } }');

describe('a round over GraphQL', () => {
  it('tells what waits, its organiser what another rule would do, then the college who is left and why, and the enterprise how its position fared', async () => {
    const closing = { subjectType: 'Round', subject: round.id, dueOn: day(20), count: 1 };
    expect(await todos(college)).toEqual([{ kind: 'close_round', ...closing }, { kind: 'collect_lists', ...closing }]);
    await rank(college, round.id, last, [position]);
    const closed = await doOne(college, 'closeRound', { ...round });
    const both = 'placed { before after } firstWish { before after }';
    const tried = await college.query('query ($round: ID!, $change: RoundChangeInput!) { roundWhatIf(round: $round, change: $change) { groups { tag students better worse ' + both + ' } most { before after } } }', { round: round.id, change: { seats: [{ position, added: 6 }], everywhere: 1 } });
    expect(tried).toEqual({ groups: [{ tag: null, students: 10, better: 5, worse: 0, placed: { before: 5, after: 10 }, firstWish: { before: 5, after: 10 } }], most: { before: 5, after: 10 } });
    const verified = await doOne(college, 'verifyRound', { ...(await doOne(college, 'matchRound', { ...closed })) });
    await doJob(college, 'publishRound', { ...verified });
    await quiet();
    type Left = { edges: { node: { student: { id: string } | null; seats: { position: { id: string }; added: number | null } } }[] };
    const left = await college.query<Left>('query ($round: ID!) { roundUnplaced(round: $round) { edges { node { student { id } reason confirmed nextRefill seats { position { id } added } listing { id } } } totalCount counts { students allFull noList } } }', { round: round.id });
    expect(left).toMatchObject({ totalCount: 7, counts: { students: 7, allFull: 7, noList: 0 } });
    expect(new Set(left.edges.map(({ node: { seats } }) => seats.added))).toEqual(new Set([1, null, 6, 7]));
    expect(left.edges[0]?.node).toMatchObject({ student: { id: expect.any(String) }, reason: 'all_full', confirmed: false, nextRefill: false, seats: { position: { id: position } }, listing: null });
    const fared = await enterprise.query('query ($round: ID!, $position: ID!) { positionResult(round: $round, position: $position) { round { id } position { id } seats wantedBy wantedFirst placed wentElsewhere notPlaced lastPoints } }', { round: round.id, position });
    expect(fared).toMatchObject({ round: { id: round.id }, position: { id: position }, seats: 5, wantedBy: 12, wantedFirst: 12, placed: 5, wentElsewhere: 0, notPlaced: 7, lastPoints: expect.any(Number) });
    expect((await todos(college)).map(({ kind, subject }) => [kind, subject])).toEqual([['settle_round', round.id]]);
    expect(await todos(enterprise)).toEqual([]);
  });
});
