import { Inject, Injectable } from '@nestjs/common';
import { page, TenantDatabase, type KeyRing, type PageOf, type PagePart } from '@tandem/persistence';
import { Commands, KEY_RING, type Call, type Done, type Fresh, type Outcome, type TargetAt } from '@tandem/service-kit';
import { ownStudents } from '../projections/known-students.js';
import { confirm, correct, report, type Destination, type DestinationTerms } from './destination.js';
import { destinations, type DestinationRow } from './destination.entity.js';
import { record, type checkAnswers } from './retention-check.js';
import { retentionChecks, type RetentionCheckRow } from './retention-check.entity.js';

export type Report = DestinationTerms & { readonly evidence: string };
export type Confirmation = TargetAt & { readonly by: NonNullable<Destination['confirmedBy']> };
export type RetentionRecord = TargetAt & { readonly answer: (typeof checkAnswers)[number]; readonly reason: string | null };
export interface DestinationFilter {
  readonly state: string | null;
  readonly studentId: string | null;
  readonly descending: boolean;
  readonly page: PagePart;
}
export interface CheckFilter {
  readonly state: string | null;
  readonly destinationId: string | null;
  readonly months: number | null;
  readonly descending: boolean;
  readonly page: PagePart;
}
export type Shown = Omit<DestinationRow, 'evidence'> & { readonly evidence: string };

@Injectable()
export class DestinationsService {
  constructor(
    private readonly commands: Commands,
    private readonly database: TenantDatabase,
    @Inject(KEY_RING) private readonly keys: KeyRing,
  ) {}

  reportMany(call: Call, many: readonly Report[], atomic: boolean): Promise<Outcome[]> {
    const make = (fresh: Fresh, { evidence, ...terms }: Report, own: ReadonlySet<string>): DestinationRow => ({ ...fresh, ...report(terms, own.has(terms.studentId)), evidence: this.keys.seal(fresh.org, evidence) });
    return this.commands.createMany(call, destinations, 'reported', many, make, { facts: (tx, items) => ownStudents(tx, call.principal.org, items.map(({ studentId }) => studentId)), atomic });
  }

  confirmMany(call: Call, items: readonly Confirmation[], atomic: boolean): Promise<Outcome[]> {
    return this.commands.changeMany(call, destinations, 'confirmed', items, (destination, { by }) => confirm(destination, by), { atomic });
  }

  correct(call: Call, at: TargetAt, { evidence, ...terms }: Report, reason: string): Promise<Done> {
    const sealed = this.keys.seal(call.principal.org, evidence);
    return this.commands.change(call, destinations, 'corrected', at, (destination) => ({ ...correct(destination, terms, reason), evidence: sealed }));
  }

  recordMany(call: Call, items: readonly RetentionRecord[], atomic: boolean): Promise<Outcome[]> {
    return this.commands.changeMany(call, retentionChecks, 'recorded', items, (check, { answer, reason }) => record(check, answer, reason), { atomic });
  }

  async batch(call: Call, ids: readonly string[]): Promise<Shown[]> {
    const raws = await this.database.withTenant(call.principal, (tx) => tx.query('select * from destinations where org = $1 and id = any($2::uuid[])', [call.principal.org, ids]));
    return raws.map((raw) => this.show(destinations.table.hydrate(raw)));
  }

  async list(call: Call, { state, studentId, descending, page: request }: DestinationFilter): Promise<PageOf<Shown>> {
    const where = [{ sql: 'org = $', value: call.principal.org }, ...(state ? [{ sql: 'state = $', value: state }] : []), ...(studentId ? [{ sql: 'student_id = $', value: studentId }] : [])];
    const found = await this.database.withTenant(call.principal, (tx) => page(tx, destinations.table, { ...request, where, orderBy: 'fromOn', descending }));
    return { ...found, rows: found.rows.map((row) => this.show(row)) };
  }

  async batchChecks(call: Call, ids: readonly string[]): Promise<RetentionCheckRow[]> {
    const raws = await this.database.withTenant(call.principal, (tx) => tx.query('select * from retention_checks where org = $1 and id = any($2::uuid[])', [call.principal.org, ids]));
    return raws.map((raw) => retentionChecks.table.hydrate(raw));
  }

  listChecks(call: Call, { state, destinationId, months, descending, page: request }: CheckFilter): Promise<PageOf<RetentionCheckRow>> {
    const where = [
      { sql: 'org = $', value: call.principal.org },
      ...(state ? [{ sql: 'state = $', value: state }] : []),
      ...(destinationId ? [{ sql: 'destination_id = $', value: destinationId }] : []),
      ...(months ? [{ sql: 'months = $', value: months }] : []),
    ];
    return this.database.withTenant(call.principal, (tx) => page(tx, retentionChecks.table, { ...request, where, orderBy: 'dueOn', descending }));
  }

  private show(row: DestinationRow): Shown {
    return { ...row, evidence: this.keys.open(row.evidence) };
  }
}
