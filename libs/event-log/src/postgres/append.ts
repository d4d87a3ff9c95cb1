// Publishing: what may go in, where it goes, and how a batch becomes one call of the function `append`.
import type { Pool } from 'pg';
import { refuseUnfit } from '../limits.js';
import { slices } from '../slices.js';
import { partitionOf, type Features, type LogEvent, LogRefusal } from '../port.js';

/** Told of partitions whose end moved; `next` is the position that the partition gives next. */
export type Moved = (topic: string, partition: number, next: bigint) => void;

// A statement of more would need several times its size on both sides (a batch of 1,000 events of 300 bytes is 0.3 MB).
const MAX_STATEMENT_BYTES = 8_000_000;

export const APPEND = 'select topic, partition, next from append($1::text[], $2::int[], $3::uuid[], $4::text[], $5::json, $6::int[], $7::int[], $8::bytea)';

export class Appender {
  /** Partitions per topic: fixed at creation, so what is known stays true. */
  readonly #partitions = new Map<string, number>();

  constructor(
    private readonly pool: Pool,
    private readonly features: Features,
    private readonly moved: Moved,
  ) {}

  async publish(events: readonly LogEvent[]): Promise<void> {
    for (const event of events) refuseUnfit(event, this.features);
    await this.#learn(events);
    for (const slice of slices(events, MAX_STATEMENT_BYTES, ({ payload }) => payload.byteLength)) {
      const { rows } = await this.pool.query<[string, number, string]>({
        name: 'append',
        text: APPEND,
        values: appendValues(slice, this.#partitions),
        rowMode: 'array',
      });
      for (const [topic, partition, next] of rows) this.moved(topic, partition, BigInt(next));
    }
  }

  async #learn(events: readonly LogEvent[]): Promise<void> {
    const unknown = [...new Set(events.map((event) => event.topic))].filter((topic) => !this.#partitions.has(topic));
    if (unknown.length === 0) return;
    const { rows } = await this.pool.query<{ topic: string; partitions: number }>('select topic, partitions from topics where topic = any($1)', [unknown]);
    for (const { topic, partitions } of rows) this.#partitions.set(topic, partitions);
    const missing = unknown.find((topic) => !this.#partitions.has(topic));
    if (missing !== undefined) throw new LogRefusal('log.unknown_topic', { topic: missing });
  }
}

/**
 * The arguments of `append`. An id that comes twice in one batch is taken once: the function compares only with what was committed before.
 * Payloads travel as one binary value, cut by start and length: as text arrays each byte would be two characters, escaped and parsed.
 */
export function appendValues(events: readonly LogEvent[], partitions: ReadonlyMap<string, number>): unknown[] {
  const seen = new Set<string>();
  const once = events.filter(({ id }) => !seen.has(id) && seen.add(id));
  let next = 1;
  const starts = once.map(({ payload }) => (next += payload.byteLength) - payload.byteLength);
  return [
    once.map((event) => event.topic),
    once.map((event) => partitionOf(event.key, partitions.get(event.topic) ?? 0)),
    once.map((event) => event.id),
    once.map((event) => event.key),
    JSON.stringify(once.map((event) => event.headers)),
    starts,
    once.map((event) => event.payload.byteLength),
    Buffer.concat(once.map((event) => event.payload)),
  ];
}
