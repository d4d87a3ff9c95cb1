// pg-boss as the queue: the same command without the outbox row, then the job on the same transaction.
import { TenantDatabase, type Tx } from '@tandem/persistence';
import type { Commands } from '@tandem/service-kit';
import PgBoss from 'pg-boss';
import { urlOf, type Stage } from '../stage.js';
import { Bed, commandsOver, OUTBOX_PART, queuedOf, replaced, RewritingDatabase, serviceDatabase } from './bed.js';
import { applyJobs, type Job } from './peer-effect.js';

const QUEUE = 'effect';

export class BossBed extends Bed {
  private commands: RewritingDatabase | null = null;
  private effectsDatabase: TenantDatabase | null = null;
  private readonly boss: PgBoss;

  static async make(stage: Stage): Promise<BossBed> {
    const { access, admin } = await serviceDatabase(stage, 'bench_boss');
    const bed = new BossBed('pg-boss', stage, access, admin);
    await bed.boss.start();
    await bed.boss.createQueue(QUEUE);
    await admin.query('grant usage on schema pgboss to bench_app; grant select, insert on all tables in schema pgboss to bench_app');
    return bed;
  }

  private constructor(...args: ConstructorParameters<typeof Bed>) {
    super(...args);
    this.boss = new PgBoss({ connectionString: urlOf(this.access, 'owner'), supervise: false, schedule: false });
    this.boss.on('error', (error) => console.error(`pg-boss: ${String(error)}`));
  }

  async open(): Promise<Commands> {
    this.commands = new RewritingDatabase(this.access, (text) => replaced(text, OUTBOX_PART, ''), (tx, values) => this.send(tx, values));
    this.effectsDatabase = new TenantDatabase(this.access, { max: 10 });
    return commandsOver(this.commands);
  }

  async consume(): Promise<void> {
    const database = this.effectsDatabase;
    if (!database) throw new Error('open comes first');
    const work = async (jobs: readonly { data: Job }[]): Promise<void> => applyJobs(database, jobs.map(({ data }) => data));
    for (let worker = 0; worker < 4; worker += 1) await this.boss.work<Job>(QUEUE, { batchSize: 1_000, pollingIntervalSeconds: 0.5 }, work);
  }

  async close(): Promise<void> {
    await this.boss.offWork(QUEUE);
    await Promise.all([this.commands?.close(), this.effectsDatabase?.close()]);
  }

  async end(): Promise<void> {
    await this.boss.stop({ graceful: false, close: true });
  }

  async parked(): Promise<number> {
    const { rows } = await this.admin.query<{ n: number }>(`select count(*)::int n from pgboss.job where state = 'failed'`);
    return rows[0]?.n ?? 0;
  }

  async ready(): Promise<void> {}

  /** The events that the statement had for the outbox. */
  private async send(tx: Tx, values: readonly unknown[]): Promise<void> {
    const jobs = queuedOf(values);
    const db = { executeSql: async (text: string, parameters: unknown[]) => ({ rows: await tx.query(text, parameters) }) };
    const [only] = jobs;
    if (only && jobs.length === 1) await this.boss.send(QUEUE, only, { db });
    else await this.boss.insert(jobs.map((data) => ({ name: QUEUE, data })), { db });
  }
}
