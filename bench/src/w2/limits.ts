// What commands can be held against: bare inserts, and the same command without its parts.
import type pg from 'pg';
import { TenantDatabase, type DatabaseAccess, type Scope, type Tx } from '@tandem/persistence';
import type { Commands } from '@tandem/service-kit';
import type { Report } from '../report.js';
import type { Stage } from '../stage.js';
import { AUDIT_PART, commandsOver, IDEMPOTENCY_PART, replaced, RewritingDatabase, serviceDatabase } from './bed.js';
import { anOrg, CALLERS, createMany, Producer } from './producer.js';

/** 8 sessions that each insert one row a transaction, as pgbench would: prepared, about 190 bytes. */
export async function plainInserts(stage: Stage, rows: number): Promise<number> {
  const pool = stage.admin('postgres', CALLERS);
  await pool.query('create table if not exists plain (id bigint generated always as identity primary key, tenant int not null, payload jsonb not null, created_at timestamptz not null default now())');
  const before = await pool.query<{ n: number }>('select count(*)::int n from plain');
  const payload = JSON.stringify({ title: '数控机床操作实习（虚构）', region: '990101', text: 'x'.repeat(110) });
  let left = rows;
  const session = async (client: pg.PoolClient): Promise<void> => {
    while (left-- > 0) await client.query({ name: 'plain', text: 'insert into plain (tenant, payload) values ($1, $2)', values: [left % 20, payload] });
    client.release();
  };
  const clients = await Promise.all(Array.from({ length: CALLERS }, () => pool.connect()));
  const start = performance.now();
  await Promise.all(clients.map(session));
  const perSecond = (rows * 1_000) / (performance.now() - start);
  const after = await pool.query<{ n: number }>('select count(*)::int n from plain');
  if ((after.rows[0]?.n ?? 0) - (before.rows[0]?.n ?? 0) !== rows) throw new Error('plain inserts: rows are missing');
  return perSecond;
}

/** Commands with nobody to relay or consume: whole, and bare (no audit, no idempotency, no row security, no tenant). */
export class AloneBed {
  private readonly whole: TenantDatabase;
  private readonly bare: BareDatabase;
  private readonly producers = { whole: new Producer(), bare: new Producer() };

  static async make(stage: Stage): Promise<AloneBed> {
    const { access, admin } = await serviceDatabase(stage, 'bench_alone');
    // The roles of another service that was given everything here and stands above row security.
    const bare: DatabaseAccess = { ...access, service: 'bare' };
    await stage.database('bare_home', 'bare');
    await admin.query('alter role bare_app bypassrls; grant connect on database bench_alone to bare_app; grant all on all tables in schema public to bare_app; grant all on all sequences in schema public to bare_app');
    const bed = new AloneBed(access, bare, admin);
    await bed.producers.whole.prepare(commandsOver(bed.whole));
    await bed.producers.bare.prepare(commandsOver(bed.whole));
    await admin.query('vacuum analyze');
    return bed;
  }

  private constructor(
    access: DatabaseAccess,
    bare: DatabaseAccess,
    private readonly admin: pg.Pool,
  ) {
    this.whole = new TenantDatabase(access, { max: 8 });
    this.bare = new BareDatabase(bare, withoutParts);
  }

  async commands(which: 'whole' | 'bare', changes: number, report: Report): Promise<number> {
    const commands = commandsOver(which === 'whole' ? this.whole : this.bare);
    await this.producers[which].change(commands, Math.min(200, changes));
    const before = await this.counts();
    const start = performance.now();
    await this.producers[which].change(commands, changes);
    const perSecond = (changes * 1_000) / (performance.now() - start);
    const after = await this.counts();
    const kept = which === 'whole' ? changes : 0;
    report.check(`commands ${which}: changes`, after.changes - before.changes, changes);
    report.check(`commands ${which}: outbox`, after.outbox - before.outbox, changes);
    report.check(`commands ${which}: audit`, after.audit - before.audit, kept);
    report.check(`commands ${which}: idempotency`, after.idempotency - before.idempotency, kept);
    await this.admin.query('truncate outbox');
    return perSecond;
  }

  /** Rows a second by bulk creation, as many callers as the machine has cores. */
  async createMany(batches: number, size: number, report: Report): Promise<number> {
    const commands: Commands = commandsOver(this.whole);
    const before = await this.counts();
    let left = batches;
    const caller = async (): Promise<void> => {
      while (left-- > 0) await createMany(commands, anOrg(left), size);
    };
    const start = performance.now();
    await Promise.all([caller(), caller()]);
    const perSecond = (batches * size * 1_000) / (performance.now() - start);
    const after = await this.counts();
    report.check('createMany: rows', after.changes - before.changes, batches * size);
    report.check('createMany: audit', after.audit - before.audit, batches * size);
    await this.admin.query('truncate outbox');
    return perSecond;
  }

  async close(): Promise<void> {
    await Promise.all([this.whole.close(), this.bare.close()]);
  }

  private async counts(): Promise<{ changes: number; outbox: number; audit: number; idempotency: number }> {
    const { rows } = await this.admin.query<{ changes: number; outbox: number; audit: number; idempotency: number }>(
      `select (select sum(version) from seats)::int changes, (select count(*) from outbox)::int outbox, (select count(*) from audit)::int audit, (select count(*) from idempotency)::int idempotency`,
    );
    return rows[0] ?? { changes: 0, outbox: 0, audit: 0, idempotency: 0 };
  }
}

function withoutParts(text: string): string {
  return replaced(replaced(text, AUDIT_PART, ''), IDEMPOTENCY_PART, '');
}

type Transaction = <T>(scope: null, settings: object, fn: (tx: Tx) => Promise<T>) => Promise<T>;

class BareDatabase extends RewritingDatabase {
  override withTenant<T>(_scope: Scope, fn: (tx: Tx) => Promise<T>): Promise<T> {
    const transaction = (this as unknown as { transaction: Transaction }).transaction.bind(this);
    return transaction(null, {}, (tx) => this.rewriting(tx, (inner) => fn(withoutLookup(inner))));
  }
}

/** Asks nothing of idempotency. */
function withoutLookup(tx: Tx): Tx {
  const query = async (text: string, values: readonly unknown[]): Promise<object[]> => (text.includes('from idempotency') ? [] : tx.query(text, values));
  return Object.create(tx, { query: { value: query } }) as Tx;
}
