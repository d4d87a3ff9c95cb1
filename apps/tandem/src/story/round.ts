// One round over three colleges: announced, lists, match, check, offers, answers, refills, settlement.
import { groupBy } from '@tandem/service-kit';
import { random } from '../sample/people.js';
import { sample, sampleColleges } from '../sample/region.js';
import type { Session } from '../commands/client.js';
import type { Need } from './demand.js';
import { documents } from './documents.js';
import type { Learner } from './schooling.js';
import type { Stage, Target } from './stage.js';

interface RoundNode extends Target {
  readonly state: string;
  readonly runs: number;
  readonly applicants: number;
  readonly assigned: number;
  readonly digest: string | null;
  readonly answersUntil: string | null;
}
interface OfferNode extends Target {
  readonly studentId: string;
}
export interface RoundTold {
  readonly id: string;
  readonly applicants: number;
  readonly matched: number;
  readonly refilled: number;
  readonly digest: string;
}

const rules = { sameMajor: 40, sameClass: 20, skill: 10, sameCounty: 10, samePrefecture: 5, wishes: 10 };
const ANSWER_DAYS = 5;

export interface Market {
  readonly needs: readonly Need[];
  readonly learners: readonly Learner[];
}

/** `isOnTime`: everybody answers, so that no time has to pass. */
export async function runRound(stage: Stage, ids: ReadonlyMap<string, string>, market: Market & { readonly isOnTime?: boolean }): Promise<RoundTold> {
  const { needs, learners, isOnTime = false } = market;
  const round = new Organiser(stage, await stage.as('bureau_officer', sample.bureau), await openRound(stage, ids, market));
  await somebodyWithdraws(stage, learners);
  await round.step(documents.closeRound);
  await round.step(documents.matchRound);
  const verified = await round.step(documents.verifyRound);
  stage.told('matched and verified', `${verified.assigned} of ${verified.applicants} students have a place; ${verified.digest?.slice(0, 20)}… ${verified.state}`);
  await round.work(documents.publishRound);
  await tellWhy(stage, round.id, learners);
  await enterpriseGivesUp(stage, round.id, needs);
  const luck = random(77);
  const given = await answer(stage, round.id, isOnTime ? () => luck() * 0.94 : luck);
  if (!isOnTime) {
    await stage.advance(await round.daysToAnswer());
    await expired(stage, round.id);
  }
  stage.told('offers answered', `${given.accept} accepted, ${given.accept_and_wait} wait, ${given.decline} declined, ${await stateTotal(stage, round.id, 'expired')} expired, ${await stateTotal(stage, round.id, 'rescinded')} rescinded`);
  const refilled = await round.refillTwice();
  const settled = await round.settle();
  stage.told('seats refilled, round settled', `${refilled} new offers in 2 refills; ${settled.state}`);
  return { id: round.id, applicants: verified.applicants, matched: verified.assigned, refilled, digest: verified.digest ?? '' };
}

class Organiser {
  constructor(
    private readonly stage: Stage,
    private readonly session: Session,
    readonly id: string,
  ) {}

  async step(document: string): Promise<RoundNode> {
    const { node } = await this.session.mutate<{ node: RoundNode }>(document, { id: this.id, version: (await this.now()).version });
    return node;
  }

  async work(document: string): Promise<void> {
    await this.stage.work(this.session, document, { id: this.id, version: (await this.now()).version });
  }

  async refillTwice(): Promise<number> {
    let refilled = 0;
    for (let n = 0; n < 2; n += 1) {
      await this.work(documents.refillRound);
      const given = await answer(this.stage, this.id, () => 0);
      refilled += given.accept;
    }
    return refilled;
  }

  async settle(): Promise<RoundNode> {
    await this.work(documents.settleRound);
    return this.now();
  }

  /** Until the last answer is due, counted in working days, is past. */
  async daysToAnswer(): Promise<number> {
    const { answersUntil } = await this.now();
    return (Date.parse(answersUntil ?? '') - Date.parse(this.stage.day(0))) / 86_400_000 + 1;
  }

  private now(): Promise<RoundNode> {
    return this.session.query<RoundNode>(documents.round, { id: this.id });
  }
}

/** A round that is open, with the positions entered and the lists handed in. */
export async function openRound(stage: Stage, ids: ReadonlyMap<string, string>, { needs, learners }: Market): Promise<string> {
  const round = await openedRound(stage, ids, needs);
  await submitLists(stage, round, { needs, learners });
  return round;
}

async function openedRound(stage: Stage, ids: ReadonlyMap<string, string>, needs: readonly Need[]): Promise<string> {
  const bureau = await stage.as('bureau_officer', sample.bureau);
  const terms = {
    title: `样例轮次${stage.name}（虚构）`, colleges: sampleColleges.map(({ code }) => ids.get(code)), startsOn: stage.day(30), endsOn: stage.day(210),
    opensOn: stage.day(0), closesOn: stage.day(7), answerDays: ANSWER_DAYS, rules,
  };
  const drafted = await bureau.mutate<{ node: RoundNode }>(documents.draftRound, { terms });
  const { id } = drafted.node;
  const announced = await bureau.mutate<{ node: RoundNode }>(documents.announceRound, { id, version: drafted.node.version });
  for (const [enterprise, own] of groupBy(needs, ({ enterprise }) => enterprise.code)) {
    const onBehalfOf = own[0]?.onBehalfOf ?? null;
    const session = onBehalfOf ? await stage.as('park_operator', sample.park) : await stage.as('enterprise_hr', enterprise);
    const entries = own.map((need) => ({ round: id, position: need.id, seats: need.seats }));
    const { refused } = await stage.bulk(session, documents.enterPositions, 'entries', entries, onBehalfOf ? { onBehalfOf } : {});
    if (refused.size > 0) throw new Error(`positions were refused: ${JSON.stringify([...refused])}`);
  }
  // Its timer opens it at the beginning of its first day, which is today; whoever is first, it is open.
  await stage.until('the round to open', async () => {
    const now = await bureau.query<RoundNode>(documents.round, { id });
    if (now.state === 'announced') await bureau.mutate(documents.openRound, { id, version: now.version }).catch(() => null);
    return now.state === 'open' ? now : null;
  });
  const entries = await stage.all<{ heads: { limit: string | null; unstated: readonly string[] } | null }>(bureau, documents.entries, { view: 'published', filter: { round: id } });
  const limited = entries.filter(({ heads }) => heads?.limit).length;
  stage.told('round announced and opened', `${needs.length} positions entered, ${limited} of them held below their seats by the cap on interns; version ${announced.node.version}, ${sampleColleges.length} colleges`);
  return id;
}

/** Everybody ranks up to ten, the popular ones more often; one in a hundred has no wishes; one hands in a sealed list of the own. */
async function submitLists(stage: Stage, round: string, { needs, learners }: Market): Promise<void> {
  const draw = random(4711);
  const lists = learners.map((learner, n) => ({ learner, list: { round, student: learner.id, positions: n % 100 === 99 ? [] : wishesOf(needs, draw) } }));
  const [self] = lists;
  if (!self) throw new Error('nobody to place');
  await stage.bulk(await stage.as('student', self.learner.college, self.learner.studentId), documents.submitLists, 'lists', [self.list]);
  for (const college of sampleColleges) {
    const own = lists.slice(1).filter(({ learner }) => learner.college.code === college.code).map(({ list }) => list);
    const { refused } = await stage.bulk(await stage.as('college_office', college), documents.submitLists, 'lists', own);
    if (refused.size > 0) throw new Error(`lists were refused: ${JSON.stringify([...refused])}`);
  }
  stage.told('preference lists in', `${lists.length}, one of them sealed by its student, ${lists.filter(({ list }) => list.positions.length === 0).length} without wishes`);
}

function wishesOf(needs: readonly Need[], draw: () => number): string[] {
  const wishes = new Set<string>();
  for (let tries = 0; tries < 40 && wishes.size < 10; tries += 1) wishes.add(needs[Math.floor(needs.length * draw() ** 1.5)]?.id ?? '');
  return [...wishes];
}

async function somebodyWithdraws(stage: Stage, learners: readonly Learner[]): Promise<void> {
  const gone = learners.at(-1);
  if (!gone) return;
  await stage.bulk(await stage.as('college_office', gone.college), documents.withdrawStudents, 'students', [{ id: gone.id, version: gone.version, reason: 'transferred' }]);
  await stage.quiet();
}

async function tellWhy(stage: Stage, round: string, [first]: readonly Learner[]): Promise<void> {
  if (!first) return;
  const student = await stage.as('student', first.college, first.studentId);
  const told = await student.query<{ position: object | null; wishes: { outcome: string }[] }>(documents.explanation, { round, student: first.id });
  stage.told('a student asks why', told.wishes.slice(0, 4).map(({ outcome }) => outcome).join(', '));
}

/** An enterprise loses its order after publication: its open offers are rescinded. */
async function enterpriseGivesUp(stage: Stage, round: string, needs: readonly Need[]): Promise<void> {
  const last = needs.findLast(({ onBehalfOf }) => onBehalfOf === null);
  if (!last) return;
  const session = await stage.as('enterprise_hr', last.enterprise);
  const entries = await stage.all<Target & { position: { id: string } }>(session, 'query ($round: ID!, $after: String) { entries(view: own, filter: { round: $round }, page: { first: 100, after: $after }) { edges { node { id version position { id } } } pageInfo { hasNextPage endCursor } } }', { round });
  const entry = entries.find(({ position }) => position.id === last.id);
  if (!entry) return;
  await stage.bulk(session, documents.withdrawEntries, 'entries', [{ id: entry.id, version: entry.version, reason: 'order_lost' }]);
  await stage.quiet();
}

type Given = Record<'accept' | 'accept_and_wait' | 'decline', number>;

/** Each college answers for its students: seven in ten accept, some wait or decline, some say nothing. */
async function answer(stage: Stage, round: string, draw: () => number): Promise<Given> {
  const given: Given = { accept: 0, accept_and_wait: 0, decline: 0 };
  for (const college of sampleColleges) {
    const office = await stage.as('college_office', college);
    const open = await stage.all<OfferNode>(office, documents.offers, { view: 'own', filter: { round, state: 'offered' } });
    const answers = open.flatMap(({ id, version }) => {
      const luck = draw();
      const say = luck < 0.7 ? 'accept' : luck < 0.85 ? 'accept_and_wait' : luck < 0.94 ? 'decline' : null;
      return say === null ? [] : [{ id, version, answer: say, ...(say === 'decline' && { reason: 'too_far' }) } as const];
    });
    for (const { answer: say } of answers) given[say] += 1;
    await stage.bulk(office, documents.answerOffers, 'answers', answers);
  }
  await stage.quiet();
  return given;
}

/** Until no offer is open that nobody answered in time. */
async function expired(stage: Stage, round: string): Promise<void> {
  await stage.until('unanswered offers to expire', async () => ((await stateTotal(stage, round, 'offered')) === 0 ? true : null));
  await stage.quiet();
}

export async function stateTotal(stage: Stage, round: string, state: string): Promise<number> {
  const totals = await Promise.all(
    sampleColleges.map(async (college) => {
      const office = await stage.as('college_office', college);
      return (await office.query<{ totalCount: number }>('query ($filter: OfferFilter) { offers(view: own, filter: $filter, page: { first: 0 }) { totalCount } }', { filter: { round, state } })).totalCount;
    }),
  );
  return totals.reduce((sum, n) => sum + n, 0);
}
