import { Injectable } from '@nestjs/common';
import { page, TenantDatabase, type PageOf, type PagePart } from '@tandem/persistence';
import { Commands, type Call, type Done, type Fresh, type Outcome, type TargetAt } from '@tandem/service-kit';
import { codesInForce } from '../projections/known-codes.js';
import { change, close, open, plan, type ProgramTerms, type Skill } from './program.js';
import { programs, type ProgramRow } from './program.entity.js';

export interface ProgramFilter {
  readonly view: 'own' | 'published';
  readonly state: string | null;
  readonly code: string | null;
  readonly collegeOrg: string | null;
  readonly importId: string | null;
  readonly descending: boolean;
  readonly page: PagePart;
}
export interface Planning {
  readonly programs: readonly ProgramTerms[];
  readonly importId: string | null;
  readonly atomic: boolean;
}

@Injectable()
export class ProgramsService {
  constructor(
    private readonly commands: Commands,
    private readonly database: TenantDatabase,
  ) {}

  plan(call: Call, { programs: many, importId, atomic }: Planning): Promise<Outcome[]> {
    const make = (fresh: Fresh, terms: ProgramTerms, majors: ReadonlySet<string>): ProgramRow => ({ ...fresh, ...plan(terms, importId, majors) });
    return this.commands.createMany(call, programs, 'planned', many, make, { facts: (tx, items) => codesInForce(tx, 'majors', items.map(({ code }) => code)), atomic });
  }

  openMany(call: Call, targets: readonly TargetAt[], atomic: boolean): Promise<Outcome[]> {
    return this.commands.changeMany(call, programs, 'opened', targets, open, { atomic });
  }

  change(call: Call, at: TargetAt, skills: readonly Skill[]): Promise<Done> {
    return this.commands.change(call, programs, 'changed', at, (program) => change(program, skills));
  }

  closeMany(call: Call, targets: readonly TargetAt[], atomic: boolean): Promise<Outcome[]> {
    return this.commands.changeMany(call, programs, 'closed', targets, close, { atomic });
  }

  async batch(call: Call, ids: readonly string[]): Promise<ProgramRow[]> {
    const raws = await this.database.withTenant(call.principal, (tx) => tx.query('select * from programs where id = any($1::uuid[])', [ids]));
    return raws.map((raw) => programs.table.hydrate(raw));
  }

  list(call: Call, { view, page: request, descending, ...filter }: ProgramFilter): Promise<PageOf<ProgramRow>> {
    const where = [
      view === 'own' ? { sql: 'org = $', value: call.principal.org } : { sql: 'is_public = $', value: true },
      ...(filter.collegeOrg ? [{ sql: 'org = $', value: filter.collegeOrg }] : []),
      ...(filter.state ? [{ sql: 'state = $', value: filter.state }] : []),
      ...(filter.code ? [{ sql: 'code = $', value: filter.code }] : []),
      ...(filter.importId ? [{ sql: 'import_id = $', value: filter.importId }] : []),
    ];
    return this.database.withTenant(call.principal, (tx) => page(tx, programs.table, { ...request, where, orderBy: 'code', descending }));
  }
}
