// The event log in a PostgreSQL database of its own. The database is made by `installLog`.
import { EventEmitter } from 'node:events';
import pg from 'pg';
import { type EventLog, type Features, LogRefusal, PARTITIONS, type Positions, type Subscription } from '../port.js';
import { Appender } from './append.js';
import { compact } from './compact.js';
import { PostgresConsumer } from './consumer.js';
import { type Seen, Tails } from '../tails.js';

/** Carries "this partition ends here now" between the log instances of one process. A hint only: the shared look at the ends is the truth. */
export type LogHint = EventEmitter<{ moved: [topic: string, partition: number, next: bigint] }>;

export interface PostgresLogOptions {
  /** postgres://... as the log's own role; or `pool`, or both. */
  readonly url?: string;
  readonly pool?: pg.PoolConfig;
  /** How often a busy log is looked at, 50 ms unless told; an idle one is looked at less and less, down to every 250 ms. */
  readonly pollMs?: number;
  /** One object for several instances over the same database: a publish through one wakes the consumers of all. */
  readonly hint?: LogHint;
}

const FEATURES: Features = { maxPayloadBytes: 1_000_000, maxHeaders: 64, sharedGroups: false, dropsDuplicates: true, isApart: false };

// Plans made while the tables were empty scan everything later (append 1.7 ms instead of 0.65): nothing here ever wants a scan or a hash join.
export const SETTINGS = '-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c statement_timeout=30000 -c idle_in_transaction_session_timeout=10000';

export function postgresLog(options: PostgresLogOptions): EventLog {
  return new PostgresLog(options);
}

// Idle looks are spaced out to this: 4 a second for all subscriptions of the instance together.
const IDLE_MS = 250;

// One row a topic: 25 topics of 24 partitions are 25 strings to compare, not 600 rows to parse.
const LOOK = `select p.topic, t.incarnation, array_to_string(array_agg(next order by partition), ' ') ends
  from topics t join partitions p on p.topic = t.topic where t.topic = any($1) group by p.topic, t.incarnation`;

async function look(pool: pg.Pool, topics: readonly string[]): Promise<Seen[]> {
  const { rows } = await pool.query<Seen>({ name: 'tails', text: LOOK, values: [topics] });
  return rows;
}

class PostgresLog implements EventLog {
  readonly features = FEATURES;
  readonly #pool: pg.Pool;
  readonly #tails: Tails;
  readonly #appender: Appender;
  readonly #hint: LogHint;
  readonly #consumers = new Set<PostgresConsumer>();
  readonly #moved: (topic: string, partition: number, next: bigint) => void;
  #closed: Promise<void> | null = null;

  constructor({ url, pool, pollMs = 50, hint = new EventEmitter() }: PostgresLogOptions) {
    this.#pool = new pg.Pool({
      ...(url === undefined ? {} : { connectionString: url }),
      application_name: 'tandem-log',
      max: 4,
      connectionTimeoutMillis: 5_000,
      query_timeout: 35_000,
      keepAlive: true,
      options: SETTINGS,
      ...pool,
    });
    // An idle connection that the server closes (57P01 at a restart) is replaced at the next query; without a listener it would end the process.
    this.#pool.on('error', () => undefined);
    const tails = new Tails((topics) => look(this.#pool, topics), { busyMs: pollMs, idleMs: IDLE_MS });
    this.#tails = tails;
    this.#hint = hint;
    this.#moved = (...moved) => tails.moved(...moved);
    hint.on('moved', this.#moved);
    this.#appender = new Appender(this.#pool, FEATURES, (...moved) => void hint.emit('moved', ...moved));
  }

  async ensureTopics(topics: readonly string[], partitions?: number): Promise<void> {
    const names = [...new Set(topics)].sort();
    await this.#refuseOtherCount(names, partitions);
    await this.#pool.query(
      `with made as (insert into topics select topic, $2 from unnest($1::text[]) topic on conflict do nothing returning topic)
       insert into partitions (topic, partition) select topic, n from made, generate_series(0, $2::int - 1) n`,
      [names, partitions ?? PARTITIONS],
    );
    await this.#refuseOtherCount(names, partitions);
  }

  publish(events: Parameters<EventLog['publish']>[0]): Promise<void> {
    return this.#appender.publish(events);
  }

  consume(subscription: Subscription): PostgresConsumer {
    if (this.#closed) throw new Error('the log is closed');
    const consumer = new PostgresConsumer(this.#pool, this.#tails, subscription);
    this.#consumers.add(consumer);
    void consumer.ended.then(() => this.#consumers.delete(consumer));
    return consumer;
  }

  async end(topic: string): Promise<Positions> {
    const { next } = await this.#tails.read(topic);
    return new Map(next.map((position, partition) => [partition, position - 1n]));
  }

  look(topics: readonly string[]): ReturnType<EventLog['look']> {
    return this.#tails.states(topics);
  }

  async compact(topic: string, olderThan: Date): Promise<number> {
    const { next } = await this.#tails.read(topic);
    return compact(this.#pool, topic, next.keys(), olderThan);
  }

  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  async #end(): Promise<void> {
    this.#hint.off('moved', this.#moved);
    await Promise.all([...this.#consumers].map((consumer) => consumer.stop()));
    this.#tails.close();
    await this.#pool.end();
  }

  async #refuseOtherCount(topics: readonly string[], partitions: number | undefined): Promise<void> {
    if (partitions === undefined) return;
    const { rows } = await this.#pool.query<{ topic: string; partitions: number }>('select topic, partitions from topics where topic = any($1) and partitions <> $2', [
      topics,
      partitions,
    ]);
    const other = rows[0];
    if (other) throw new LogRefusal('log.partition_count', { topic: other.topic, partitions: other.partitions, asked: partitions });
  }
}
