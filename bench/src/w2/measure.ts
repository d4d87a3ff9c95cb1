// One measurement of one system, its result checked before its time counts.
import { setTimeout as pause } from 'node:timers/promises';
import { isQuick, median, quantile, type Report } from '../report.js';
import type { Stage } from '../stage.js';
import type { Bed } from './bed.js';
import { anOrg, createMany } from './producer.js';

export interface Sustained {
  readonly perSecond: number;
  /** Milliseconds of processor time an event: this process, the server. */
  readonly nodeCpu: number;
  readonly serverCpu: number;
}

const WARM_UP = isQuick ? 10 : 500;

export async function prepare(bed: Bed): Promise<void> {
  const commands = await bed.open();
  await bed.reset();
  await bed.consume();
  await bed.settled(await bed.producer.prepare(commands));
  await bed.admin.query('vacuum analyze');
  await bed.close();
}

/** From the first command to the commit of the last effect, producer and consumer at the same time. */
export async function sustained(bed: Bed, stage: Stage, events: number, report: Report): Promise<Sustained> {
  const commands = await bed.open();
  await bed.reset();
  await bed.consume();
  await bed.producer.change(commands, WARM_UP);
  await bed.settled(WARM_UP);
  await bed.reset();
  const [changes, cpu, serverCpu] = [await bed.changes(), process.cpuUsage(), stage.serverCpu()];
  const start = Date.now();
  await bed.producer.change(commands, events);
  const { lastCommitMs } = await bed.settled(events);
  const used = process.cpuUsage(cpu);
  const usedByServer = stage.serverCpu() - serverCpu;
  await checked(bed, events, changes + events, report);
  await bed.close();
  return { perSecond: (events * 1_000) / (lastCommitMs - start), nodeCpu: (used.user + used.system) / 1_000 / events, serverCpu: (usedByServer * 1_000) / events };
}

/** Everything is queued before the consumer starts. */
export async function drained(bed: Bed, events: number, report: Report): Promise<number> {
  const commands = await bed.open();
  await bed.reset();
  const before = await bed.changes();
  for (let left = events, n = 0; left > 0; left -= 500, n += 1) await createMany(commands, anOrg(n), Math.min(500, left));
  await bed.ready();
  const start = Date.now();
  await bed.consume();
  const { lastCommitMs } = await bed.settled(events);
  await checked(bed, events, before + events, report);
  await bed.close();
  return (events * 1_000) / (lastCommitMs - start);
}

async function checked(bed: Bed, events: number, changes: number, report: Report): Promise<void> {
  // What would be applied a second time comes soon after.
  await pause(50);
  const { rows, distinct } = await bed.effects();
  report.check(`${bed.name}: effects`, rows, events);
  report.check(`${bed.name}: distinct effects`, distinct, events);
  report.check(`${bed.name}: changes in the rows`, await bed.changes(), changes);
  report.check(`${bed.name}: parked`, await bed.parked(), 0);
}

export interface Latency {
  readonly p50: number;
  readonly p99: number;
}

/** Open loop: from before BEGIN to the commit of the effect, by the wall clock that both sides share. */
export async function latency(bed: Bed, events: number, report: Report): Promise<Latency> {
  const commands = await bed.open();
  await bed.reset();
  await bed.consume();
  await bed.producer.change(commands, WARM_UP);
  await bed.settled(WARM_UP);
  await bed.reset();
  const changes = await bed.changes();
  const begun = await bed.producer.openLoop(commands, events, 200, wallClock());
  await bed.settled(events);
  await checked(bed, events, changes + events, report);
  const { rows } = await bed.admin.query<{ name: string; commanded: number; applied: number }>(
    `select e.key || ' ' || e.sequence as name, extract(epoch from pg_xact_commit_timestamp(e.xmin))::float8 * 1000 applied, extract(epoch from pg_xact_commit_timestamp(a.xmin))::float8 * 1000 commanded
     from effects e join audit a on a.org = e.org and a.aggregate_id = e.key and a.version = e.sequence`,
  );
  await bed.close();
  const since = (moment: 'applied' | 'commanded'): number[] => rows.map((row) => row[moment] - (begun.get(row.name) ?? NaN));
  report.check(`${bed.name}: events with both moments`, since('applied').filter((ms) => Number.isFinite(ms)).length, events);
  report.check(`${bed.name}: the clocks agree (median time to commit is not negative)`, quantile(since('commanded'), 0.5) > 0, true);
  return { p50: quantile(since('applied'), 0.5), p99: quantile(since('applied'), 0.99) };
}

/** The wall clock with fractions of a millisecond: the monotonic one drifts from it within minutes, so it is set anew for each use. */
function wallClock(): () => number {
  let tick = Date.now();
  const before = tick;
  while (tick === before) tick = Date.now();
  const offset = tick - performance.now();
  return () => offset + performance.now();
}

const WINDOWS = 8;

/** Share of a core that this process uses while nothing happens: of 8 windows the median, because V8 once tidies up after the load (also in the thread that loads the sources). */
export async function idleShare(bed: Bed, seconds: number): Promise<number> {
  await bed.open();
  await bed.consume();
  await pause(isQuick ? 0 : 2_000);
  const shares: number[] = [];
  for (let window = 0; window < WINDOWS; window += 1) {
    const cpu = process.cpuUsage();
    await pause((seconds * 1_000) / WINDOWS);
    const { user, system } = process.cpuUsage(cpu);
    shares.push((user + system) / 1e6 / (seconds / WINDOWS));
  }
  await bed.close();
  return median(shares);
}
