/**
 * The event log as the rest of Tandem sees it. Adapters (PostgreSQL and Kafka) are told apart by `features` alone;
 * `conformance.ts` is the contract in executable form.
 */

/** One event. The log reads `id`, `topic` and `key`; headers and payload pass through unchanged. */
export interface LogEvent {
  /** UUIDv7. Publishing an id that the log already holds changes nothing. */
  readonly id: string;
  readonly topic: string;
  /** Aggregate id: events of one key keep the order in which they were published, and compaction keeps the last of each. */
  readonly key: string;
  /** ASCII names in lower case, UTF-8 values. At most `features.maxHeaders` of them. */
  readonly headers: Readonly<Record<string, string>>;
  /** At most `features.maxPayloadBytes`. */
  readonly payload: Uint8Array;
}

/** An event as it is delivered; `position` rises within a partition, without meaning beyond order. */
export interface DeliveredEvent extends LogEvent {
  readonly partition: number;
  readonly position: bigint;
}

/** For each partition the position of the last event that took effect. */
export type Positions = ReadonlyMap<number, bigint>;

export interface Batch {
  readonly topic: string;
  /** Which making of the topic this is: to be stored with the positions, which mean nothing in a topic made anew under the same name. */
  readonly incarnation: string;
  /**
   * In order within each partition. Empty only once, to store where a consumer `from` the end or a date begins: else a crash before its
   * first event would move that.
   */
  readonly events: readonly DeliveredEvent[];
  /** To be stored in the transaction of the events' effect: the partitions this batch advances. */
  readonly advance: Positions;
}

export interface Subscription {
  /** Instances of one group share the partitions where the adapter can (`features.sharedGroups`). */
  readonly group: string;
  readonly topic: string;
  /** Where a partition without a stored position begins. */
  readonly from: 'beginning' | 'end' | Date;
  /** At most so many events in one batch; while a batch is handled none is fetched (back-pressure). */
  readonly maxBatch?: number;
  /** The positions stored for this incarnation of the topic; asked for at the start, after `seek`, and when partitions or incarnation change. */
  readonly positions: (incarnation: string) => Promise<Positions>;
  /** Resolves when effect and positions are committed. A rejection delivers the same events again, after `retryMs`. */
  readonly handle: (batch: Batch) => Promise<void>;
  /** Told of each rejection of `handle` and of failed reads (of an outage while idle only once); never throws. */
  readonly onError?: (error: unknown) => void;
  /** Pause after a failure; 200 ms unless told. */
  readonly retryMs?: number;
}

export interface LogConsumer {
  /** Reads now instead of at the next poll; a hint, harmless when nothing is there. */
  wake(): void;
  /** Forgets its positions, asks `positions()` again (when the batch in hand is done) and goes on from there: after a rebuild or a replay. */
  seek(): void;
  /**
   * The latest moment (`performance.now()`) of which is known that everything published until then is handled; null before the first.
   * Rises at least every second while it keeps up, also when idle.
   */
  readonly caughtUpAt: number | null;
  /** Resolves when the batch in hand is done and no further one will come. Calling it twice is harmless. */
  stop(): Promise<void>;
}

export interface TopicState {
  /** Changes when the topic is made anew under the same name. */
  readonly incarnation: string;
  readonly end: Positions;
  /** Milliseconds since the first event behind this position of the partition came into the topic; at least so many where that was before this process followed the topic, 0 where none waits or nothing here follows it. */
  readonly waitingMs: (partition: number, position: bigint) => number;
}

export interface Features {
  readonly maxPayloadBytes: number;
  readonly maxHeaders: number;
  /** Whether a second instance of a group takes over part of the partitions. */
  readonly sharedGroups: boolean;
  /** Whether positions are gap-free and a duplicate id is dropped at append (else the inbox drops it). */
  readonly dropsDuplicates: boolean;
  /** Whether another system than the databases keeps it, which may lose what those keep: then what was sent is kept for a week. */
  readonly isApart: boolean;
}

export interface EventLog {
  readonly features: Features;
  /** Creates what is missing. An existing topic keeps its partitions; another count is refused with `LogRefusal`. */
  ensureTopics(topics: readonly string[], partitions?: number): Promise<void>;
  /** Resolves when every event is durable. At least once: a rejection says nothing about which are in. Order per key is the order given. */
  publish(events: readonly LogEvent[]): Promise<void>;
  consume(subscription: Subscription): LogConsumer;
  /** The last position of each partition, for lag; 0 where nothing was ever published. */
  end(topic: string): Promise<Positions>;
  /** Several topics at once: which making of the topic it is, and where it ends. One that does not exist is left out. */
  look(topics: readonly string[]): Promise<ReadonlyMap<string, TopicState>>;
  /** Keeps of each key the last event, and everything younger than `olderThan`. Returns how many it dropped: 0 where a broker compacts in its own time. */
  compact(topic: string, olderThan: Date): Promise<number>;
  close(): Promise<void>;
}

/** What an adapter refuses before anything is written: an event too large, too many headers, an unknown topic, another partition count, a topic that would forget. */
export class LogRefusal extends Error {
  constructor(
    readonly code: 'log.too_large' | 'log.too_many_headers' | 'log.unknown_topic' | 'log.partition_count' | 'log.topic_settings',
    readonly details: Readonly<Record<string, string | number>>,
  ) {
    super(`${code} ${JSON.stringify(details)}`);
    this.name = 'LogRefusal';
  }
}

/** As many as a Kafka topic of the distributed profile has, so that a move keeps the order. */
export const PARTITIONS = 24;

/** FNV-1a over the key's UTF-8 bytes: the same partition in every adapter and process. */
export function partitionOf(key: string, partitions: number): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(key)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash % partitions;
}
