// A round among two colleges: who takes part, and the steps that a test is not about.
import { OPERATOR_ORG, services, type placement, type Principal } from '@tandem/contracts';
import type { LogEvent } from '@tandem/event-log';
import { eventOf, someone, until, type TestService } from '@tandem/test-kit';
import { v7 as uuidv7 } from 'uuid';
import { placementWorld, type PlacementWorld } from '../test-support.js';

const clients = (kit: TestService) => ({
  rounds: kit.client.rpc(services['tandem.placement.v1.RoundService']),
  entries: kit.client.rpc(services['tandem.placement.v1.EntryService']),
  lists: kit.client.rpc(services['tandem.placement.v1.PreferenceService']),
  offers: kit.client.rpc(services['tandem.placement.v1.OfferService']),
  jobs: kit.client.rpc(services['tandem.ops.v1.JobService']),
});

export interface Student {
  readonly id: string;
  readonly college: Principal;
}

export interface RoundWorld extends PlacementWorld, ReturnType<typeof clients> {
  aStudent(college?: Principal, facts?: Partial<typeof aPerson>): Promise<Student>;
  /** Open, with these positions of so many seats in it. */
  anOpenRound(positions: readonly { id: string; enterprise: string; seats?: number; needsMajor?: boolean }[], terms?: Partial<placement.RoundTerms>): Promise<string>;
  rank(roundId: string, student: Student, positionIds: readonly string[]): Promise<string>;
  step(what: 'openRound' | 'closeRound' | 'matchRound' | 'verifyRound', roundId: string): Promise<placement.RoundView>;
  work(what: 'publishRound' | 'refillRound' | 'settleRound', roundId: string): Promise<placement.RoundView>;
  /** Close, match, verify and publish. */
  result(roundId: string): Promise<placement.RoundView>;
  round(id: string): Promise<placement.RoundView>;
  offersOf(student: Student): Promise<placement.OfferView[]>;
  answer(student: Student, answer: string): Promise<void>;
}

const aPerson = { programCode: '990101', region: '990101', skills: [] as { code: string; level: number }[], tags: [] as string[], minorThrough: '2026-05', workableFrom: '2024-06' };
const rules = { sameMajor: 40, sameClass: 20, skill: 10, sameCounty: 10, samePrefecture: 5, groups: [], wishes: 10 };

export async function roundWorld(): Promise<RoundWorld> {
  const world = await placementWorld();
  const { kit, college, other } = world;
  const api = clients(kit);
  await world.deliver(...[college.org, other.org].map((id) => organisation(id, 'college')));
  const round = async (id: string): Promise<placement.RoundView> => found((await api.rounds.batchGetRounds(kit.call(college), { ids: [id] })).rounds[0]);
  const step: RoundWorld['step'] = async (what, id) => {
    await api.rounds[what](kit.call(college), { id, version: (await round(id)).version });
    return round(id);
  };
  const work: RoundWorld['work'] = async (what, id) => {
    const { job } = await api.rounds[what](kit.call(college), { id, version: (await round(id)).version });
    const ended = await until(async () => {
      const now = await api.jobs.getJob(kit.call(college), { id: job?.id ?? '' });
      return now.state === 'running' ? null : now;
    }, { what: `${what} to end` });
    if (ended.state !== 'done') throw new Error(`${what}: ${ended.state} ${ended.failure}`);
    await kit.settle();
    return round(id);
  };
  const offersOf = async ({ id, college: of }: Student): Promise<placement.OfferView[]> =>
    (await api.offers.listOffers(kit.call(of), { page: { first: 100, after: '', skip: 0, withTotal: true }, view: 'own', roundId: '', state: '', studentId: id, descending: false })).offers;
  return {
    ...world, ...api, round, step, work, offersOf,
    aStudent: async (of = college, facts = {}) => {
      const id = uuidv7();
      await world.deliver(studentEvent('enrolled', id, of.org, facts));
      return { id, college: of };
    },
    anOpenRound: async (positions, terms = {}) => {
      const { id } = await api.rounds.draftRound(kit.call(college), { terms: { ...someRound(), colleges: [college.org, other.org], ...terms } });
      await api.rounds.announceRound(kit.call(college), { id, version: 1 });
      for (const { id: positionId, enterprise, seats = 1, needsMajor = false } of positions) {
        await api.entries.enterPositions(kit.call(someone('enterprise_hr', enterprise)), { entries: [{ roundId: id, positionId, seats, needsMajor }], atomic: true });
      }
      await step('openRound', id);
      return id;
    },
    rank: async (roundId, { id: studentId, college: of }, positionIds) => {
      const { outcomes } = await api.lists.submitLists(kit.call(of), { lists: [{ roundId, studentId, positionIds: [...positionIds] }], atomic: true });
      return found(outcomes[0]?.done).id;
    },
    result: async (id) => {
      await step('closeRound', id);
      await step('matchRound', id);
      await step('verifyRound', id);
      return work('publishRound', id);
    },
    answer: async (student, answer) => {
      const open = found((await offersOf(student)).find(({ state }) => state === 'offered' || state === 'waiting'));
      await api.offers.answerOffers(kit.call(student.college), { answers: [{ id: open.id, version: open.version, answer, reason: answer === 'decline' ? 'pay' : '' }], atomic: true });
      await kit.settle();
    },
  };
}

export function someRound(): placement.RoundTerms {
  return { title: '样例轮次（虚构）', colleges: [], startsOn: '2027-03-01', endsOn: '2027-08-31', opensOn: '2027-01-01', closesOn: '2027-01-31', answerDays: 5, settlesOn: '', refillDays: 0, appealDays: 0, rules };
}

export function studentEvent(fact: 'enrolled' | 'changed' | 'left', id: string, org: string, facts: Partial<typeof aPerson> = {}): LogEvent {
  const part = { kind: 'student', programId: '', cohortId: '', classId: '', reason: fact === 'left' ? 'transferred' : '', ...aPerson, ...facts };
  return eventOf(`programs.student.${fact}`, { id, org, state: fact === 'left' ? 'withdrawn' : 'enrolled', public: part }, { sequence: fact === 'enrolled' ? 1 : 2 });
}

export function organisation(id: string, kind: string, fact: 'verified' | 'suspended' | 'closed' = 'verified'): LogEvent {
  const part = { kind, code: id, name: '样例（虚构）', region: '990101', invented: true, suspendedUntil: '' };
  return eventOf(`identity.organisation.${fact}`, { id, org: OPERATOR_ORG, state: fact === 'verified' ? 'active' : fact, public: part }, { sequence: fact === 'verified' ? 1 : 2 });
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('not there');
  return value;
}
