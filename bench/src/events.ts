// From a committed outbox row to a committed effect through Kafka and through the Postgres log, beside the peers of W2 and the broker's own tools.
// Starts a broker by deploy/kafka-local.mjs (`TANDEM_TEST_KAFKA` names another). `--events 1000 --rounds 1` for a shorter look.
import { kafkaLog, type EventLog } from '@tandem/event-log';
import { startBrokers } from '@tandem/event-log/brokers';
import { catalogue, topicOf, type AggregateName } from '@tandem/contracts';
import { membersDrain, toolsOf } from './events/kafka.js';
import { numberOption, ratios, Report, short, spread, table } from './report.js';
import { Stage } from './stage.js';
import type { Bed } from './w2/bed.js';
import { BossBed } from './w2/boss.js';
import { GraphileBed } from './w2/graphile.js';
import { drained, latency, prepare, sustained, type Latency, type Sustained } from './w2/measure.js';
import { TandemBed } from './w2/tandem.js';

const EVENTS = numberOption('events', 3_000);
const ROUNDS = numberOption('rounds', 3);
const PACED = numberOption('paced', 1_000);

interface Series {
  readonly sustained: Sustained[];
  readonly drained: number[];
  readonly latency: Latency[];
}

const report = new Report(`Events: ${EVENTS} through Kafka and through PostgreSQL, 8 callers, ${ROUNDS} rounds`);
const named = process.env['TANDEM_TEST_KAFKA'];
const brokers = named ? null : await startBrokers(1);
const addresses = named ?? brokers?.addresses ?? '';
try {
  await Stage.with(measure);
} finally {
  await brokers?.stop();
}
report.end();

async function measure(stage: Stage): Promise<void> {
  const kafka = await TandemBed.make(stage, 'kafka', undefined, await onKafka());
  const postgres = await TandemBed.make(stage, 'postgres');
  const beds: readonly Bed[] = [kafka, postgres, await GraphileBed.make(stage), await BossBed.make(stage)];
  for (const bed of beds) await prepare(bed);
  const series = new Map<Bed, Series>(beds.map((bed) => [bed, { sustained: [], drained: [], latency: [] }]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [bed, all] of series) all.sustained.push(await sustained(bed, stage, EVENTS, report));
    for (const [bed, all] of series) all.drained.push(await drained(bed, EVENTS, report));
    for (const [bed, all] of series) all.latency.push(await latency(bed, PACED, report));
  }
  const rows = [...series].map(([bed, { sustained: rates, drained: drains, latency: times }]) => [
    bed.name, spread(rates.map(({ perSecond }) => perSecond)), spread(drains), spread(times.map(({ p50 }) => p50)), spread(times.map(({ p99 }) => p99)), spread(rates.map(({ nodeCpu }) => nodeCpu)),
  ]);
  console.log('\nmin/median/max over the rounds');
  table(['system', 'sustained/s', 'drain/s', 'p50 ms at 200/s', 'p99 ms', 'Node ms cpu/event'], rows);
  const [ours, log, graphile, boss] = beds.map((bed) => series.get(bed)?.sustained.map(({ perSecond }) => perSecond) ?? []);
  report.goal('through Kafka / graphile-worker', ratios(ours ?? [], graphile ?? []), '>=', 2.5);
  report.goal('through Kafka / pg-boss', ratios(ours ?? [], boss ?? []), '>=', 1.8);
  console.log(`through Kafka / through PostgreSQL: ${ratios(ours ?? [], log ?? []).map(short).join(' ')}`);
  await limits(stage);
  await Promise.all([kafka.end(), postgres.end()]);
}

/** The adapter alone beside the broker's own producer and consumer, and a group of one, two and four members that write an effect for each event. */
async function limits(stage: Stage): Promise<void> {
  const log = await onKafka('limits.');
  const tools = await toolsOf(addresses, log);
  table(['300-byte events', 'per second'], Object.entries(tools).map(([name, rate]) => [name, short(rate)]));
  const members = await membersDrain(stage, () => onKafka('limits.'), EVENTS * 4, report);
  table(['members of the group', 'effects/s'], members.map(([count, rate]) => [String(count), short(rate)]));
  await log.close();
}

async function onKafka(prefix = 'bench.'): Promise<EventLog> {
  const log = kafkaLog({ brokers: addresses.split(','), clientId: 'bench', prefix });
  await log.ensureTopics(Object.keys(catalogue).map((aggregate) => topicOf(aggregate as AggregateName)));
  return log;
}
