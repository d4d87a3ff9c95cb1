// What waits for somebody, read from what stands: reminders are these items, there is no mail. A list that a student handed in is counted by the ledger of students, because nobody else sees it.
import { Injectable } from '@nestjs/common';
import type { placement } from '@tandem/contracts';
import { TenantDatabase, type Tx } from '@tandem/persistence';
import type { Call } from '@tandem/service-kit';
import { gates } from '../gates.js';
import { rounds, type RoundRow } from './round.entity.js';
import { UnplacedService } from './unplaced.service.js';

/** More of one kind than anybody works through before asking again. */
const MOST = 100;
const nextStep: Readonly<Record<string, string>> = { open: 'close_round', closed: 'match_round', rejected: 'match_round', matched: 'verify_round', verified: 'publish_round', published: 'settle_round' };
const live = `p.state in ('confirmed', 'ready', 'started', 'paused')`;

@Injectable()
export class TodosService {
  constructor(
    private readonly database: TenantDatabase,
    private readonly unplaced: UnplacedService,
  ) {}

  /** The most urgent first; what has no last day comes last. */
  async list(call: Call): Promise<placement.Todo[]> {
    const { role } = call.principal;
    const found = await this.database.withTenant(call.principal, async (tx) => {
      if (role === 'student') return Promise.all([offersToAnswer(tx, call), listsToConfirm(tx, call), listsToHandIn(tx, call)]);
      if (role === 'enterprise_hr' || role === 'park_operator') return [await positionsToEnter(tx, call)];
      if (role === 'bureau_officer') return [await roundsToRun(tx, call)];
      return role === 'college_office' ? Promise.all([roundsToRun(tx, call), appealsToDecide(tx, call), listsToCollect(tx, call), gatesToComplete(tx, call)]) : [];
    });
    const unplaced = role === 'college_office' ? await this.studentsToPlace(call) : [];
    return [...found.flat(), ...unplaced].toSorted((one, other) => ((one.dueOn || '9') < (other.dueOn || '9') ? -1 : 1));
  }

  /** After the settlement, before which the round still places them, as long as the period leaves time. */
  private async studentsToPlace({ principal, today }: Call): Promise<placement.Todo[]> {
    const raws = await this.database.withTenant(principal, (tx) => tx.query(`select * from rounds where is_public and state = 'settled' and $1 = any (colleges) and ends_on >= $2 order by id desc limit ${MOST}`, [principal.org, today]));
    const todos: placement.Todo[] = [];
    for (const round of raws.map((raw): RoundRow => rounds.table.hydrate(raw))) {
      const count = (await this.unplaced.stillUnplaced(principal.org, round)).length;
      if (count > 0) todos.push({ kind: 'place_students', subjectType: 'Round', subjectId: round.id, dueOn: round.startsOn, count });
    }
    return todos;
  }
}

type Found = Pick<placement.Todo, 'subjectId' | 'dueOn' | 'count'>;
type Kind = Pick<placement.Todo, 'kind' | 'subjectType'>;

/** `text` selects "subjectId", "dueOn" and count. */
async function todosOf(tx: Tx, { kind, subjectType }: Kind, text: string, values: readonly unknown[]): Promise<placement.Todo[]> {
  const rows = await tx.query<Found & object>(`${text} limit ${MOST}`, values);
  return rows.map(({ subjectId, dueOn, count }) => ({ kind, subjectType, subjectId: subjectId ?? '', dueOn: dueOn ?? '', count }));
}

function offersToAnswer(tx: Tx, { principal: { org, account }, today }: Call): Promise<placement.Todo[]> {
  const text = `select id "subjectId", answer_by::text "dueOn", 1 count from offers where org = $1 and student_id = $2 and state = 'offered' and answer_by >= $3 order by answer_by, id`;
  return todosOf(tx, { kind: 'answer_offer', subjectType: 'Offer' }, text, [org, account, today]);
}

/** That the college has handed in: the student stands by it or replaces it. */
function listsToConfirm(tx: Tx, { principal: { org, account }, today }: Call): Promise<placement.Todo[]> {
  const text = `select l.id "subjectId", r.closes_on::text "dueOn", 1 count from preference_lists l join rounds r on r.is_public and r.id = l.round_id
    where l.org = $1 and l.student_id = $2 and l.state = 'submitted' and not l.sealed and r.state = 'open' and r.closes_on >= $3 order by r.closes_on, l.id`;
  return todosOf(tx, { kind: 'confirm_list', subjectType: 'PreferenceList' }, text, [org, account, today]);
}

/** Who could hand in a list and has not: enrolled, old enough when the period begins, and not taken in it. A list that was struck is none that comes again. */
const freeStudents = `known_students s where s.org = $1 and s.state = 'enrolled' and s.workable_from <= to_char(r.starts_on, 'YYYY-MM')
  and not exists (select from preference_lists l where l.org = s.org and l.round_id = r.id and l.student_id = s.id)
  and not exists (select from engagements e where e.org = s.org and e.student_id = s.id and daterange(e.starts_on, e.ends_on, '[]') && daterange(r.starts_on, r.ends_on, '[]'))
  and not exists (select from placements p where p.org = s.org and p.student_id = s.id and ${live} and daterange(p.starts_on, p.ends_on, '[]') && daterange(r.starts_on, r.ends_on, '[]'))`;

function listsToHandIn(tx: Tx, { principal: { org, account }, today }: Call): Promise<placement.Todo[]> {
  const text = `select r.id "subjectId", r.closes_on::text "dueOn", 1 count from rounds r
    where r.is_public and r.state = 'open' and $1 = any (r.colleges) and r.closes_on >= $3 and exists (select from ${freeStudents} and s.id = $2) order by r.closes_on, r.id`;
  return todosOf(tx, { kind: 'hand_in_list', subjectType: 'Round' }, text, [org, account, today]);
}

function listsToCollect(tx: Tx, { principal: { org }, today }: Call): Promise<placement.Todo[]> {
  const text = `select r.id "subjectId", r.closes_on::text "dueOn", missing.count from rounds r, lateral (select count(*)::int count from ${freeStudents}) missing
    where r.is_public and r.state = 'open' and $1 = any (r.colleges) and r.closes_on >= $2 and missing.count > 0 order by r.closes_on, r.id`;
  return todosOf(tx, { kind: 'collect_lists', subjectType: 'Round' }, text, [org, today]);
}

/** An appeal that is upheld counts in a refill, for which the last day of answers leaves time. */
function appealsToDecide(tx: Tx, { principal: { org } }: Call): Promise<placement.Todo[]> {
  const text = `select r.id "subjectId", r.settles_on::text "dueOn", count(*)::int count from appeals a join rounds r on r.is_public and r.id = a.round_id
    where a.org = $1 and a.state = 'filed' group by r.id, r.settles_on order by r.settles_on, r.id`;
  return todosOf(tx, { kind: 'decide_appeals', subjectType: 'Round' }, text, [org]);
}

/** All of them one item, until the first one begins. */
function gatesToComplete(tx: Tx, { principal: { org } }: Call): Promise<placement.Todo[]> {
  const needed = gates.map((gate) => `'${gate}'`).join();
  const text = `select '' "subjectId", min(p.starts_on)::text "dueOn", count(*)::int count from placements p
    where p.org = $1 and p.state = 'confirmed' and exists (select from unnest(array[${needed}]) gate
      where (gate <> 'guardian_consent' or p.is_minor) and not exists (select from gates g where g.org = p.org and g.placement_id = p.id and g.gate = gate)) having count(*) > 0`;
  return todosOf(tx, { kind: 'complete_gates', subjectType: '' }, text, [org]);
}

/** The next step of each own round, and the last day that its rule sheet leaves for it. */
async function roundsToRun(tx: Tx, { principal: { org } }: Call): Promise<placement.Todo[]> {
  const raws = await tx.query(`select * from rounds where org = $1 and state = any ($2::text[]) order by closes_on, id limit ${MOST}`, [org, Object.keys(nextStep)]);
  return raws.map((raw) => rounds.table.hydrate(raw)).map(({ id, state, closesOn, settlesOn }) => ({ kind: nextStep[state] ?? '', subjectType: 'Round', subjectId: id, dueOn: state === 'open' ? closesOn : settlesOn, count: 1 }));
}

/** Published positions, of the enterprise or of those for which the park acts, that last as long as the round's placements and are not in it. */
function positionsToEnter(tx: Tx, { principal: { org, orgKind }, today }: Call): Promise<placement.Todo[]> {
  const side = orgKind === 'park' ? 'park_org' : 'org';
  const text = `select r.id "subjectId", r.closes_on::text "dueOn", own.count from rounds r, lateral (
      select count(*)::int count from known_positions p where p.is_public and p.${side} = $1 and p.state = 'published' and p.starts_on <= r.starts_on and p.ends_on >= r.ends_on
         and not exists (select from entries e where e.is_public and e.round_id = r.id and e.position_id = p.id)) own
    where r.is_public and r.state in ('announced', 'open') and r.closes_on >= $2 and own.count > 0 order by r.closes_on, r.id`;
  return todosOf(tx, { kind: 'enter_positions', subjectType: 'Round' }, text, [org, today]);
}
