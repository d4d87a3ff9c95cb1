// Bulk commands of more than 1,000 items: batches under keys of their own, progress in a row, resumed after a crash, cancelled between batches.
import { Injectable } from '@nestjs/common';
import { Refusal, refusals, type Principal } from '@tandem/contracts';
import { TenantDatabase, type Tx } from '@tandem/persistence';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { v5 as uuidv5 } from 'uuid';
import { BusinessClock } from '../consume/business-clock.js';
import { MAX_BATCH, type Outcome } from '../write/commands.js';
import type { Call } from '../write/call.js';
import { isOutage } from '../write/database-errors.js';

const idempotency = refusals('idempotency', { other_body: 'already_exists' });
const refuse = refusals('job', { not_found: 'not_found', not_running: 'failed_precondition', too_many: 'invalid_argument' });

export type JobState = 'running' | 'done' | 'cancelled' | 'failed';

/** How far a job is; `refused` of the `done` items changed nothing. */
export interface Job {
  readonly id: string;
  readonly kind: string;
  readonly state: JobState;
  readonly total: number;
  readonly done: number;
  readonly refused: number;
  /** Why it failed: the code of a refusal, or `defect`. */
  readonly failure: string | null;
}

/** Runs one batch of at most 1,000 items as a command under the call's key. */
export type BatchHandler = (call: Call, items: readonly never[]) => Promise<readonly Outcome[]>;

export const MAX_JOB = 100_000;
/** So that a repeated call finds the job that the first one made. */
const NAMESPACE = '0c9bd3a6-5a1e-5d0f-8a55-7d5b7f3f6a10';

interface JobRow extends Job {
  readonly org: string;
  readonly caller: { readonly principal: Principal; readonly requestId: string; readonly traceparent: string | null };
}

@Injectable()
export class Jobs {
  private readonly handlers = new Map<string, BatchHandler>();
  private working: Promise<void> | null = null;
  private stopped = false;

  constructor(
    private readonly database: TenantDatabase,
    private readonly relayPool: Pool,
    private readonly clock: BusinessClock,
    private readonly logger: Logger,
  ) {}

  /** Called once by the feature whose command it is. */
  handle(kind: string, handler: BatchHandler): void {
    this.handlers.set(kind, handler);
  }

  /** Stores the items and returns at once; the same key again returns the same job. */
  async start(call: Call, kind: string, items: readonly object[]): Promise<Job> {
    if (items.length > MAX_JOB) throw refuse.too_many({ most: MAX_JOB });
    const id = uuidv5(`${call.principal.org} ${call.key ?? ''}`, NAMESPACE);
    const batches = Array.from({ length: Math.ceil(items.length / MAX_BATCH) }, (_, n) => ({ n, items: items.slice(n * MAX_BATCH, (n + 1) * MAX_BATCH) }));
    const caller = { principal: call.principal, requestId: call.requestId, traceparent: call.traceparent };
    await this.database.withTenant(call.principal, async (tx) => {
      const made = await tx.query(
        `insert into jobs (org, id, kind, state, total, request_hash, caller) values ($1, $2, $3, 'running', $4, $5, $6) on conflict do nothing returning id`,
        [call.principal.org, id, kind, items.length, call.requestHash, JSON.stringify(caller)],
      );
      if (made.length === 0) return sameBody(tx, call, id);
      tx.write(`insert into job_batches (org, job_id, n, items) select $1, $2, b.n, b.items from jsonb_to_recordset($3::jsonb) b(n int, items jsonb)`, [call.principal.org, id, JSON.stringify(batches)]);
    });
    this.work();
    return this.get(call, id);
  }

  async get(call: Call, id: string): Promise<Job> {
    const job = await this.database.withTenant(call.principal, (tx) => read(tx, call.principal.org, id));
    if (!job) throw refuse.not_found({ id });
    return job;
  }

  /** Ends after the batch in hand; what is done stays done. */
  async cancel(call: Call, id: string): Promise<Job> {
    const changed = await this.database.withTenant(call.principal, (tx) =>
      tx.query(`update jobs set state = 'cancelled' where org = $1 and id = $2 and state = 'running' returning id`, [call.principal.org, id]),
    );
    const job = await this.get(call, id);
    if (changed.length === 0 && job.state !== 'cancelled') throw refuse.not_running({ state: job.state });
    return job;
  }

  /** Goes on with what is unfinished, in the background; called again while it works it does nothing. */
  work(): void {
    if (this.working || this.stopped) return;
    this.working = this.drain()
      .catch((error: unknown) => this.logger.warn({ err: error }, 'job interrupted, will go on'))
      .finally(() => {
        this.working = null;
      });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.working;
  }

  private async drain(): Promise<void> {
    while (!this.stopped) {
      const { rows } = await this.relayPool.query<JobRow>(`select org, id, kind, caller from jobs where state = 'running' order by done, id limit 1`);
      const [job] = rows;
      if (!job) return;
      await this.nextBatch(job);
    }
  }

  private async nextBatch({ org, id, kind, caller }: JobRow): Promise<void> {
    const [batch] = await this.database.withTenant({ org }, (tx) => tx.query<{ n: number; items: never[] }>('select n, items from job_batches where org = $1 and job_id = $2 and outcomes is null order by n limit 1', [org, id]));
    if (!batch) return this.finish(org, id, 'done');
    const handler = this.handlers.get(kind);
    if (!handler) return this.finish(org, id, 'failed', 'unknown_kind');
    // The batch's own key: run again after a crash it answers what it did.
    const call: Call = { ...caller, now: this.clock.now(), today: this.clock.today(), key: `job:${id}:${batch.n}`, requestHash: Buffer.from(`${id}:${batch.n}`) };
    const outcomes = await this.attempt(() => handler(call, batch.items));
    if ('failure' in outcomes) return this.finish(org, id, 'failed', outcomes.failure);
    const stored = outcomes.map((outcome) => ('done' in outcome ? { id: outcome.done.id, version: outcome.done.version } : { code: outcome.refused.code, kind: outcome.refused.kind }));
    await this.database.withTenant({ org }, async (tx) => {
      tx.write('update job_batches set outcomes = $4 where org = $1 and job_id = $2 and n = $3', [org, id, batch.n, JSON.stringify(stored)]);
      tx.write(`update jobs j set done = t.done, refused = t.refused from (select count(*)::int done, (count(*) filter (where o ? 'code'))::int refused
        from job_batches b, jsonb_array_elements(b.outcomes) o where b.org = $1 and b.job_id = $2) t where j.org = $1 and j.id = $2`, [org, id]);
    });
  }

  /** A batch that is refused as a whole (a revoked delegation, a version that is gone) or defective ends the job; an outage or a crowd is tried again. */
  private async attempt(batch: () => Promise<readonly Outcome[]>): Promise<readonly Outcome[] | { readonly failure: string }> {
    try {
      return await batch();
    } catch (error) {
      if (isOutage(error) || (error instanceof Refusal && error.code === 'command.contended')) throw error;
      this.logger.error({ err: error }, 'job failed');
      return { failure: error instanceof Refusal ? error.code : 'defect' };
    }
  }

  private async finish(org: string, id: string, state: JobState, failure: string | null = null): Promise<void> {
    await this.database.withTenant({ org }, (tx) => tx.query(`update jobs set state = $3, failure = $4 where org = $1 and id = $2 and state = 'running'`, [org, id, state, failure]));
  }
}

async function sameBody(tx: Tx, { principal, requestHash }: Call, id: string): Promise<void> {
  const [job] = await tx.query<{ request_hash: Buffer }>('select request_hash from jobs where org = $1 and id = $2', [principal.org, id]);
  if (!job?.request_hash.equals(requestHash)) throw idempotency.other_body();
}

async function read(tx: Tx, org: string, id: string): Promise<Job | undefined> {
  const [job] = await tx.query<Job>('select id, kind, state, total, done, refused, failure from jobs where org = $1 and id = $2', [org, id]);
  return job;
}
