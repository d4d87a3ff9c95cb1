// graphile-worker as the queue: the same command, its outbox row replaced by a job of the same transaction.
import { TenantDatabase } from '@tandem/persistence';
import type { Commands } from '@tandem/service-kit';
import { Logger, run, runMigrations, type Runner } from 'graphile-worker';
import { urlOf, type Stage } from '../stage.js';
import { Bed, commandsOver, OUTBOX_PART, replaced, RewritingDatabase, serviceDatabase } from './bed.js';
import { applyJob, type Job } from './peer-effect.js';

const ADD_JOBS = `o as materialized (select graphile_worker.add_job('effect', json_build_object('id', event_id, 'org', $3::uuid, 'key', id, 'sequence', version,
  'headers', headers, 'payload', encode(payload, 'hex'))) from e order by n), `;
const ADD_JOB = `o as materialized (select graphile_worker.add_job('effect', json_build_object('id', $3::uuid, 'org', $1::uuid, 'key', $2::uuid, 'sequence', $12::int,
  'headers', $4::jsonb, 'payload', encode($5::bytea, 'hex')))), `;
const logger = new Logger(() => (level, message) => {
  if (level === 'error' || level === 'warning') console.error(`graphile-worker: ${message}`);
});

export class GraphileBed extends Bed {
  private commands: RewritingDatabase | null = null;
  private effectsDatabase: TenantDatabase | null = null;
  private runner: Runner | null = null;

  static async make(stage: Stage): Promise<GraphileBed> {
    const { access, admin } = await serviceDatabase(stage, 'bench_graphile');
    await runMigrations({ connectionString: urlOf(access, 'owner'), logger });
    await admin.query('grant usage on schema graphile_worker to bench_app; grant all on all tables in schema graphile_worker to bench_app; grant all on all sequences in schema graphile_worker to bench_app; grant execute on all functions in schema graphile_worker to bench_app');
    const { rows } = await admin.query<{ name: string }>(`select relname as name from pg_class where relnamespace = 'graphile_worker'::regnamespace and relrowsecurity`);
    for (const { name } of rows) await admin.query(`create policy bench on graphile_worker.${name} for all to bench_app using (true) with check (true)`);
    return new GraphileBed('graphile-worker', stage, access, admin);
  }

  async open(): Promise<Commands> {
    const withJob = (text: string): string => replaced(replaced(text, OUTBOX_PART, text.includes('from e order by n') ? ADD_JOBS : ADD_JOB), /select 1 \/ \(/, 'select (select count(*) from o), 1 / (');
    this.commands = new RewritingDatabase(this.access, withJob);
    this.effectsDatabase = new TenantDatabase(this.access, { max: 10 });
    return commandsOver(this.commands);
  }

  async consume(): Promise<void> {
    const database = this.effectsDatabase;
    if (!database) throw new Error('open comes first');
    const effect = async (payload: unknown): Promise<void> => applyJob(database, payload as Job);
    this.runner = await run({
      preset: { worker: { connectionString: urlOf(this.access, 'owner'), maxPoolSize: 12, concurrentJobs: 10, localQueue: { size: 500 }, completeJobBatchDelay: 0, logger } },
      taskList: { effect },
      noHandleSignals: true,
    });
  }

  async close(): Promise<void> {
    await this.runner?.stop();
    this.runner = null;
    await Promise.all([this.commands?.close(), this.effectsDatabase?.close()]);
  }

  async parked(): Promise<number> {
    const { rows } = await this.admin.query<{ n: number }>('select count(*)::int n from graphile_worker._private_jobs where attempts > 1');
    return rows[0]?.n ?? 0;
  }

  async ready(): Promise<void> {}
}
