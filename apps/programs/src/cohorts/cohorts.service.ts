import { Injectable } from '@nestjs/common';
import { page, TenantDatabase, type PageOf, type PagePart, type Tx } from '@tandem/persistence';
import { Commands, type Call, type Done, type Fresh, type Outcome, type TargetAt } from '@tandem/service-kit';
import { changeAvailability, enrol, graduate, plan, type CohortTerms, type ProgramOf, type Window } from './cohort.js';
import { cohorts, type CohortRow } from './cohort.entity.js';

export interface CohortFilter {
  readonly state: string | null;
  readonly programId: string | null;
  readonly descending: boolean;
  readonly page: PagePart;
}
type ProgramsById = ReadonlyMap<string, NonNullable<ProgramOf>>;

@Injectable()
export class CohortsService {
  constructor(
    private readonly commands: Commands,
    private readonly database: TenantDatabase,
  ) {}

  plan(call: Call, many: readonly CohortTerms[], atomic: boolean): Promise<Outcome[]> {
    const make = (fresh: Fresh, terms: CohortTerms, known: ProgramsById): CohortRow => ({ ...fresh, ...plan(terms, known.get(terms.programId)) });
    return this.commands.createMany(call, cohorts, 'planned', many, make, { facts: (tx, items) => programsOf(tx, call, items.map(({ programId }) => programId)), atomic });
  }

  enrol(call: Call, at: TargetAt): Promise<Done> {
    return this.commands.change(call, cohorts, 'enrolled', at, enrol);
  }

  changeAvailability(call: Call, at: TargetAt, windows: readonly Window[]): Promise<Done> {
    return this.commands.change(call, cohorts, 'availability_changed', at, (cohort) => changeAvailability(cohort, windows));
  }

  graduate(call: Call, at: TargetAt): Promise<Done> {
    return this.commands.change(call, cohorts, 'graduated', at, graduate);
  }

  async batch(call: Call, ids: readonly string[]): Promise<CohortRow[]> {
    const raws = await this.database.withTenant(call.principal, (tx) => tx.query('select * from cohorts where org = $1 and id = any($2::uuid[])', [call.principal.org, ids]));
    return raws.map((raw) => cohorts.table.hydrate(raw));
  }

  list(call: Call, { state, programId, descending, page: request }: CohortFilter): Promise<PageOf<CohortRow>> {
    const where = [
      { sql: 'org = $', value: call.principal.org },
      ...(state ? [{ sql: 'state = $', value: state }] : []),
      ...(programId ? [{ sql: 'program_id = $', value: programId }] : []),
    ];
    return this.database.withTenant(call.principal, (tx) => page(tx, cohorts.table, { ...request, where, orderBy: 'entryYear', descending }));
  }
}

async function programsOf(tx: Tx, call: Call, ids: readonly string[]): Promise<ProgramsById> {
  const rows = await tx.query<{ id: string; code: string; state: string }>('select id, code, state from programs where org = $1 and id = any($2::uuid[])', [call.principal.org, [...new Set(ids)]]);
  return new Map(rows.map((row) => [row.id, row]));
}
