// The event log on Apache Kafka, by kafkajs (2.2.4, whose pitfalls shape `sender.ts` and `consumer.ts`). Topics are made by `ensureTopics` alone.
import { setTimeout as after } from 'node:timers/promises';
import { type Admin, Kafka, type KafkaConfig, logLevel } from 'kafkajs';
import { type EventLog, type Features, LogRefusal, PARTITIONS, type Positions, type Subscription } from '../port.js';
import { Tails } from '../tails.js';
import { Cluster } from './cluster.js';
import { KafkaConsumer } from './consumer.js';
import { Sender } from './sender.js';
import { Sockets } from './sockets.js';
import { createTopics, holdTwoCopies, refuseForgetful } from './topics.js';

export interface KafkaLogOptions {
  /** host:port of some brokers; the rest is learnt from them. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** Put before the names of topics and groups, where several deployments share the brokers. */
  readonly prefix?: string;
  readonly ssl?: KafkaConfig['ssl'];
  readonly sasl?: KafkaConfig['sasl'];
  /** Copies of each topic that is made; as the brokers say unless told. */
  readonly replicas?: number;
  /** What kafkajs has to say; its ERROR of a broker that still loads is harmless, so nothing here is louder than a warning. */
  readonly log?: (level: 'warn' | 'debug', message: string, details: Readonly<Record<string, unknown>>) => void;
  /** kafkajs has given up on a consumer. Unless the process ends here it is made anew. */
  readonly onCrash?: (error: Error, group: string) => void;
}

const FEATURES: Features = { maxPayloadBytes: 1_000_000, maxHeaders: 64, sharedGroups: true, dropsDuplicates: false, isApart: true };
const PACE = { busyMs: 100, idleMs: 500 };
/** What kafkajs warns of at each producer whose retries end: here a rejected send ends the producer. */
const EXPECTED = /^Limiting retries for the idempotent producer/;
const MADE_WITHIN_MS = 30_000;

export interface KafkaEventLog extends EventLog {
  /** Deletes a topic that has lost events and makes it anew, empty: its consumers see another making of it and read that from its beginning. */
  remake(topic: string, partitions?: number): Promise<void>;
}

export function kafkaLog(options: KafkaLogOptions): KafkaEventLog {
  return new KafkaLog(options);
}

class KafkaLog implements KafkaEventLog {
  readonly features = FEATURES;
  readonly #sockets = new Sockets();
  readonly #kafka: Kafka;
  readonly #cluster: Cluster;
  readonly #tails: Tails;
  readonly #sender: Sender;
  readonly #consumers = new Set<KafkaConsumer>();
  #closed: Promise<void> | null = null;

  constructor(private readonly options: KafkaLogOptions) {
    const { brokers, clientId, ssl, sasl, log = () => undefined } = options;
    this.#kafka = new Kafka({
      brokers: [...brokers],
      clientId,
      ...(ssl !== undefined && { ssl }),
      ...(sasl && { sasl }),
      socketFactory: this.#sockets.factory,
      connectionTimeout: 3_000,
      requestTimeout: 10_000,
      retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 1_000 },
      logLevel: logLevel.INFO,
      logCreator: () => ({ level, log: { message, ...details } }) => log(level <= logLevel.WARN && !EXPECTED.test(message) ? 'warn' : 'debug', message, details),
    });
    this.#cluster = new Cluster(this.#kafka, this.#sockets);
    this.#tails = new Tails((topics) => this.#cluster.ends(topics), PACE);
    this.#sender = new Sender({ kafka: this.#kafka, cluster: this.#cluster, sockets: this.#sockets }, FEATURES);
  }

  async ensureTopics(topics: readonly string[], partitions?: number): Promise<void> {
    const names = [...new Set(topics)].sort().map((topic) => this.#named(topic));
    const known = new Map((await this.#cluster.topics(names)).map((topic) => [topic.topic, topic.partitions]));
    this.#refuseOtherCount(known, partitions);
    const missing = names.filter((name) => !known.has(name));
    await this.#withAdmin(async (admin) => {
      await refuseForgetful(admin, [...known.keys()]);
      if (missing.length === 0) return;
      await createTopics(admin, missing, { partitions: partitions ?? PARTITIONS, replicas: this.options.replicas ?? -1 });
      await this.#untilKnown(missing, partitions);
      await holdTwoCopies(admin, missing);
    });
  }

  async remake(topic: string, partitions?: number): Promise<void> {
    const name = this.#named(topic);
    const [before] = await this.#cluster.topics([name]);
    if (!before) throw new LogRefusal('log.unknown_topic', { topic });
    this.#refuseOtherCount(new Map([[name, before.partitions]]), partitions);
    await this.#withAdmin((admin) => admin.deleteTopics({ topics: [name] }));
    // Deletion takes the brokers a moment, during which the old topic answers.
    const deadline = performance.now() + MADE_WITHIN_MS;
    const isGone = async (): Promise<boolean> => (await this.#cluster.topics([name])).every(({ id }) => id !== before.id);
    while (!(await isGone())) {
      if (performance.now() > deadline) throw new Error(`${topic} is still there ${MADE_WITHIN_MS / 1_000} s after its deletion`);
      await after(50);
    }
    await this.ensureTopics([topic], before.partitions);
  }

  publish(events: Parameters<EventLog['publish']>[0]): Promise<void> {
    return this.#sender.publish(this.options.prefix ? events.map((event) => ({ ...event, topic: this.#named(event.topic) })) : events);
  }

  consume(subscription: Subscription): KafkaConsumer {
    if (this.#closed) throw new Error('the log is closed');
    const consumer = new KafkaConsumer({ kafka: this.#kafka, cluster: this.#cluster, sockets: this.#sockets, tails: this.#tails, onCrash: this.options.onCrash }, this.#prefixed(subscription));
    this.#consumers.add(consumer);
    void consumer.ended.then(() => this.#consumers.delete(consumer));
    return consumer;
  }

  async end(topic: string): Promise<Positions> {
    const { next } = await this.#tails.read(this.#named(topic));
    return new Map(next.map((position, partition) => [partition, position - 1n]));
  }

  async look(topics: readonly string[]): ReturnType<EventLog['look']> {
    const found = await this.#tails.states(topics.map((topic) => this.#named(topic)));
    return new Map(topics.flatMap((topic) => {
      const state = found.get(this.#named(topic));
      return state ? [[topic, state]] : [];
    }));
  }

  /** The brokers do it, 30 days after an event was superseded. */
  compact(): Promise<number> {
    return Promise.resolve(0);
  }

  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  async #end(): Promise<void> {
    await Promise.all([...this.#consumers].map((consumer) => consumer.stop()));
    this.#tails.close();
    await this.#sender.close();
    await this.#cluster.close();
  }

  #named(topic: string): string {
    return `${this.options.prefix ?? ''}${topic}`;
  }

  /** The subscriber hears of its topics by their own names. */
  #prefixed(subscription: Subscription): Subscription {
    if (!this.options.prefix) return subscription;
    const { topic, handle } = subscription;
    return {
      ...subscription,
      topic: this.#named(topic),
      group: this.#named(subscription.group),
      handle: (batch) => handle({ ...batch, topic, events: batch.events.map((event) => ({ ...event, topic })) }),
    };
  }

  #refuseOtherCount(known: ReadonlyMap<string, number>, asked: number | undefined): void {
    if (asked === undefined) return;
    for (const [topic, partitions] of known) if (partitions !== asked) throw new LogRefusal('log.partition_count', { topic, partitions, asked });
  }

  /** A broker that has not heard of them yet answers as if they did not exist, or as if it did not lead them: hundreds of partitions take seconds. */
  async #untilKnown(names: readonly string[], partitions: number | undefined): Promise<void> {
    const deadline = performance.now() + MADE_WITHIN_MS;
    for (;;) {
      const known = await this.#cluster.topics(names);
      this.#refuseOtherCount(new Map(known.map((topic) => [topic.topic, topic.partitions])), partitions);
      const hasLeaders = known.length === names.length && (await this.#cluster.offsets(known, 'end').then(() => true, () => false));
      if (hasLeaders) return;
      if (performance.now() > deadline) throw new Error(`topics made, but not served by the brokers after ${MADE_WITHIN_MS / 1_000} s: ${names.join(' ')}`);
      await after(50);
    }
  }

  async #withAdmin(work: (admin: Admin) => Promise<void>): Promise<void> {
    const admin = this.#kafka.admin();
    await admin.connect();
    try {
      await work(admin);
    } finally {
      await admin.disconnect();
    }
  }
}
