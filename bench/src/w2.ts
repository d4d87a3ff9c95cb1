// W2: from a command through outbox, relay and log to an effect applied exactly once, beside the peers that run the same command.
// `--events 1500 --rounds 2` for a shorter look; `--kill 20` for what is left after so many times kill -9.
import { isQuick, numberOption, ratios, Report, short, spread, table } from './report.js';
import { Stage } from './stage.js';
import { BossBed } from './w2/boss.js';
import { GraphileBed } from './w2/graphile.js';
import { killed } from './w2/killed.js';
import { AloneBed, plainInserts } from './w2/limits.js';
import { drained, idleShare, latency, prepare, sustained, type Latency, type Sustained } from './w2/measure.js';
import { partsOfAnEvent, timing } from './w2/parts.js';
import type { Bed } from './w2/bed.js';
import { TandemBed } from './w2/tandem.js';

const EVENTS = numberOption('events', isQuick ? 40 : 3_000);
const ROUNDS = isQuick ? 1 : numberOption('rounds', 3);
const PACED = isQuick ? 20 : 1_000;
const SETTINGS = { shared_preload_libraries: 'pg_stat_statements' };

interface Series {
  readonly sustained: Sustained[];
  readonly drained: number[];
  readonly latency: Latency[];
}

const KILLS = numberOption('kill', 0);

const report = new Report(KILLS > 0 ? `W2 under ${KILLS} times kill -9` : `W2: ${EVENTS} events, 8 callers, ${ROUNDS} rounds`);
await Stage.with(async (stage) => {
  if (KILLS > 0) return killed(stage, KILLS, report);
  const batched = await TandemBed.make(stage, 'batched');
  await timing(batched, false);
  await prepare(batched);
  const idle = await idleShare(batched, isQuick ? 0.8 : 16);
  const single = await TandemBed.make(stage, 'single', 1);
  const graphile = await GraphileBed.make(stage);
  const boss = await BossBed.make(stage);
  const alone = await AloneBed.make(stage);
  const beds = [batched, single, graphile, boss];
  for (const bed of [single, graphile, boss]) await prepare(bed);

  const series = new Map<Bed, Series>(beds.map((bed) => [bed, { sustained: [], drained: [], latency: [] }]));
  const limits = { inserts: [] as number[], whole: [] as number[], bare: [] as number[], createMany: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    limits.inserts.push(await plainInserts(stage, EVENTS));
    limits.whole.push(await alone.commands('whole', EVENTS, report));
    limits.bare.push(await alone.commands('bare', EVENTS, report));
    limits.createMany.push(await alone.createMany(isQuick ? 1 : 10, isQuick ? 20 : 1_000, report));
    for (const [bed, { sustained: all }] of series) all.push(await sustained(bed, stage, EVENTS, report));
    for (const [bed, { drained: all }] of series) all.push(await drained(bed, EVENTS, report));
    for (const [bed, { latency: all }] of series) all.push(await latency(bed, PACED, report));
  }
  show(series, limits, idle);
  goals({ batched: of(batched), single: of(single), graphile: of(graphile), boss: of(boss) }, limits, idle);
  await partsOfAnEvent(batched);
  await Promise.all([alone.close(), boss.end(), batched.end(), single.end()]);

  function of(bed: Bed): Series {
    return series.get(bed) ?? { sustained: [], drained: [], latency: [] };
  }
}, SETTINGS);
report.end();

function show(series: ReadonlyMap<Bed, Series>, limits: Readonly<Record<string, number[]>>, idle: number): void {
  console.log('\nmin/median/max over the rounds');
  const rows = [...series].map(([bed, { sustained: all, drained: rates, latency: times }]) => [
    bed.name, spread(all.map(({ perSecond }) => perSecond)), spread(rates), spread(times.map(({ p50 }) => p50)), spread(times.map(({ p99 }) => p99)),
    spread(all.map(({ nodeCpu }) => nodeCpu)), spread(all.map(({ serverCpu }) => serverCpu)),
  ]);
  table(['system', 'sustained/s', 'drain/s', 'p50 ms at 200/s', 'p99 ms', 'Node ms cpu/event', 'server ms cpu/event'], rows);
  table(['alone', 'per second'], Object.entries(limits).map(([name, rates]) => [name, spread(rates)]));
  console.log(`idle: ${short(idle * 100)} % of a core`);
}

function goals({ batched, single, graphile, boss }: Record<'batched' | 'single' | 'graphile' | 'boss', Series>, limits: Record<'inserts' | 'whole' | 'bare' | 'createMany', number[]>, idle: number): void {
  const rate = ({ sustained: all }: Series): number[] => all.map(({ perSecond }) => perSecond);
  const time = ({ latency: all }: Series, which: keyof Latency): number[] => all.map((each) => each[which]);
  report.goal('batched / graphile-worker', ratios(rate(batched), rate(graphile)), '>=', 2.5);
  report.goal('batched / pg-boss', ratios(rate(batched), rate(boss)), '>=', 1.8);
  report.goal('single / graphile-worker', ratios(rate(single), rate(graphile)), '>=', 1.7);
  report.goal('p50 batched / graphile-worker', ratios(time(batched, 'p50'), time(graphile, 'p50')), '<=', 1.2);
  report.goal('p99 batched / graphile-worker', ratios(time(batched, 'p99'), time(graphile, 'p99')), '<=', 1.5);
  report.goal('commands / single-row inserts', ratios(limits.whole, limits.inserts), '>=', 0.18);
  report.goal('createMany / single-row inserts', ratios(limits.createMany, limits.inserts), '>=', 2);
  report.goal('drain batched / graphile-worker', ratios(batched.drained, graphile.drained), '>=', 4);
  report.goal('drain single / graphile-worker', ratios(single.drained, graphile.drained), '>=', 0.6);
  report.goal('audit + idempotency + row security + tenant: bare / whole - 1', ratios(limits.bare, limits.whole).map((ratio) => ratio - 1), '<=', 0.25);
  report.goal('idle, share of a core', [idle], '<=', 0.01);
}
