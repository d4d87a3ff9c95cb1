// Questions about a service's own wires, over the relay's role: it sees parked events of all organisations, never anybody's rows.
import { refusals } from '@tandem/contracts';
import type { ops } from '@tandem/contracts';
import type { EventLog, Positions } from '@tandem/event-log';
import type { Pool } from 'pg';
import type { Consumer } from '../consume/consumer.js';
import { ProjectionConsumer } from '../consume/projection-consumer.js';
import type { Housekeeper } from './housekeeper.js';

const refuse = refusals('ops', { unknown_projection: 'not_found', unknown_event: 'not_found', rebuilding: 'failed_precondition', not_kept: 'failed_precondition', unknown_topic: 'not_found' });

const parkedText = `select h.consumer, h.event_id, h.type, h.key, h.sequence, h.cause, h.detail, h.attempts, h.since,
  (select count(*)::int from held w where w.consumer = h.consumer and w.key = h.key and w.cause is null) waiting
  from held h where h.cause is not null order by h.since, h.event_id limit $1`;

/** What waits goes behind what went before it: the last event of an aggregate is its newest. Row ids rise from `sent` to the outbox. */
const RESEND = `with back as (delete from sent where topic = $1 returning id, org, event_id, topic, key, headers, payload), waiting as (delete from outbox where topic = $1 returning id, org, event_id, topic, key, headers, payload),
  again as (insert into outbox (org, event_id, topic, key, headers, payload) select org, event_id, topic, key, headers, payload from (select * from back union all select * from waiting) all_of_it order by id)
  select count(*)::int events from back`;

interface ParkedRow {
  readonly consumer: string;
  readonly event_id: string;
  readonly type: string;
  readonly key: string;
  readonly sequence: number;
  readonly cause: string;
  readonly detail: string | null;
  readonly attempts: number;
  readonly since: Date;
  readonly waiting: number;
}

interface StoredPosition {
  readonly consumer: string;
  readonly topic: string;
  readonly incarnation: string;
  readonly partition: number;
  readonly position: string;
}

export class Operations {
  private readonly rebuilding = new Set<string>();

  constructor(
    private readonly pool: Pool,
    private readonly log: EventLog,
    private readonly consumers: readonly Consumer[],
    private readonly housekeeper: Housekeeper,
  ) {}

  async consumerStates(): Promise<ops.ListConsumersResponse> {
    const [passed, held, waiting] = await Promise.all([this.passed(), this.heldCounts(), this.waiting()]);
    const consumers = passed.map(({ consumer: { name, topic }, end, positions, partitions }) => {
      const counts = held.get(`${name} ${topic}`);
      const behindSeconds = Math.max(0, ...partitions.map(({ seconds }) => seconds));
      return { consumer: name, topic, lag: sum(end) - sum(positions), published: sum(end), consumed: sum(positions), held: counts?.held ?? 0, parked: counts?.parked ?? 0, partitions, behindSeconds };
    });
    return { consumers, ...waiting };
  }

  /** What waits, without a look at the log. */
  async counts(): Promise<{ unsent: number; parked: { consumer: string; cause: string; events: number }[] }> {
    const { rows } = await this.pool.query<{ consumer: string; cause: string; events: number }>('select consumer, cause, count(*)::int events from held where cause is not null group by 1, 2');
    return { ...(await this.waiting()), parked: rows };
  }

  /** Each consumer beside the end of its topic, with the partitions in which it is behind. Positions first: an end seen later is never before them. */
  async passed(which: (consumer: Consumer) => boolean = () => true): Promise<{ consumer: Consumer; end: Positions; positions: Positions; partitions: { partition: number; lag: number; seconds: number }[] }[]> {
    const consumers = this.consumers.filter(which);
    const stored = await this.storedPositions();
    const states = await this.log.look([...new Set(consumers.map(({ topic }) => topic))]);
    return consumers.map((consumer) => {
      const { incarnation, end, waitingMs } = states.get(consumer.topic) ?? { incarnation: '', end: new Map<number, bigint>(), waitingMs: () => 0 };
      // What was stored for a topic that is gone says nothing.
      const positions = new Map(stored.filter((row) => row.consumer === consumer.name && row.topic === consumer.topic && row.incarnation === incarnation).map((row) => [row.partition, BigInt(row.position)]));
      const partitions = [...end].flatMap(([partition, last]) => {
        const position = positions.get(partition) ?? 0n;
        return last > position ? [{ partition, lag: Number(last - position), seconds: Math.round(waitingMs(partition, position) / 100) / 10 }] : [];
      });
      return { consumer, end, positions, partitions };
    });
  }

  async parked(first: number): Promise<ops.ListParkedResponse> {
    const { rows } = await this.pool.query<ParkedRow>(parkedText, [first]);
    return {
      parked: rows.map((row) => ({
        consumer: row.consumer,
        eventId: row.event_id,
        type: row.type,
        key: row.key,
        sequence: row.sequence,
        cause: row.cause,
        detail: row.detail ?? '',
        attempts: row.attempts,
        parkedAt: row.since.toISOString(),
        waiting: row.waiting,
      })),
    };
  }

  /** Sets parked events free, or drops them; a dry run only counts. What fails again is parked again with its new cause. */
  async replay({ eventId, dryRun, discard }: ops.ReplayRequest): Promise<ops.ReplayResponse> {
    const which = eventId || null;
    const { rows } = await this.pool.query<{ n: number }>('select count(*)::int n from held where cause is not null and ($1::uuid is null or event_id = $1)', [which]);
    const events = rows[0]?.n ?? 0;
    if (which && events === 0) throw refuse.unknown_event({ id: which });
    if (dryRun || events === 0) return { events };
    await this.pool.query('update held set action = $2 where cause is not null and ($1::uuid is null or event_id = $1)', [which, discard ? 'discard' : 'replay']);
    await this.housekeeper.tick();
    return { events };
  }

  /**
   * Sends again what this service sent to a topic within the last week, in its order: after the log has lost it. Every consumer knows what it has
   * applied, so only what it had not comes to effect. Refused where the log is in the databases: it loses nothing that they keep.
   */
  async resend({ topic, dryRun }: ops.ResendRequest): Promise<ops.ResendResponse> {
    if (!this.log.features.isApart) throw refuse.not_kept({ topic });
    if (!(await this.log.look([topic])).has(topic)) throw refuse.unknown_topic({ field: 'topic', topic });
    if (dryRun) return (await this.pool.query<ops.ResendResponse>('select count(*)::int events from sent where topic = $1', [topic])).rows[0] ?? { events: 0 };
    const client = await this.pool.connect();
    try {
      await client.query('begin');
      // A week of events is moved as a whole or not at all, however long that takes.
      await client.query('set local statement_timeout = 0');
      const { rows } = await client.query<{ events: number }>(RESEND, [topic]);
      await client.query('commit');
      return rows[0] ?? { events: 0 };
    } catch (error) {
      await client.query('rollback').catch(() => undefined);
      throw error;
    } finally {
      client.release();
    }
  }

  /** Empties a projection and reads its topic again from the beginning; resolves when it has caught up. */
  async rebuild({ projection }: ops.RebuildRequest): Promise<ops.RebuildResponse> {
    const consumer = this.consumers.find(({ name }) => name === projection);
    if (!(consumer instanceof ProjectionConsumer)) throw refuse.unknown_projection({ name: projection });
    // A second one would empty the table under the first one's reading.
    if (this.rebuilding.has(projection)) throw refuse.rebuilding({ name: projection });
    this.rebuilding.add(projection);
    try {
      const before = await this.hash(projection);
      await this.readAgain(consumer);
      const after = await this.hash(projection);
      return { before: before.hash, after: after.hash, rows: after.rows };
    } finally {
      this.rebuilding.delete(projection);
    }
  }

  private async readAgain(consumer: Consumer): Promise<void> {
    await consumer.stop();
    try {
      await this.pool.query('select reset_projection($1)', [consumer.name]);
    } finally {
      consumer.start();
    }
    await this.caughtUp(consumer);
  }

  private async caughtUp(consumer: Consumer): Promise<void> {
    const deadline = performance.now() + 60_000;
    for (;;) {
      const { consumers } = await this.consumerStates();
      if ((consumers.find(({ consumer: name }) => name === consumer.name)?.lag ?? 0) <= 0) return;
      if (performance.now() > deadline) throw new Error('the rebuild did not catch up within a minute');
      consumer.wake();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  private async hash(projection: string): Promise<{ hash: string; rows: number }> {
    const { rows } = await this.pool.query<{ hash: string; rows: number }>('select hash, rows from projection_hash($1)', [projection]);
    return rows[0] ?? { hash: '', rows: 0 };
  }

  private async waiting(): Promise<{ unsent: number; dueTimers: number }> {
    const text = 'select (select count(*) from outbox)::int unsent, (select count(*) from timers where due_at <= $1)::int "dueTimers"';
    const { rows } = await this.pool.query<{ unsent: number; dueTimers: number }>(text, [this.housekeeper.now()]);
    return rows[0] ?? { unsent: 0, dueTimers: 0 };
  }

  /** Projections that another instance has begun to rebuild are read again by this one, too. */
  async hearOfRebuilds(): Promise<void> {
    const { rows } = await this.pool.query<{ consumer: string; rebuilds: string }>('select consumer, position rebuilds from positions_of_consumers where partition = -1');
    for (const { consumer, rebuilds } of rows) this.consumers.find(({ name }) => name === consumer)?.rebuiltElsewhere(Number(rebuilds));
  }

  private async storedPositions(): Promise<readonly StoredPosition[]> {
    const { rows } = await this.pool.query<StoredPosition>('select consumer, topic, incarnation, partition, position from positions_of_consumers where partition >= 0');
    return rows;
  }

  private async heldCounts(): Promise<Map<string, { held: number; parked: number }>> {
    const { rows } = await this.pool.query<{ consumer: string; topic: string; held: number; parked: number }>(
      'select consumer, topic, (count(*) filter (where cause is null))::int held, (count(*) filter (where cause is not null))::int parked from held group by consumer, topic',
    );
    return new Map(rows.map(({ consumer, topic, ...counts }) => [`${consumer} ${topic}`, counts]));
  }
}

function sum(positions: Positions): number {
  let total = 0n;
  for (const position of positions.values()) total += position;
  return Number(total);
}
