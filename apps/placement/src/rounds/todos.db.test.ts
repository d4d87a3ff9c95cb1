// What waits for whom, as kinds, subjects, days and counts; and that it is gone once it is done.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { services, type placement, type Principal } from '@tandem/contracts';
import { someone } from '@tandem/test-kit';
import { v7 as uuidv7 } from 'uuid';
import { organisation, roundWorld, type RoundWorld, type Student } from './test-support.js';

let world: RoundWorld;
beforeAll(async () => {
  world = await roundWorld();
});
afterAll(() => world.stop());

/** Colleges that nothing waits for yet. */
let college: Principal;
let other: Principal;
beforeEach(async () => {
  [college, other] = [someone('college_office'), someone('college_office')];
  await world.deliver(organisation(college.org, 'college'), organisation(other.org, 'college'));
});

const self = ({ id, college: of }: Student): Principal => ({ ...someone('student', of.org), account: id });
const handedInBy = (student: Student): Student => ({ ...student, college: self(student) });
const both = () => ({ colleges: [world.college.org, college.org, other.org] });
async function todosOf(by: Principal): Promise<placement.Todo[]> {
  return (await world.kit.client.rpc(services['tandem.placement.v1.TodoService']).listTodos(world.kit.call(by), {})).todos;
}
const briefly = async (by: Principal): Promise<string[]> => (await todosOf(by)).map(({ kind, dueOn, count }) => `${kind} ${count}${dueOn ? ` ${dueOn}` : ''}`);

describe('a student', () => {
  it('is to hand in a list, or to stand by what the college has handed in, until the round closes', async () => {
    const [position, own, college2] = [await world.aPosition(2), await world.aStudent(college), await world.aStudent(college)];
    const round = await world.anOpenRound([position], both());
    expect(await todosOf(self(own))).toEqual([{ kind: 'hand_in_list', subjectType: 'Round', subjectId: round, dueOn: '2027-01-31', count: 1 }]);
    await world.rank(round, handedInBy(own), [position.id]);
    expect(await todosOf(self(own))).toEqual([]);
    const list = await world.rank(round, college2, [position.id]);
    expect(await todosOf(self(college2))).toEqual([{ kind: 'confirm_list', subjectType: 'PreferenceList', subjectId: list, dueOn: '2027-01-31', count: 1 }]);
    await world.lists.confirmLists(world.kit.call(self(college2)), { targets: [{ id: list, version: 1 }], atomic: true });
    expect(await todosOf(self(college2))).toEqual([]);
    await world.lists.strikeLists(world.kit.call(self(college2)), { targets: [{ id: list, version: 2 }], atomic: true });
    expect(await todosOf(self(college2))).toEqual([]);
  });

  it('is to answer an offer by its day, and only the own one', async () => {
    const [position, one, two] = [await world.aPosition(1), await world.aStudent(college), await world.aStudent(college)];
    const round = await world.anOpenRound([position], both());
    await world.rank(round, one, [position.id]);
    await world.result(round);
    const [offer] = await world.offersOf(one);
    expect(await todosOf(self(one))).toEqual([{ kind: 'answer_offer', subjectType: 'Offer', subjectId: offer?.id, dueOn: offer?.answerBy, count: 1 }]);
    expect(await todosOf(self(two))).toEqual([]);
    await world.answer(one, 'accept');
    expect(await todosOf(self(one))).toEqual([]);
  });
});

describe('a college', () => {
  it('is to collect lists: those handed in by students count, although it does not see them; who is too young or taken is not missing', async () => {
    const [position, one, two] = [await world.aPosition(2), await world.aStudent(college), await world.aStudent(college)];
    await world.aStudent(college, { workableFrom: '2027-06' });
    const taken = await world.aStudent(college);
    await world.placements.confirmPlacement(world.kit.call(college), { positionId: position.id, studentId: taken.id, startsOn: '', endsOn: '' });
    const round = await world.anOpenRound([{ ...position, seats: 1 }], both());
    const ofRound = async () => (await todosOf(college)).filter(({ kind }) => kind === 'collect_lists');
    expect(await ofRound()).toEqual([{ kind: 'collect_lists', subjectType: 'Round', subjectId: round, dueOn: '2027-01-31', count: 2 }]);
    await world.rank(round, handedInBy(one), [position.id]);
    expect(await ofRound()).toMatchObject([{ count: 1 }]);
    await world.rank(round, two, [position.id]);
    expect(await ofRound()).toEqual([]);
  });

  it('is to place who is left once the round is settled', async () => {
    const [position, one, two] = [await world.aPosition(1), await world.aStudent(college), await world.aStudent(college)];
    const round = await world.anOpenRound([position], both());
    await world.rank(round, one, [position.id]);
    await world.rank(round, two, []);
    await world.result(round);
    await world.answer(one, 'accept');
    const toPlace = async () => (await todosOf(college)).filter(({ kind }) => kind === 'place_students');
    expect(await toPlace()).toEqual([]);
    await world.work('settleRound', round);
    expect(await toPlace()).toEqual([{ kind: 'place_students', subjectType: 'Round', subjectId: round, dueOn: '2027-03-01', count: 1 }]);
  });

  it('is to decide appeals, and to complete gates before the first placement begins', async () => {
    const [position, one, two] = [await world.aPosition(1), await world.aStudent(college), await world.aStudent(college)];
    const round = await world.anOpenRound([position], { ...both(), appealDays: 3 });
    await world.rank(round, one, [position.id]);
    await world.rank(round, two, []);
    await world.result(round);
    await world.kit.client.rpc(services['tandem.placement.v1.AppealService']).fileAppeal(world.kit.call(self(two)), { roundId: round, studentId: two.id, ground: 'not_informed', text: '样例（虚构）' });
    await world.answer(one, 'accept');
    expect(await briefly(college)).toEqual(['decide_appeals 1 2027-02-28', 'complete_gates 1 2027-03-01']);
    expect(await briefly(other)).toEqual([]);
  });
});

describe('an organiser', () => {
  it('is to take each own round one step further', async () => {
    const organiser = someone('bureau_officer');
    const { id } = await world.rounds.draftRound(world.kit.call(organiser), { terms: { ...(await world.round(await world.anOpenRound([]))).terms!, title: '样例（虚构）', colleges: [college.org] } });
    expect(await briefly(organiser)).toEqual([]);
    const kinds: string[] = [];
    for (const step of ['announceRound', 'openRound', 'closeRound', 'matchRound', 'verifyRound'] as const) {
      await world.rounds[step](world.kit.call(organiser), { id, version: kinds.length + 1 });
      kinds.push(...(await todosOf(organiser)).map(({ kind, subjectId }) => (subjectId === id ? kind : 'another')), ...(step === 'announceRound' ? ['-'] : []));
    }
    expect(kinds).toEqual(['-', 'close_round', 'match_round', 'verify_round', 'publish_round']);
  });
});

describe('an enterprise', () => {
  it('is to enter its published positions that last as long as the placements, and a park those for which it acts; nobody else’s', async () => {
    const [enterprise, park] = [uuidv7(), someone('park_operator')];
    const [first] = [await world.aPosition(1, { enterprise, parkOrg: park.org }), await world.aPosition(1, { enterprise }), await world.aPosition(1, { enterprise, endsOn: '2027-04-30' })];
    const round = await world.anOpenRound([], both());
    const ofRound = async (by: Principal) => (await todosOf(by)).filter(({ subjectId }) => subjectId === round);
    expect(await ofRound(someone('enterprise_hr', enterprise))).toEqual([{ kind: 'enter_positions', subjectType: 'Round', subjectId: round, dueOn: '2027-01-31', count: 2 }]);
    expect(await ofRound(park)).toMatchObject([{ kind: 'enter_positions', count: 1 }]);
    await world.entries.enterPositions(world.kit.call(someone('enterprise_hr', enterprise)), { entries: [{ roundId: round, positionId: first!.id, seats: 1, needsMajor: false }], atomic: true });
    expect(await ofRound(someone('enterprise_hr', enterprise))).toMatchObject([{ count: 1 }]);
    for (const done of [park, someone('enterprise_hr')]) expect(await ofRound(done)).toEqual([]);
  });
});
