// What bounds events through Kafka: the adapter and the broker's own tools without any effect, and what members of a group do side by side.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { EventLog, LogEvent } from '@tandem/event-log';
import { v7 } from 'uuid';
import type { Report } from '../report.js';
import { until, type Stage } from '../stage.js';

const COUNT = 60_000;
const BATCH = 500;
const PAYLOAD = Buffer.alloc(300, 'x');

/** Events a second: published and read by the adapter, and by the tools that come with the broker. */
export async function toolsOf(brokers: string, log: EventLog): Promise<Record<string, number>> {
  const topic = `limits.${randomBytes(4).toString('hex')}`;
  await log.ensureTopics([topic], 24);
  const published = await timed(COUNT, () => publish(log, topic, COUNT));
  let seen = 0;
  const read = await timed(COUNT, async () => {
    const consumer = log.consume({ group: topic, topic, from: 'beginning', maxBatch: 1_000, positions: async () => new Map(), handle: async ({ events }) => void (seen += events.length) });
    await until(() => seen >= COUNT, 'the adapter to read everything');
    await consumer.stop();
  });
  const full = `limits.${topic}`;
  // Its records have no keys, which a compacted topic refuses.
  tool('org.apache.kafka.tools.TopicCommand', ['--bootstrap-server', brokers, '--create', '--topic', `${topic}.plain`, '--partitions', '24']);
  const produced = tool('org.apache.kafka.tools.ProducerPerformance', ['--topic', `${topic}.plain`, '--num-records', String(COUNT), '--record-size', '300', '--throughput', '-1', '--command-property', `bootstrap.servers=${brokers}`, 'acks=all', 'enable.idempotence=true']);
  const consumed = tool('org.apache.kafka.tools.ConsumerPerformance', ['--bootstrap-server', brokers, '--topic', full, '--num-records', String(COUNT), '--group', `${topic}.perf`]);
  return { 'adapter publishes': published, 'adapter delivers': read, 'ProducerPerformance': produced, 'ConsumerPerformance': consumed };
}

/** Effects a second of groups of one, two and four members, each with a connection of its own; every event has exactly one effect. */
export async function membersDrain(stage: Stage, open: () => Promise<EventLog>, events: number, report: Report): Promise<(readonly [number, number])[]> {
  const admin = stage.admin('postgres', 8);
  await admin.query('create table effects (event_id uuid primary key, key text not null, at timestamptz not null default clock_timestamp())');
  const rates: (readonly [number, number])[] = [];
  for (const count of [1, 2, 4]) {
    const topic = `members.${count}.${randomBytes(4).toString('hex')}`;
    const logs = await Promise.all(Array.from({ length: count }, open));
    await logs[0]?.ensureTopics([topic], 24);
    await publish(logs[0]!, topic, events);
    await admin.query('truncate effects');
    const positions = new Map<number, bigint>();
    let handled = 0;
    const rate = await timed(events, async () => {
      const members = logs.map((log) => log.consume({
        group: topic,
        topic,
        from: 'beginning',
        maxBatch: 250,
        positions: async () => new Map(positions),
        handle: async (batch) => {
          const { rowCount } = await admin.query('insert into effects (event_id, key) select * from unnest($1::uuid[], $2::text[]) on conflict do nothing', [batch.events.map(({ id }) => id), batch.events.map(({ key }) => key)]);
          handled += rowCount ?? 0;
          for (const [partition, position] of batch.advance) if ((positions.get(partition) ?? 0n) < position) positions.set(partition, position);
        },
      }));
      await until(() => handled >= events, `${events} effects of ${count} members`);
      await Promise.all(members.map((member) => member.stop()));
    });
    const { rows } = await admin.query<{ n: number }>('select count(*)::int n from effects');
    report.check(`${count} members: effects`, rows[0]?.n, events);
    rates.push([count, rate]);
    await Promise.all(logs.map((log) => log.close()));
  }
  return rates;
}

async function publish(log: EventLog, topic: string, count: number): Promise<void> {
  for (let sent = 0; sent < count; sent += BATCH) {
    await log.publish(Array.from({ length: Math.min(BATCH, count - sent) }, (_, n): LogEvent => ({ id: v7(), topic, key: `k${(sent + n) % 500}`, headers: { ce_type: 'bench.thing.changed' }, payload: PAYLOAD })));
  }
}

async function timed(count: number, work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return (count * 1_000) / (performance.now() - started);
}

/** The rate that a tool of the broker prints. */
function tool(name: string, args: readonly string[]): number {
  const jars = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tandem', 'kafka-4.4.0', '*');
  const said = execFileSync('java', ['-Xmx256m', '-cp', jars, name, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const produced = [...said.matchAll(/([\d.]+) records\/sec/g)].at(-1)?.[1];
  if (produced !== undefined) return Number(produced);
  // Header and one line: the sixth column is messages a second.
  return Number(said.trim().split('\n').at(-1)?.split(',')[5]);
}
