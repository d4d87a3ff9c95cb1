import { Inject, Injectable } from '@nestjs/common';
import { page, TenantDatabase, type KeyRing, type PageOf, type PagePart, type Tx } from '@tandem/persistence';
import { Commands, groupBy, KEY_RING, type Call, type Done, type Fresh, type Outcome, type TargetAt } from '@tandem/service-kit';
import { ownStudents } from '../projections/known-students.js';
import { assertOtherJob, confirm, correct, isRetold, report, type Destination, type DestinationTerms, type Spell } from './destination.js';
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
    const rule = (destination: DestinationRow, { by }: Confirmation, jobs: Jobs): DestinationRow => {
      const known = jobs.get(destination.studentId) ?? [];
      assertOtherJob(destination, known);
      const confirmed = confirm(destination, by);
      // The next of this call may be the same job.
      jobs.set(destination.studentId, [...known, confirmed]);
      return confirmed;
    };
    return this.commands.changeMany(call, destinations, 'confirmed', items, rule, { facts: (tx) => jobsOf(tx, call, items), atomic });
  }

  correct(call: Call, at: TargetAt, { evidence, ...terms }: Report, reason: string): Promise<Done> {
    const sealed = this.keys.seal(call.principal.org, evidence);
    const rule = (destination: DestinationRow, jobs: Jobs): DestinationRow => {
      const corrected = { ...correct(destination, terms, reason), evidence: sealed };
      if (isRetold(destination, corrected)) assertOtherJob(corrected, jobs.get(destination.studentId) ?? []);
      return corrected;
    };
    return this.commands.change(call, destinations, 'corrected', at, rule, { facts: (tx) => jobsOf(tx, call, [at]) });
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

/** What is confirmed of each student. */
type Jobs = Map<string, Spell[]>;

/** Locked, so that two confirmations of one student wait for each other. */
async function jobsOf(tx: Tx, { principal: { org } }: Call, targets: readonly TargetAt[]): Promise<Jobs> {
  const text = `select * from destinations where org = $1 and student_id in (select student_id from destinations where org = $1 and id = any($2::uuid[])) order by id for update`;
  const raws = await tx.query(text, [org, targets.map(({ id }) => id)]);
  return groupBy(raws.map((raw) => destinations.table.hydrate(raw)).filter(({ state }) => state !== 'reported'), ({ studentId }) => studentId);
}
