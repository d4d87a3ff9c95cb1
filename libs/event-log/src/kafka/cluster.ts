// What a look at the brokers tells of topics: their ids and where their partitions end. kafkajs speaks a metadata request that is older than
// topic ids, so the newer one goes over its own connections, with their TLS and SASL. For that it takes parts of kafkajs that are not public
// (2.2.4, the last since 2023): only here, and `cluster.kafka.test.ts` says so when they change.
import { setTimeout as after } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import type { Seen } from '../tails.js';
import type { Sockets } from './sockets.js';

interface Connections {
  send(protocol: object): Promise<TopicMetadata[]>;
}
interface PrivateCluster {
  readonly brokerPool: { findConnectedBroker(): Promise<{ readonly connectionPool: Connections }> };
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  refreshMetadata(): Promise<void>;
  refreshMetadataIfNecessary(): Promise<void>;
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
  fetchTopicsOffset(topics: readonly object[]): Promise<readonly { readonly topic: string; readonly partitions: readonly PartitionOffset[] }[]>;
}
export interface PartitionOffset {
  readonly partition: number;
  readonly offset: string;
}
export interface TopicMetadata {
  readonly topic: string;
  readonly id: string;
  readonly partitions: number;
}

const METADATA = { apiKey: 3, apiVersion: 12, apiName: 'Metadata' };
const UNKNOWN_TOPIC = 3;
const TRIES = 5;
const RETRY_MS = 100;
const NO_ERRORS: ReadonlySet<number> = new Set([0, 5]);

export class Cluster {
  readonly #cluster: PrivateCluster;
  #connected: Promise<void> | null = null;

  constructor(
    kafka: Kafka,
    private readonly sockets: Sockets,
  ) {
    const create = Object.getOwnPropertySymbols(kafka).find(({ description }) => description === 'private:Kafka:createCluster');
    if (!create) throw new Error('this kafkajs keeps its cluster elsewhere: see libs/event-log/src/kafka/cluster.ts');
    this.#cluster = (kafka as unknown as Record<symbol, (options: object) => PrivateCluster>)[create]!({ allowAutoTopicCreation: false, metadataMaxAge: 60_000 });
  }

  /** Id and number of partitions; a topic that does not exist is left out. */
  async topics(names: readonly string[]): Promise<readonly TopicMetadata[]> {
    await this.#connect();
    const { connectionPool } = await this.#cluster.brokerPool.findConnectedBroker();
    return this.#answered(connectionPool.send({ request: { ...METADATA, encode: async () => asEncoder(metadataRequest(names)) }, response: { decode: async (bytes: Buffer) => bytes, parse: async (bytes: Buffer) => topicsIn(bytes) } }));
  }

  /** Where each partition ends, as the positions that it gives next (offset + 1: position 0 means nothing). */
  async ends(names: readonly string[]): Promise<readonly Seen[]> {
    const known = await this.topics(names);
    if (known.length === 0) return [];
    const offsets = await this.offsets(known, 'end');
    return known.map(({ topic, id, partitions }) => {
      const ofTopic = offsets.get(topic) ?? new Map<number, bigint>();
      return { topic, incarnation: id, ends: Array.from({ length: partitions }, (_, partition) => String((ofTopic.get(partition) ?? 0n) + 1n)).join(' ') };
    });
  }

  /** The next offset of each partition, or the first at or after a moment (-1: none). */
  async offsets(topics: readonly TopicMetadata[], from: 'end' | Date): Promise<ReadonlyMap<string, ReadonlyMap<number, bigint>>> {
    await this.#cluster.addMultipleTargetTopics(topics.map(({ topic }) => topic));
    await this.#cluster.refreshMetadataIfNecessary();
    const at = from === 'end' ? { fromBeginning: false } : { fromTimestamp: from.getTime() };
    const asked = topics.map(({ topic, partitions }) => ({ topic, partitions: Array.from({ length: partitions }, (_, partition) => ({ partition })), ...at }));
    const found = await this.#fromLeaders(asked);
    return new Map(found.map(({ topic, partitions }) => [topic, new Map(partitions.map(({ partition, offset }) => [partition, BigInt(offset)]))]));
  }

  /** Leaders move, and those of a topic just made may not know it yet: then the brokers are asked anew who leads. */
  async #fromLeaders(asked: readonly object[]): ReturnType<PrivateCluster['fetchTopicsOffset']> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#answered(this.#cluster.fetchTopicsOffset(asked));
      } catch (error) {
        await this.#cluster.refreshMetadata().catch(() => undefined);
        if (tries === TRIES) throw error;
        await after(RETRY_MS);
      }
    }
  }

  async #answered<T>(request: Promise<T>): Promise<T> {
    try {
      return await request;
    } catch (error) {
      const { name, broker } = error as { name?: string; broker?: string };
      if (name === 'KafkaJSRequestTimeoutError' && broker) this.sockets.drop(broker);
      throw error;
    }
  }

  async close(): Promise<void> {
    if (this.#connected) await this.#connected.then(() => this.#cluster.disconnect()).catch(() => undefined);
  }

  async #connect(): Promise<void> {
    this.#connected ??= this.#cluster.connect();
    try {
      await this.#connected;
    } catch (error) {
      this.#connected = null;
      throw error;
    }
  }
}

/** As much of kafkajs' encoder as its request writer looks at. */
function asEncoder(bytes: Buffer): { readonly buf: Buffer; readonly buffer: Buffer } {
  return { buf: bytes, buffer: bytes };
}

/**
 * Metadata request, version 12 (KIP-516): the tags that end its header (version 2), topics by name, no creation, no operations.
 * https://kafka.apache.org/protocol#The_Messages_Metadata
 */
export function metadataRequest(topics: readonly string[]): Buffer {
  const named = topics.map((topic) => {
    const name = Buffer.from(topic);
    return Buffer.concat([Buffer.alloc(16), varint(name.length + 1), name, Buffer.alloc(1)]);
  });
  return Buffer.concat([Buffer.alloc(1), varint(topics.length + 1), ...named, Buffer.alloc(3)]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return Buffer.from([...bytes, rest]);
    bytes.push((rest & 0x7f) | 0x80);
  }
}

/** The topics of a metadata response, version 12; those that do not exist are left out, any other error is thrown. */
export function topicsIn(bytes: Buffer): TopicMetadata[] {
  const read = new Reader(bytes);
  read.tags();
  read.skip(4);
  read.array(() => (read.skip(4), read.text(), read.skip(4), read.text(), read.tags()));
  read.text();
  read.skip(4);
  const topics = read.array(() => {
    const [error, topic, id] = [read.int16(), read.text(), read.uuid()];
    read.skip(1);
    const partitions = read.array(() => partitionOf(read)).length;
    read.skip(4);
    read.tags();
    return { error, topic, id, partitions };
  });
  const failed = topics.find(({ error }) => error !== 0 && error !== UNKNOWN_TOPIC);
  if (failed) throw new Error(`metadata of ${failed.topic}: Kafka error ${failed.error}`);
  return topics.filter(({ error }) => error === 0).map(({ topic, id, partitions }) => ({ topic, id, partitions }));
}

function partitionOf(read: Reader): void {
  const error = read.int16();
  // 5: the leader is being elected; its end is asked of whoever leads then.
  if (!NO_ERRORS.has(error)) throw new Error(`metadata of a partition: Kafka error ${error}`);
  read.skip(12);
  for (let list = 0; list < 3; list += 1) read.array(() => read.skip(4));
  read.tags();
}

class Reader {
  #at = 0;

  constructor(private readonly bytes: Buffer) {}

  skip(count: number): void {
    this.#at += count;
  }

  int16(): number {
    this.#at += 2;
    return this.bytes.readInt16BE(this.#at - 2);
  }

  varint(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes.readUInt8(this.#at++);
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }

  text(): string {
    const length = this.varint() - 1;
    if (length < 0) return '';
    this.#at += length;
    return this.bytes.toString('utf8', this.#at - length, this.#at);
  }

  uuid(): string {
    this.#at += 16;
    return this.bytes.toString('hex', this.#at - 16, this.#at).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  }

  array<T>(one: () => T): T[] {
    return Array.from({ length: Math.max(0, this.varint() - 1) }, one);
  }

  tags(): void {
    for (let left = this.varint(); left > 0; left -= 1) {
      this.varint();
      this.skip(this.varint());
    }
  }
}
