// Everything that lies in the topics of a region, read by nobody's group.
import { randomBytes } from 'node:crypto';
import { catalogue, topicOf, type AggregateName } from '@tandem/contracts';
import { kafkaLog, type DeliveredEvent, type EventLog, type LogEvent } from '@tandem/event-log';
import { until } from '@tandem/test-kit';
import type { Looked } from '../faults/invariants.test-support.js';
import type { Region } from './region.test-support.js';

export interface KafkaEye {
  readonly log: EventLog;
  /** Ids of events that a test planted: no invariant counts them. */
  readonly planted: Set<string>;
  /** Publishes past every service. */
  plant(event: LogEvent): Promise<void>;
  all(topics?: readonly string[]): Promise<readonly DeliveredEvent[]>;
  readonly looked: Looked['log'];
  close(): Promise<void>;
}

export function kafkaEye({ brokers, prefix }: Pick<Region, 'brokers' | 'prefix'>): KafkaEye {
  const log = kafkaLog({ brokers: brokers.split(','), clientId: 'eye', prefix });
  const planted = new Set<string>();
  const all = async (topics = Object.keys(catalogue).map((name) => topicOf(name as AggregateName))): Promise<readonly DeliveredEvent[]> => (await Promise.all(topics.map((topic) => whole(log, topic)))).flat();
  return {
    log,
    planted,
    plant: (event) => {
      planted.add(event.id);
      return log.publish([event]);
    },
    all,
    looked: {
      events: async () => (await all()).filter(({ id }) => !planted.has(id)).map(({ topic, key, headers }) => ({ topic, key, sequence: Number(headers['ce_sequence']) })),
      dropsDuplicates: false,
    },
    close: () => log.close(),
  };
}

async function whole(log: EventLog, topic: string): Promise<readonly DeliveredEvent[]> {
  const end = await log.end(topic);
  const goal = [...end.values()].reduce((sum, position) => sum + position, 0n);
  if (goal === 0n) return [];
  const events: DeliveredEvent[] = [];
  const reached = new Map<number, bigint>();
  const consumer = log.consume({
    group: `eye.${randomBytes(6).toString('hex')}`,
    topic,
    from: 'beginning',
    maxBatch: 1_000,
    positions: () => Promise.resolve(reached),
    handle: (batch) => {
      events.push(...batch.events);
      for (const [partition, position] of batch.advance) reached.set(partition, position);
      return Promise.resolve();
    },
  });
  await until(() => [...end].every(([partition, position]) => position === 0n || (reached.get(partition) ?? 0n) >= position), { what: `${topic} to be read`, deadlineMs: 30_000 });
  await consumer.stop();
  return events;
}
