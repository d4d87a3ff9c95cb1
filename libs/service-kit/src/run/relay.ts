// The outbox is a queue: send unsent rows in id order, then delete them. No cursor, so a slow commit with a lower id is never passed over.
// Where the log is another system than the databases, what was sent is kept for a week.
import { setTimeout as after } from 'node:timers/promises';
import type { EventLog, LogEvent } from '@tandem/event-log';
import type { Pool, PoolClient } from 'pg';
import type { Logger } from 'pino';
import { traceIdOf } from '../write/call.js';
import { failpoint } from './failpoint.js';
import type { Metrics } from './metrics.js';

interface OutboxRow {
  readonly id: string;
  readonly event_id: string;
  readonly topic: string;
  readonly key: string;
  readonly headers: Record<string, string>;
  readonly payload: Buffer;
}

const BATCH = 1_000;
/** Hints of this process come at once; this is for rows of another instance, and the truth behind the hints. */
const IDLE_MS = 500;
/** So many twice in a row mean a stream of commands: waiting for more costs each less than a round of relay, log and consumer for every few. Once may be a burst. */
const BUSY = 6;
const GATHER_MS = 20;
/** A log that takes longer for a few (Kafka: a send for each partition) is given more at once. */
const MOST_GATHER_MS = 100;
const LEASE_RETRY_MS = 1_000;
const DELETE = 'delete from outbox where id = any($1::bigint[])';
const KEEP = `with gone as (${DELETE} returning *) insert into sent (id, org, event_id, topic, key, headers, payload) select id, org, event_id, topic, key, headers, payload from gone`;

export interface RelayParts {
  readonly pool: Pool;
  readonly log: EventLog;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Off where a test wants two relays to meet. */
  readonly lease: boolean;
}

/** A session's advisory lock is the lease: it ends with the connection. It only saves work; two relays lose and double nothing. */
export class Relay {
  private stopped = false;
  private waking: (() => void) | null = null;
  private hinted = false;
  /** How long the last batch took. */
  private publishMs = 0;
  private loop: Promise<void> | null = null;

  constructor(private readonly parts: RelayParts) {}

  start(): void {
    this.loop = this.run();
  }

  wake(): void {
    this.hinted = true;
    this.waking?.();
  }

  /** Sends what is there, then ends. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.waking?.();
    await this.loop;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      try {
        await this.withLease();
      } catch (error) {
        this.parts.logger.warn({ err: error }, 'relay failed, will try again');
        this.hinted = false;
        await this.pause(LEASE_RETRY_MS);
      }
    }
  }

  private async withLease(): Promise<void> {
    const client = await this.parts.pool.connect();
    let healthy = false;
    const onError = (error: Error): void => {
      this.parts.logger.warn({ err: error }, 'relay connection lost');
    };
    client.on('error', onError);
    try {
      while (!this.stopped && this.parts.lease && !(await tryLease(client))) {
        // A hint is for the holder.
        this.hinted = false;
        await this.pause(LEASE_RETRY_MS);
      }
      for (let before = 0; !this.stopped; ) {
        this.hinted = false;
        const sent = await this.sendBatch(client);
        if (sent < BATCH) await (Math.min(before, sent) >= BUSY ? this.gather() : this.pause(IDLE_MS));
        before = sent;
      }
      while ((await this.sendBatch(client)) > 0);
      await client.query('select pg_advisory_unlock_all()');
      healthy = true;
    } finally {
      client.off('error', onError);
      client.release(!healthy);
    }
  }

  private async sendBatch(client: PoolClient): Promise<number> {
    const { rows } = await client.query<OutboxRow>({ name: 'outbox', text: 'select id, event_id, topic, key, headers, payload from outbox order by id limit $1', values: [BATCH] });
    if (rows.length === 0) return 0;
    failpoint('relay.before_send');
    const began = performance.now();
    await this.parts.log.publish(rows.map(eventOf));
    this.publishMs = performance.now() - began;
    failpoint('relay.after_send');
    await client.query({ name: 'sent', text: this.parts.log.features.isApart ? KEEP : DELETE, values: [rows.map(({ id }) => id)] });
    this.parts.metrics.relayed.inc(rows.length);
    if (this.parts.logger.isLevelEnabled('debug')) {
      for (const { event_id, headers } of rows) this.parts.logger.debug({ traceId: traceIdOf(headers['ce_traceparent'] ?? null), eventId: event_id, type: headers['ce_type'], part: 'relay' }, 'event sent');
    }
    return rows.length;
  }

  private async gather(): Promise<void> {
    if (!this.stopped) await after(Math.min(MOST_GATHER_MS, Math.max(GATHER_MS, 2 * this.publishMs)));
  }

  private async pause(ms: number): Promise<void> {
    if (this.hinted || this.stopped) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.waking = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.waking = null;
  }
}

async function tryLease(client: PoolClient): Promise<boolean> {
  const { rows } = await client.query<{ held: boolean }>(`select pg_try_advisory_lock(hashtext('tandem.relay')) as held`);
  return rows[0]?.held === true;
}

function eventOf(row: OutboxRow): LogEvent {
  return { id: row.event_id, topic: row.topic, key: row.key, headers: row.headers, payload: row.payload };
}
