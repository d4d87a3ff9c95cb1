// Once a second: due timers, gaps that waited too long, held events set free by an operator. Once an hour: old rows.
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Consumer } from '../consume/consumer.js';
import type { Metrics } from './metrics.js';
import type { Jobs } from '../jobs/jobs.js';
import type { Timers } from './timers.js';

const TICK_MS = 1_000;
const HOUR_MS = 3_600_000;
/** A missing predecessor is late for so long before it counts as lost. */
export const GAP_SECONDS = 30;

export interface HousekeeperParts {
  readonly pool: Pool;
  /** Filled as the service starts. */
  readonly consumers: readonly Consumer[];
  readonly timers: Timers;
  readonly jobs: Jobs;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Where other instances share the work: reads what they wrote. */
  readonly readOthers?: () => Promise<void>;
}

export class Housekeeper {
  private timer: NodeJS.Timeout | null = null;
  private working: Promise<void> = Promise.resolve();
  private cleanedAt = -Infinity;
  private ticking: Promise<void> = Promise.resolve();

  constructor(private readonly parts: HousekeeperParts) {}

  start(): void {
    const again = (): void => {
      this.working = this.tick()
        .catch((error: unknown) => this.parts.logger.warn({ err: error }, 'housekeeping failed, will try again'))
        .finally(() => {
          if (this.timer) this.timer = setTimeout(again, TICK_MS);
        });
    };
    this.timer = setTimeout(again, TICK_MS);
  }

  async stop(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    await this.working;
  }

  /** Business time: what is due is due by it. */
  now(): Date {
    return this.parts.timers.now();
  }

  /** Public for tests and for the operator's replay, which need not wait for the next second; one at a time. */
  tick(): Promise<void> {
    this.ticking = this.ticking.catch(() => undefined).then(() => this.round());
    return this.ticking;
  }

  private async round(): Promise<void> {
    // Without a broker there is nothing to hear of others, and everything else goes on.
    await this.parts.readOthers?.().catch((error: unknown) => this.parts.logger.debug({ err: error }, 'other instances not heard'));
    const { timers, held, jobs } = await this.due();
    if (timers) await this.parts.timers.runDue();
    if (held) await this.parkGaps();
    if (held) await this.resumeHeld();
    if (jobs) this.parts.jobs.work();
    for (const consumer of this.parts.consumers) this.parts.metrics.lag.labels(consumer.name, consumer.topic).set(Math.min(consumer.behindMs / 1000, 1e6));
    if (performance.now() - this.cleanedAt > HOUR_MS) await this.clean();
  }

  /** One look a second, so that idle costs next to nothing. */
  private async due(): Promise<{ timers: boolean; held: boolean; jobs: boolean }> {
    const { rows } = await this.parts.pool.query<{ timers: boolean; held: boolean; jobs: boolean }>({
      name: 'due',
      text: `select exists (select from timers where due_at <= $1) timers, exists (select from held) held, exists (select from jobs where state = 'running') jobs`,
      values: [this.parts.timers.now()],
    });
    return rows[0] ?? { timers: false, held: false, jobs: false };
  }

  private async parkGaps(): Promise<void> {
    const { rows } = await this.parts.pool.query<{ consumer: string; event_id: string }>(
      `update held h set cause = 'gap', detail = 'predecessor missing' where cause is null and since < now() - make_interval(secs => $1)
       and not exists (select from held p where p.consumer = h.consumer and p.key = h.key and p.sequence < h.sequence) returning consumer, event_id`,
      [GAP_SECONDS],
    );
    for (const { consumer, event_id } of rows) this.parts.logger.error({ consumer, eventId: event_id, cause: 'gap' }, 'event parked');
  }

  private async resumeHeld(): Promise<void> {
    // A class of reactions has one name and a consumer for each topic.
    const { rows } = await this.parts.pool.query<{ consumer: string; topic: string; key: string }>(`select distinct consumer, topic, key from held where action is not null limit 100`);
    for (const { consumer, topic, key } of rows) await this.parts.consumers.find((it) => it.name === consumer && it.topic === topic)?.resume(key);
  }

  private async clean(): Promise<void> {
    this.cleanedAt = performance.now();
    await maintainInbox(this.parts.pool);
    await this.forget('idempotency', 'created_at');
    await this.forget('sent', 'sent_at');
  }

  /** What is older than a week. */
  private async forget(table: string, at: string): Promise<void> {
    for (;;) {
      const { rowCount } = await this.parts.pool.query(`delete from ${table} where ctid in (select ctid from ${table} where ${at} < now() - interval '7 days' limit 1000)`);
      if ((rowCount ?? 0) < 1000) break;
    }
  }
}

/** Day partitions for the coming week; also before the consumers start, so that a long sleep leaves no day uncovered. */
export async function maintainInbox(pool: Pool): Promise<void> {
  await pool.query('select maintain_inbox()');
}
