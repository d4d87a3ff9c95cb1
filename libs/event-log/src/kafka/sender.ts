// Publishing. kafkajs loses acknowledged messages when a `send` holds several partitions and a broker dies (its issue 1303): so each send holds
// one partition, one at a time per partition, and its answer is looked at.
import type { Kafka, Producer } from 'kafkajs';
import { refuseUnfit } from '../limits.js';
import { partitionOf, type Features, type LogEvent, LogRefusal } from '../port.js';
import type { Cluster } from './cluster.js';
import { slices } from '../slices.js';
import { messageOf, sizeOf } from './message.js';
import type { Sockets } from './sockets.js';

/** One record batch: well below what the topics allow (`max.message.bytes`), except for a single large event. */
const MAX_BATCH_BYTES = 800_000;
/** 10 tries of at most 1.5 s: some 12 s without a broker are one slow send. */
const RETRY = { initialRetryTime: 100, maxRetryTime: 1_500, retries: 10 };

interface OfPartition {
  readonly topic: string;
  readonly partition: number;
  readonly events: LogEvent[];
}

export class Sender {
  readonly #partitions = new Map<string, number>();
  /** The last send of each partition: the next begins after it. */
  readonly #lanes = new Map<string, Promise<void>>();
  #producer: Promise<Producer> | null = null;
  readonly #retired = new Set<Promise<unknown>>();

  constructor(
    private readonly parts: { readonly kafka: Kafka; readonly cluster: Cluster; readonly sockets: Sockets },
    private readonly features: Features,
  ) {}

  async publish(events: readonly LogEvent[]): Promise<void> {
    for (const event of events) refuseUnfit(event, this.features);
    await this.#learn(events);
    const groups = new Map<string, OfPartition>();
    for (const event of events) {
      const partition = partitionOf(event.key, this.#partitions.get(event.topic)!);
      const lane = `${event.topic} ${partition}`;
      const group = groups.get(lane);
      if (group) group.events.push(event);
      else groups.set(lane, { topic: event.topic, partition, events: [event] });
    }
    // All sends end before a failure is told: the caller publishes again, and its events must not meet their own first sending.
    const outcomes = await Promise.allSettled([...groups].map(([lane, group]) => this.#inLane(lane, group)));
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#lanes.values());
    this.#retire(this.#producer);
    await Promise.allSettled(this.#retired);
  }

  #inLane(lane: string, group: OfPartition): Promise<void> {
    const sent = (this.#lanes.get(lane) ?? Promise.resolve()).catch(() => undefined).then(() => this.#sendAll(group));
    this.#lanes.set(lane, sent);
    const forget = (): void => {
      if (this.#lanes.get(lane) === sent) this.#lanes.delete(lane);
    };
    sent.then(forget, forget);
    return sent;
  }

  async #sendAll({ topic, partition, events }: OfPartition): Promise<void> {
    for (const batch of slices(events, MAX_BATCH_BYTES, sizeOf)) await this.#send({ topic, partition, events: batch });
  }

  async #send({ topic, partition, events }: { readonly topic: string; readonly partition: number; readonly events: readonly LogEvent[] }): Promise<void> {
    const used = (this.#producer ??= this.#connect());
    try {
      const producer = await used;
      const answers = await producer.send({ topic, acks: -1, messages: events.map((event) => messageOf(event, partition)) });
      const answer = answers.find((one) => one.topicName === topic && one.partition === partition);
      if (!answer || answer.errorCode !== 0 || answers.length !== 1) throw new Error(`${topic}, partition ${partition}: sent, but not acknowledged (${JSON.stringify(answers)})`);
    } catch (error) {
      // Its next sequence number may be one that the broker has already seen, with other events: a new producer begins anew.
      if (this.#producer === used) {
        this.#producer = null;
        this.#retire(used);
      }
      this.#partitions.delete(topic);
      throw error;
    }
  }

  async #connect(): Promise<Producer> {
    const { kafka, sockets } = this.parts;
    const producer = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      retry: RETRY,
      createPartitioner: () => ({ message }) => message.partition ?? 0,
    });
    producer.on(producer.events.REQUEST_TIMEOUT, ({ payload }) => sockets.drop(payload.broker));
    await producer.connect();
    return producer;
  }

  #retire(producer: Promise<Producer> | null): void {
    if (!producer) return;
    const gone = producer.then((it) => it.disconnect()).catch(() => undefined);
    this.#retired.add(gone);
    void gone.then(() => this.#retired.delete(gone));
  }

  async #learn(events: readonly LogEvent[]): Promise<void> {
    const unknown = [...new Set(events.map(({ topic }) => topic))].filter((topic) => !this.#partitions.has(topic));
    if (unknown.length === 0) return;
    for (const { topic, partitions } of await this.parts.cluster.topics(unknown)) this.#partitions.set(topic, partitions);
    const missing = unknown.find((topic) => !this.#partitions.has(topic));
    if (missing !== undefined) throw new LogRefusal('log.unknown_topic', { topic: missing });
  }
}
