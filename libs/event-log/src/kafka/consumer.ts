// One subscription as a member of a consumer group. The truth about how far it is stands with its effects (`positions`); what is committed to
// Kafka is for those who look at the group with Kafka's own tools.
import { setTimeout as after } from 'node:timers/promises';
import type { Consumer, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs';
import type { Batch, LogConsumer, Positions, Subscription } from '../port.js';
import { CaughtUp, type Tail, type Tails } from '../tails.js';
import type { Cluster } from './cluster.js';
import { HEARTBEAT_MS, whileBeating } from './beating.js';
import { eventOf } from './message.js';
import { isPassing } from './passing.js';
import type { Sockets } from './sockets.js';
import { Strays } from './strays.js';

const MAX_BATCH = 250;
const RETRY_MS = 200;
const MAX_RETRY_MS = 5_000;
/** Batches of one partition in a row, so that a full one does not keep the others waiting. */
const IN_A_ROW = 4;
const COMMIT_MS = 1_000;
// A fetch that finds nothing is answered after this; it bounds how soon a seek is seen and a stop is done, not how soon an event arrives.
const MAX_WAIT_MS = 400;
const GROUP = {
  sessionTimeout: 10_000,
  rebalanceTimeout: 60_000,
  heartbeatInterval: HEARTBEAT_MS,
  maxWaitTimeInMs: MAX_WAIT_MS,
  maxBytesPerPartition: 400_000,
  maxBytes: 4_000_000,
  allowAutoTopicCreation: false,
  metadataMaxAge: 60_000,
};

export interface KafkaConsumerParts {
  readonly kafka: Kafka;
  readonly cluster: Cluster;
  readonly sockets: Sockets;
  readonly tails: Tails;
  /** kafkajs has given up on a consumer for good. */
  readonly onCrash?: ((error: Error, group: string) => void) | undefined;
}

/** kafkajs says from which offset a batch was asked for, though not in its types. */
interface Fetched {
  readonly fetchedOffset: string;
}

/** The partitions of this member since the last rebalance or seek, with the position up to which each is done. */
interface Assignment {
  readonly incarnation: string;
  readonly done: Map<number, bigint>;
}

export class KafkaConsumer implements LogConsumer {
  readonly #stopping = new AbortController();
  /** Resolves when its loop has ended. */
  readonly ended: Promise<void>;
  #consumer: Consumer | null = null;
  /** Null while it is no member. */
  #partitions: readonly number[] | null = null;
  /** Null while its positions are being asked for; then kafkajs is told to read from them. */
  #assignment: Assignment | null = null;
  #placing: Promise<void> = Promise.resolve();
  #generation = 0;
  #working: Promise<void> = Promise.resolve();
  readonly #caughtUp: CaughtUp;
  readonly #strays = new Strays();
  #fail: (error: Error) => void = () => undefined;

  constructor(
    private readonly parts: KafkaConsumerParts,
    private readonly subscription: Subscription,
  ) {
    const { tails } = parts;
    this.#caughtUp = new CaughtUp(() => tails.tail(subscription.topic), (tail) => !this.#isDone(tail));
    const unfollow = tails.follow(subscription.topic, { moved: () => this.#lookAtIncarnation(), failed: (error) => this.#tell(error) });
    this.ended = this.#run().finally(unfollow);
  }

  get caughtUpAt(): number | null {
    return this.#caughtUp.at;
  }

  wake(): void {
    this.parts.tails.look();
  }

  seek(): void {
    this.#place();
  }

  stop(): Promise<void> {
    this.#stopping.abort();
    return this.ended;
  }

  async #run(): Promise<void> {
    for (let failures = 0; !this.#stopping.signal.aborted; failures += 1) {
      try {
        await this.#live();
      } catch (error) {
        this.#tell(error);
        await this.#pause(Math.min(this.#retryMs * 2 ** failures, MAX_RETRY_MS));
      }
    }
  }

  /** From joining the group until it is stopped or kafkajs gives up. */
  async #live(): Promise<void> {
    const { kafka, sockets, tails } = this.parts;
    const { group, topic } = this.subscription;
    await tails.read(topic);
    // kafkajs may be in the middle of starting again when it is stopped, and would then live on by itself.
    const isOurs = (): boolean => this.#consumer === consumer && !this.#stopping.signal.aborted;
    const consumer: Consumer = kafka.consumer({ groupId: `${group}.${topic}`, ...GROUP, retry: { retries: 8, initialRetryTime: 100, maxRetryTime: 1_500, restartOnFailure: () => Promise.resolve(isOurs()) } });
    const failed = new Promise<never>((_, reject) => (this.#fail = reject));
    failed.catch(() => undefined);
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      if (!isOurs()) return void consumer.disconnect().catch(() => undefined);
      this.#partitions = payload.memberAssignment[topic] ?? [];
      this.#place();
    });
    consumer.on(consumer.events.CRASH, ({ payload: { error, restart } }) => this.#crashed(error, restart));
    consumer.on(consumer.events.REQUEST_TIMEOUT, ({ payload }) => sockets.drop(payload.broker));
    this.#consumer = consumer;
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [topic], fromBeginning: true });
      await consumer.run({ autoCommit: false, autoCommitInterval: COMMIT_MS, eachBatchAutoResolve: false, eachBatch: (payload) => this.#each(payload) });
      await Promise.race([failed, this.#stopped()]);
    } finally {
      this.#leave();
      this.#consumer = null;
      await consumer.disconnect().catch((error: unknown) => this.#tell(error));
      await this.#working;
    }
  }

  #crashed(error: Error, restart: boolean): void {
    this.#leave();
    if (restart || this.#stopping.signal.aborted) return this.#tell(error);
    if (!isPassing(error)) this.parts.onCrash?.(error, this.subscription.group);
    this.#fail(error);
  }

  /** Until it joins again it has no partitions, and is not caught up with anything. */
  #leave(): void {
    this.#assignment = null;
    this.#partitions = null;
  }

  /** Asks for the positions of the partitions that it has now, and has kafkajs read from there; until that is done no batch is handled. */
  #place(): void {
    const generation = (this.#generation += 1);
    this.#assignment = null;
    this.#placing = this.#untilPlaced(generation);
  }

  async #untilPlaced(generation: number): Promise<void> {
    const isCurrent = (): boolean => generation === this.#generation && this.#consumer !== null && !this.#stopping.signal.aborted;
    // What is in hand may move the positions.
    await this.#working;
    while (isCurrent()) {
      try {
        const assignment = await this.#begin(isCurrent);
        if (!assignment || !isCurrent()) return;
        for (const [partition, position] of assignment.done) this.#consumer?.seek({ topic: this.subscription.topic, partition, offset: String(position) });
        this.#assignment = assignment;
        this.#caughtUp.settle();
        return;
      } catch (error) {
        this.#tell(error);
        await this.#pause(this.#retryMs);
      }
    }
  }

  async #begin(isCurrent: () => boolean): Promise<Assignment | null> {
    const { topic } = this.subscription;
    const { incarnation, next } = await this.parts.tails.read(topic);
    const stored = await this.subscription.positions(incarnation);
    const partitions = this.#partitions;
    if (!partitions) return null;
    const done = new Map<number, bigint>();
    const fresh = partitions.filter((partition) => !stored.has(partition));
    const start = await this.#start(fresh, { incarnation, next });
    for (const partition of partitions) done.set(partition, stored.get(partition) ?? start.get(partition) ?? 0n);
    if (this.subscription.from !== 'beginning' && start.size > 0 && isCurrent()) await this.subscription.handle({ topic, incarnation, events: [], advance: start });
    return { incarnation, done };
  }

  /** Where partitions without a stored position begin. */
  async #start(partitions: readonly number[], { incarnation, next }: Pick<Tail, 'incarnation' | 'next'>): Promise<Positions> {
    const { topic, from } = this.subscription;
    const ends = new Map(partitions.map((partition) => [partition, (next[partition] ?? 1n) - 1n]));
    if (partitions.length === 0 || from === 'end') return ends;
    if (from === 'beginning') return new Map(partitions.map((partition) => [partition, 0n]));
    const offsets = (await this.parts.cluster.offsets([{ topic, id: incarnation, partitions: next.length }], from)).get(topic);
    return new Map(partitions.map((partition) => {
      const offset = offsets?.get(partition) ?? -1n;
      return [partition, offset < 0n ? (ends.get(partition) ?? 0n) : offset];
    }));
  }

  async #each(payload: EachBatchPayload): Promise<void> {
    await whileBeating(payload, () => this.#placing);
    const work = this.#handle(payload);
    this.#working = work.catch(() => undefined);
    await work;
  }

  /** Some batches of one partition; what is left of the fetch comes again. */
  async #handle(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const { partition } = batch;
    const assignment = this.#assignment;
    if (this.#isStray(assignment, batch)) return;
    const isMine = (): boolean => assignment !== null && assignment === this.#assignment && assignment.done.has(partition) && payload.isRunning() && !payload.isStale() && !this.#stopping.signal.aborted;
    const { maxBatch = MAX_BATCH } = this.subscription;
    for (let turn = 0, from = 0; turn < IN_A_ROW && from < batch.messages.length && isMine(); turn += 1) {
      const messages = batch.messages.slice(from, from + maxBatch);
      const next = this.#batchOf(assignment!, partition, messages);
      const isHandled = await whileBeating(payload, (isMember) => this.#deliver(next, () => isMine() && isMember()));
      if (!isHandled || assignment !== this.#assignment) return;
      const last = messages.at(-1)!.offset;
      assignment!.done.set(partition, BigInt(last) + 1n);
      this.#caughtUp.settle();
      payload.resolveOffset(last);
      from += messages.length;
    }
    if (isMine()) await payload.commitOffsetsIfNecessary();
  }

  #isStray(assignment: Assignment | null, batch: EachBatchPayload['batch']): boolean {
    const { partition } = batch;
    const [expected, from] = [assignment?.done.get(partition), BigInt((batch as typeof batch & Fetched).fetchedOffset)];
    if (expected === undefined) return true;
    const verdict = this.#strays.judge(partition, from, expected);
    if (verdict === 'the log has moved') this.#tell(new Error(`${this.subscription.group}: partition ${partition} of ${this.subscription.topic} goes on at ${from} instead of ${expected}`));
    if (verdict === 'stray') this.#consumer?.seek({ topic: this.subscription.topic, partition, offset: String(expected) });
    return verdict === 'stray';
  }

  #batchOf({ incarnation }: Assignment, partition: number, messages: readonly KafkaMessage[]): Batch {
    const { topic } = this.subscription;
    const events = messages.map((message) => eventOf(topic, partition, message));
    return { topic, incarnation, events, advance: new Map([[partition, events.at(-1)!.position]]) };
  }

  /** Until it takes effect, or is no longer this member's. */
  async #deliver(batch: Batch, isMine: () => boolean): Promise<boolean> {
    while (isMine()) {
      try {
        await this.subscription.handle(batch);
        return true;
      } catch (error) {
        this.#tell(error);
        await this.#pause(this.#retryMs);
      }
    }
    return false;
  }

  /** A topic that was made anew under the same name is read from its beginning. */
  #lookAtIncarnation(): void {
    const tail = this.parts.tails.tail(this.subscription.topic);
    if (!this.#assignment || !tail || tail.incarnation === this.#assignment.incarnation) return;
    this.#tell(new Error(`${this.subscription.topic} was made anew; ${this.subscription.group} reads it from the beginning`));
    this.#place();
  }

  /** Only its own partitions count: those of other members are theirs to do. */
  #isDone({ incarnation, next }: Tail): boolean {
    const assignment = this.#assignment;
    if (!assignment || assignment.incarnation !== incarnation) return false;
    return [...assignment.done].every(([partition, position]) => position >= (next[partition] ?? 1n) - 1n);
  }

  #stopped(): Promise<void> {
    const { signal } = this.#stopping;
    return signal.aborted ? Promise.resolve() : new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  }

  #tell(error: unknown): void {
    try {
      this.subscription.onError?.(error);
    } catch {
      // It promised not to throw; a loop that ended here would be a consumer that looks alive and is not.
    }
  }

  async #pause(ms: number): Promise<void> {
    await after(ms, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }

  get #retryMs(): number {
    return this.subscription.retryMs ?? RETRY_MS;
  }
}
