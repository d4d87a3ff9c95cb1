import { Injectable } from '@nestjs/common';
import { page, TenantDatabase, type PageOf, type PagePart, type Tx } from '@tandem/persistence';
import { Commands, type Call, type Done, type Fresh, type Outcome, type TargetAt } from '@tandem/service-kit';
import { change, dissolve, form, type Class } from './class.js';
import { classes, type ClassRow } from './class.entity.js';

export interface ClassFilter {
  readonly cohortId: string | null;
  readonly state: string | null;
  readonly descending: boolean;
  readonly page: PagePart;
}
type Terms = Omit<Class, 'state'>;
type Cohorts = ReadonlyMap<string, { readonly state: string }>;

@Injectable()
export class ClassesService {
  constructor(
    private readonly commands: Commands,
    private readonly database: TenantDatabase,
  ) {}

  form(call: Call, many: readonly Terms[], atomic: boolean): Promise<Outcome[]> {
    const make = (fresh: Fresh, terms: Terms, cohorts: Cohorts): ClassRow => ({ ...fresh, ...form(terms, cohorts.get(terms.cohortId)) });
    return this.commands.createMany(call, classes, 'formed', many, make, { facts: (tx, items) => cohortsOf(tx, call, items.map(({ cohortId }) => cohortId)), atomic });
  }

  change(call: Call, at: TargetAt, to: Pick<Class, 'name' | 'teacherAccount'>): Promise<Done> {
    return this.commands.change(call, classes, 'changed', at, (it) => change(it, to));
  }

  dissolve(call: Call, at: TargetAt): Promise<Done> {
    return this.commands.change(call, classes, 'dissolved', at, dissolve);
  }

  async batch(call: Call, ids: readonly string[]): Promise<ClassRow[]> {
    const raws = await this.database.withTenant(call.principal, (tx) => tx.query('select * from classes where org = $1 and id = any($2::uuid[])', [call.principal.org, ids]));
    return raws.map((raw) => classes.table.hydrate(raw));
  }

  list(call: Call, { cohortId, state, descending, page: request }: ClassFilter): Promise<PageOf<ClassRow>> {
    const where = [
      { sql: 'org = $', value: call.principal.org },
      ...(cohortId ? [{ sql: 'cohort_id = $', value: cohortId }] : []),
      ...(state ? [{ sql: 'state = $', value: state }] : []),
    ];
    return this.database.withTenant(call.principal, (tx) => page(tx, classes.table, { ...request, where, orderBy: 'name', descending }));
  }
}

async function cohortsOf(tx: Tx, call: Call, ids: readonly string[]): Promise<Cohorts> {
  const rows = await tx.query<{ id: string; state: string }>('select id, state from cohorts where org = $1 and id = any($2::uuid[])', [call.principal.org, [...new Set(ids)]]);
  return new Map(rows.map((row) => [row.id, row]));
}
