import { Injectable } from '@nestjs/common';
import { page, TenantDatabase, type PageOf, type PagePart, type Tx } from '@tandem/persistence';
import { Commands, type Call, type Done, type Fresh, type Outcome } from '@tandem/service-kit';
import { knownOccupationsOf } from '../projections/known-codes.js';
import { refuse, state, type Known, type Statement } from './headcount.js';
import { headcounts, type HeadcountRow } from './headcount.entity.js';

export interface HeadcountFilter {
  readonly view: 'own' | 'park';
  readonly state: string | null;
  readonly occupation: string | null;
  readonly descending: boolean;
  readonly page: PagePart;
}

@Injectable()
export class HeadcountsService {
  constructor(
    private readonly commands: Commands,
    private readonly database: TenantDatabase,
  ) {}

  state(call: Call, statement: Statement): Promise<Done> {
    return this.commands.create(call, headcounts, 'stated', (fresh, known: Known) => stated(call, fresh, statement, known), { facts: (tx) => knownOf(tx, call, [statement]) });
  }

  stateMany(call: Call, many: readonly Statement[], atomic: boolean): Promise<Outcome[]> {
    return this.commands.createMany(call, headcounts, 'stated', many, (fresh, statement, known: Known) => stated(call, fresh, statement, known), { facts: (tx, items) => knownOf(tx, call, items), atomic });
  }

  async batch(call: Call, ids: readonly string[]): Promise<HeadcountRow[]> {
    const raws = await this.database.withTenant(call.principal, (tx) => tx.query('select * from headcount_statements where id = any($1::uuid[])', [ids]));
    return raws.map((raw) => headcounts.table.hydrate(raw));
  }

  list(call: Call, { view, state: of, occupation, descending, page: request }: HeadcountFilter): Promise<PageOf<HeadcountRow>> {
    const where = [
      { sql: view === 'own' ? 'org = $' : 'park_org = $', value: call.principal.org },
      ...(of ? [{ sql: 'state = $', value: of }] : []),
      ...(occupation ? [{ sql: 'occupation = $', value: occupation }] : []),
    ];
    return this.database.withTenant(call.principal, (tx) => page(tx, headcounts.table, { ...request, where, orderBy: 'countedOn', descending }));
  }
}

function stated(call: Call, fresh: Fresh, statement: Statement, known: Known): HeadcountRow {
  // A park states for an enterprise, under a delegation, or not at all.
  if (call.principal.orgKind !== 'enterprise') throw refuse.not_an_enterprise();
  return { ...fresh, ...state(statement, known, call.today), parkOrg: call.principal.onBehalfOf?.org ?? null };
}

async function knownOf(tx: Tx, call: Call, statements: readonly Statement[]): Promise<Known> {
  const [occupations, newest] = await Promise.all([
    knownOccupationsOf(tx, statements.flatMap(({ occupation }) => occupation ?? [])),
    tx.query<{ occupation: string; counted_on: string }>(`select coalesce(occupation, '') occupation, max(counted_on) counted_on from headcount_statements where org = $1 and state = 'stated' group by 1`, [call.principal.org]),
  ]);
  return { occupations, newest: new Map(newest.map(({ occupation, counted_on }) => [occupation, counted_on])) };
}
