import { Injectable } from '@nestjs/common';
import { conditions, page, TenantDatabase, type PageOf, type PagePart, type Tx } from '@tandem/persistence';
import { Commands, reach, type Call, type Done, type Fresh, type Outcome, type TargetAt } from '@tandem/service-kit';
import { decide, file, refuse, withdraw, type Around, type Filing, type RoundOf, type Ruling } from './appeal.js';
import { appeals, type AppealRow } from './appeal.entity.js';

export type Decision = TargetAt & Ruling;
export interface AppealFilter {
  readonly roundId: string | null;
  readonly state: string | null;
  readonly studentId: string | null;
  readonly descending: boolean;
  readonly page: PagePart;
}

interface Known {
  readonly round: RoundOf | undefined;
  readonly takesPart: boolean;
}

@Injectable()
export class AppealsService {
  constructor(
    private readonly commands: Commands,
    private readonly database: TenantDatabase,
  ) {}

  /** By the student; the college files what it was told on paper. */
  file(call: Call, filing: Filing): Promise<Done> {
    assertOwn(call, filing.studentId);
    return this.commands.create(call, appeals, 'filed', (fresh: Fresh, { round, takesPart }: Known): AppealRow => ({ ...fresh, ...file(filing, round, takesPart, call.today) }), { facts: (tx) => knownOf(tx, call, filing) });
  }

  decideMany(call: Call, items: readonly Decision[], atomic: boolean): Promise<Outcome[]> {
    const rule = (appeal: AppealRow, ruling: Decision, around: ReadonlyMap<string, Around>): AppealRow => decide(appeal, ruling, around.get(appeal.id) ?? nowhere, call.principal.account);
    return this.commands.changeMany(call, appeals, 'decided', items, rule, { facts: (tx) => aroundOf(tx, call, items), atomic });
  }

  withdraw(call: Call, at: TargetAt): Promise<Done> {
    return this.commands.change(call, appeals, 'withdrawn', at, (appeal) => {
      assertOwn(call, appeal.studentId);
      return withdraw(appeal);
    });
  }

  async batch(call: Call, ids: readonly string[]): Promise<AppealRow[]> {
    const { sql, values } = conditions([{ sql: 'org = $', value: call.principal.org }, { sql: 'id = any($::uuid[])', value: ids }, ...reach(call, 'appeals')]);
    const raws = await this.database.withTenant(call.principal, (tx) => tx.query(`select * from appeals where ${sql}`, values));
    return raws.map((raw) => appeals.table.hydrate(raw));
  }

  list(call: Call, { roundId, state, studentId, descending, page: request }: AppealFilter): Promise<PageOf<AppealRow>> {
    const where = [
      { sql: 'org = $', value: call.principal.org },
      ...reach(call, 'appeals'),
      ...(roundId ? [{ sql: 'round_id = $', value: roundId }] : []),
      ...(state ? [{ sql: 'state = $', value: state }] : []),
      ...(studentId ? [{ sql: 'student_id = $', value: studentId }] : []),
    ];
    return this.database.withTenant(call.principal, (tx) => page(tx, appeals.table, { ...request, where, orderBy: 'id', descending }));
  }
}

const nowhere: Around = { roundState: undefined, hasRefill: false, isInRunning: false, isPlacedByHand: false };

function assertOwn({ principal: { role, account } }: Call, studentId: string): void {
  if (role === 'student' && studentId !== account) throw refuse.not_yours();
}

async function knownOf(tx: Tx, { principal: { org } }: Call, { roundId, studentId }: Filing): Promise<Known> {
  const [[round], engaged, offered] = await Promise.all([
    tx.query<RoundOf & object>('select state, appeal_days "appealDays", appeals_until "appealsUntil" from rounds where is_public and id = $1', [roundId]),
    tx.query('select 1 from engagements where org = $1 and round_id = $2 and student_id = $3', [org, roundId, studentId]),
    tx.query('select 1 from offers where org = $1 and round_id = $2 and student_id = $3 limit 1', [org, roundId, studentId]),
  ]);
  return { round, takesPart: engaged.length + offered.length > 0 };
}

async function aroundOf(tx: Tx, { principal: { org }, today }: Call, items: readonly TargetAt[]): Promise<Map<string, Around>> {
  const rows = await tx.query<Around & { id: string }>(
    `select a.id, r.state "roundState", $3::date <= r.settles_on and (r.refill_days = 0 or r.refill_on is not null) "hasRefill",
        exists (select from engagements g where g.org = a.org and g.round_id = a.round_id and g.student_id = a.student_id) and exists (select from known_students s where s.org = a.org and s.id = a.student_id and s.state = 'enrolled')
          and not exists (select from offers o where o.org = a.org and o.round_id = a.round_id and o.student_id = a.student_id and o.state in ('declined', 'expired', 'accepted')) "isInRunning",
        exists (select from placements p where p.org = a.org and p.student_id = a.student_id and p.round_id is null and p.state in ('confirmed', 'ready', 'started', 'paused')
        and daterange(p.starts_on, p.ends_on, '[]') && daterange(r.starts_on, r.ends_on, '[]')) "isPlacedByHand"
       from appeals a join rounds r on r.is_public and r.id = a.round_id where a.org = $1 and a.id = any($2::uuid[])`,
    [org, items.map(({ id }) => id), today],
  );
  return new Map(rows.map(({ id, ...around }) => [id, around]));
}
