// What a claim needs: instances that are closed after it, topics and events of its own, and readers to wait for.
import { randomBytes } from 'node:crypto';
import { v7 } from 'uuid';
import type { EventLog, LogConsumer, LogEvent, Subscription } from '../port.js';
import { Reader } from './reader.js';
import type { ConformanceSubject, Writer } from './subject.js';

// Few, so that events of different keys meet in one partition.
const PARTITIONS = 4;

export class Stage {
  readonly #closing: (() => Promise<unknown>)[] = [];

  constructor(private readonly subject: ConformanceSubject) {}

  async log(): Promise<EventLog> {
    const log = await this.subject.open();
    this.#closing.push(() => log.close());
    return log;
  }

  async logWithTopic(): Promise<{ log: EventLog; topic: string }> {
    const log = await this.log();
    const topic = aTopic();
    await log.ensureTopics([topic], PARTITIONS);
    return { log, topic };
  }

  async writer(delay: () => number): Promise<Writer> {
    const writer = await (this.subject.lateWriter?.(delay) ?? this.subject.open());
    this.#closing.push(() => writer.close());
    return writer;
  }

  /** Begins to read; what arrives, and the positions, are kept in the reader. */
  reads(log: EventLog, topic: string, told: Partial<Subscription> = {}, reader = new Reader()): Reader & { consumer: LogConsumer } {
    const consumer = log.consume({
      group: `conformance.${randomBytes(4).toString('hex')}`,
      topic,
      from: 'beginning',
      retryMs: 20,
      positions: () => Promise.resolve(reader.positions),
      handle: reader.handle,
      onError: reader.failed,
      ...told,
    });
    return Object.assign(reader, { consumer });
  }

  async clear(): Promise<void> {
    await Promise.all(this.#closing.splice(0).map((close) => close()));
  }
}

export function aTopic(): string {
  return `tandem.conformance.${randomBytes(6).toString('hex')}`;
}

export function anEvent(topic: string, key: string, told: Partial<LogEvent> = {}): LogEvent {
  return { id: v7(), topic, key, headers: { ce_type: 'conformance.thing.changed' }, payload: Buffer.from('{}'), ...told };
}

/** `count` events of each key, the keys by turns, each event's payload its number within the key. */
export function numbered(topic: string, keys: readonly string[], count: number, first = 1): LogEvent[] {
  return Array.from({ length: count }, (_, n) => keys.map((key) => anEvent(topic, key, { payload: Buffer.from(`${first + n}`) }))).flat();
}

export async function publishInBatches(writer: Pick<EventLog, 'publish'>, events: readonly LogEvent[], size: number): Promise<void> {
  for (let from = 0; from < events.length; from += size) await writer.publish(events.slice(from, from + size));
}
