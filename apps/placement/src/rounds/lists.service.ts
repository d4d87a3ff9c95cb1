import { Injectable } from '@nestjs/common';
import type { Refusal } from '@tandem/contracts';
import { conditions, page, TenantDatabase, type Condition, type PageOf, type PagePart, type Tx } from '@tandem/persistence';
import { Commands, reach, type Call, type Fresh, type Outcome, type TargetAt } from '@tandem/service-kit';
import { v5 as uuidv5 } from 'uuid';
import { disengage, engage } from '../ledger/engagements.js';
import { knownStudentsOf } from '../projections/known-students.js';
import { assertChoices, assertFixable, assertOpen, assertStrikable, confirm, factsOf, fix, refuse, replace, strike, type Fix, type RoundOf, type StudentOf } from './list.js';
import { lists, type ListRow } from './list.entity.js';
import { refuse as refuseRound } from './round.js';

export interface StudentList {
  readonly roundId: string;
  readonly studentId: string;
  readonly positionIds: readonly string[];
}
export type Replacement = TargetAt & Fix & { readonly positionIds: readonly string[] };
export interface ListFilter {
  readonly roundId: string | null;
  readonly state: string | null;
  readonly studentId: string | null;
  readonly descending: boolean;
  readonly page: PagePart;
}

type Period = { readonly startsOn: string; readonly endsOn: string };
interface Known {
  readonly rounds: ReadonlyMap<string, RoundOf & Period>;
  readonly students: ReadonlyMap<string, StudentOf>;
  /** Who has an offer or a placement of an overlapping period. */
  readonly busy: ReadonlySet<string>;
  /** `round student` where a list is there already. */
  readonly here: ReadonlySet<string>;
}

/** So that a second list of a student in a round is the same row. */
const NAMESPACE = 'a2e3c9c4-7c1e-5b0f-9a54-6d0d1f1e7b21';

@Injectable()
export class ListsService {
  constructor(
    private readonly commands: Commands,
    private readonly database: TenantDatabase,
  ) {}

  submit(call: Call, many: readonly StudentList[], atomic: boolean): Promise<Outcome[]> {
    const { org, role, account } = call.principal;
    let known: Known;
    const make = (fresh: Fresh, { roundId, studentId, positionIds }: StudentList, facts: Known): ListRow => {
      assertOwn(call, studentId);
      const round = facts.rounds.get(roundId);
      assertOpen(round, org, call.today);
      assertChoices(positionIds, round);
      if (facts.here.has(`${roundId} ${studentId}`)) throw refuse.already_submitted({ field: 'studentId' });
      if (facts.busy.has(studentId)) throw refuseRound.student_busy({ field: 'studentId' });
      const sealed = role === 'student';
      return { ...fresh, state: 'submitted', sealed, subjectAccount: sealed ? account : null, roundId, studentId, choices: positionIds, facts: factsOf(facts.students.get(studentId)), fixReason: null, fixText: null };
    };
    return this.commands.createMany(call, lists, 'submitted', many, make, {
      facts: async (tx, items) => (known = await knownOf(tx, org, items)),
      claim: (tx, rows) => engaged(tx, rows, known.rounds),
      idOf: ({ roundId, studentId }) => uuidv5(`${roundId} ${studentId}`, NAMESPACE),
      atomic,
    });
  }

  replaceMany(call: Call, items: readonly Replacement[], atomic: boolean): Promise<Outcome[]> {
    const { org, role, account } = call.principal;
    const rule = (list: ListRow, { positionIds, ...why }: Replacement, known: Known): ListRow => {
      assertOwn(call, list.studentId);
      const round = known.rounds.get(list.roundId);
      if (role === 'student') assertOpen(round, org, call.today);
      else assertFixable(round, org);
      assertChoices(positionIds, round);
      const facts = factsOf(known.students.get(list.studentId));
      return role === 'student' ? replace(list, positionIds, facts, account) : fix(list, positionIds, facts, why);
    };
    return this.commands.changeMany(call, lists, 'replaced', items, rule, { facts: (tx) => knownOfLists(tx, org, items), atomic });
  }

  confirmMany(call: Call, items: readonly TargetAt[], atomic: boolean): Promise<Outcome[]> {
    const { org, account } = call.principal;
    const rule = (list: ListRow, _at: TargetAt, { rounds }: Known): ListRow => {
      assertOwn(call, list.studentId);
      assertOpen(rounds.get(list.roundId), org, call.today);
      return confirm(list, account);
    };
    return this.commands.changeMany(call, lists, 'confirmed', items, rule, { facts: (tx) => knownOfLists(tx, org, items), atomic });
  }

  strikeMany(call: Call, items: readonly TargetAt[], atomic: boolean): Promise<Outcome[]> {
    const rule = (list: ListRow, _at: TargetAt, { rounds }: Known): ListRow => {
      assertOwn(call, list.studentId);
      assertStrikable(rounds.get(list.roundId)?.state);
      return strike(list);
    };
    return this.commands.changeMany(call, lists, 'struck', items, rule, { facts: (tx) => knownOfLists(tx, call.principal.org, items), claim: (tx, rows) => released(tx, call, rows), atomic });
  }

  async batch(call: Call, ids: readonly string[]): Promise<ListRow[]> {
    const { sql, values } = conditions([{ sql: 'org = $', value: call.principal.org }, { sql: 'id = any($::uuid[])', value: ids }, ...reach(call, 'preference_lists')]);
    const raws = await this.database.withTenant(call.principal, (tx) => tx.query(`select * from preference_lists where ${sql}`, values));
    return raws.map((raw) => lists.table.hydrate(raw));
  }

  list(call: Call, { roundId, state, studentId, descending, page: request }: ListFilter): Promise<PageOf<ListRow>> {
    const where: Condition[] = [
      { sql: 'org = $', value: call.principal.org },
      ...reach(call, 'preference_lists'),
      ...(roundId ? [{ sql: 'round_id = $', value: roundId }] : []),
      ...(state ? [{ sql: 'state = $', value: state }] : []),
      ...(studentId ? [{ sql: 'student_id = $', value: studentId }] : []),
    ];
    return this.database.withTenant(call.principal, (tx) => page(tx, lists.table, { ...request, where, orderBy: 'id', descending }));
  }
}

/** A student speaks for the own list. */
function assertOwn({ principal: { role, account } }: Call, studentId: string): void {
  if (role === 'student' && studentId !== account) throw refuse.unknown_student({ field: 'studentId' });
}

async function knownOf(tx: Tx, org: string, items: readonly Pick<StudentList, 'roundId' | 'studentId'>[]): Promise<Known> {
  const roundIds = [...new Set(items.map(({ roundId }) => roundId))];
  const studentIds = items.map(({ studentId }) => studentId);
  // Shared with other lists; a match takes it alone, so that no list comes in after it has begun to read.
  for (const id of roundIds.toSorted()) await tx.query('select pg_advisory_xact_lock_shared(hashtextextended($1, 0))', [id]);
  const [rounds, positions, students, busy, here] = await Promise.all([
    tx.query<{ id: string; state: string; colleges: string[]; closesOn: string; rules: { wishes: number } } & Period>('select id, state, colleges, rules, closes_on "closesOn", starts_on "startsOn", ends_on "endsOn" from rounds where is_public and id = any($1::uuid[])', [roundIds]),
    tx.query<{ round_id: string; position_id: string }>(`select round_id, position_id from entries where is_public and state = 'entered' and round_id = any($1::uuid[])`, [roundIds]),
    knownStudentsOf(tx, org, studentIds),
    busyIn(tx, org, items),
    tx.query<{ round_id: string; student_id: string }>('select round_id, student_id from engagements where org = $1 and student_id = any($2::uuid[])', [org, studentIds]),
  ]);
  const byRound = new Map(rounds.map(({ rules, ...round }) => [round.id, { ...round, wishes: rules.wishes, positions: new Set<string>() }]));
  for (const { round_id, position_id } of positions) byRound.get(round_id)?.positions.add(position_id);
  return { rounds: byRound, students, busy, here: new Set(here.map(({ round_id, student_id }) => `${round_id} ${student_id}`)) };
}

async function busyIn(tx: Tx, org: string, items: readonly Pick<StudentList, 'roundId' | 'studentId'>[]): Promise<Set<string>> {
  const rows = await tx.query<{ student_id: string }>(
    `select x.student_id from (
       select student_id, starts_on, ends_on, round_id from placements where org = $1 and state in ('confirmed', 'ready', 'started', 'paused') and student_id = any($2::uuid[])
       union all select student_id, starts_on, ends_on, round_id from offers where org = $1 and state in ('offered', 'waiting', 'accepted') and student_id = any($2::uuid[])) x
     join rounds r on r.is_public and r.id = any($3::uuid[]) and r.id is distinct from x.round_id and daterange(r.starts_on, r.ends_on, '[]') && daterange(x.starts_on, x.ends_on, '[]')
     where not exists (select from placements p where p.org = $1 and p.student_id = x.student_id and p.round_id = x.round_id and p.state in ('cancelled', 'ended'))`,
    [org, items.map(({ studentId }) => studentId), [...new Set(items.map(({ roundId }) => roundId))]],
  );
  return new Set(rows.map(({ student_id }) => student_id));
}

async function knownOfLists(tx: Tx, org: string, items: readonly TargetAt[]): Promise<Known> {
  const rows = await tx.query<{ round_id: string; student_id: string }>('select round_id, student_id from preference_lists where org = $1 and id = any($2::uuid[])', [org, items.map(({ id }) => id)]);
  return knownOf(tx, org, rows.map(({ round_id, student_id }) => ({ roundId: round_id, studentId: student_id })));
}

/** One round at a time for each student: the constraint speaks. */
async function engaged(tx: Tx, rows: readonly ListRow[], rounds: Known['rounds']): Promise<(Refusal | null)[]> {
  const done = await engage(
    tx,
    rows.map(({ org, studentId, roundId }) => ({ org, studentId, roundId, startsOn: rounds.get(roundId)?.startsOn ?? '', endsOn: rounds.get(roundId)?.endsOn ?? '' })),
  );
  return done.map((ok) => (ok ? null : refuseRound.student_busy({ field: 'studentId' })));
}

async function released(tx: Tx, { principal: { org } }: Call, rows: readonly ListRow[]): Promise<null[]> {
  for (const { studentId, roundId } of rows) disengage(tx, org, [studentId], roundId);
  return rows.map(() => null);
}
