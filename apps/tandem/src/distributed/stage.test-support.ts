// A region of real processes that a test strikes under load, and the verdict after it has healed. A run counts only if it hit work in flight:
// operations without an answer, or events in hand or unsent.
import { randomInt } from 'node:crypto';
import { expect } from '@jest/globals';
import { startBrokers, type Brokers } from '@tandem/event-log/brokers';
import { until } from '@tandem/test-kit';
import { clean, perform, publishPositions, quiet, startLoad, table, WARM, type Load, type Result } from '../faults/load.test-support.js';
import { verdict } from '../faults/invariants.test-support.js';
import { build } from '../faults/test-support.js';
import { ensureSampleRegion, sample } from '../sample/region.js';
import { kafkaEye, type KafkaEye } from './kafka-eye.test-support.js';
import { runningRegion, type Region } from './region.test-support.js';

export const rounds = Number(process.env['TANDEM_TEST_FAULT_ROUNDS'] ?? 1);
export const isDeep = process.env['TANDEM_TEST_DEEP'] === 'on';
export const seed = Number(process.env['TANDEM_TEST_SEED'] ?? randomInt(1, 1_000_000));

/** The n-th passage at which a failpoint strikes. */
export const nth = (round: number, of: number): number => 5 + ((seed + round * 7) % of);

export class Stage {
  readonly results: Result[] = [];

  private constructor(
    readonly brokers: Brokers,
    readonly region: Region,
    readonly eye: KafkaEye,
    readonly positions: readonly string[],
  ) {}

  static async open(nodes: 1 | 3): Promise<Stage> {
    build();
    const brokers = await startBrokers(nodes);
    const region = await runningRegion({ brokers: brokers.addresses, ownPostgres: true });
    await ensureSampleRegion(await region.as('operator', 'OPERATOR'));
    return new Stage(brokers, region, kafkaEye(region), await publishPositions(region));
  }

  async close(): Promise<void> {
    process.stderr.write(`seed ${seed}${table(this.results)}`);
    await this.eye.close();
    await this.region.stop();
    await this.brokers.stop();
  }

  /** Milliseconds between two operations of a writer, for long faults. */
  async load(pauseMs = 0): Promise<Load> {
    return startLoad(await this.region.as('college_office', sample.collegeOne.code), this.positions, { pauseMs });
  }

  /** Until the load has had so many more answers. */
  async goesOn(load: Load, what: string, answers = WARM): Promise<void> {
    const before = load.operations.length;
    await until(() => load.operations.length > before + answers, { what, deadlineMs: 30_000 });
  }

  async unsent(): Promise<number> {
    const { rows } = await this.region.superuser('placement').query<{ n: number }>('select count(*)::int n from outbox');
    return rows[0]?.n ?? 0;
  }

  /**
   * Without a broker, for so long, commands are answered and their events wait. Returns how many waited; the load is over then.
   * `heal` brings the broker back.
   */
  async outage(load: Load, seconds: number, heal: () => Promise<void> | void): Promise<number> {
    const [back, before] = [performance.now() + seconds * 1_000, load.operations.length];
    await until(() => performance.now() > back, { what: 'the broker’s time to be over', deadlineMs: seconds * 1_000 + 5_000 });
    const answered = load.operations.slice(before).filter(({ outcome }) => outcome === 'acked');
    await load.stop();
    const waiting = await this.unsent();
    await heal();
    if (answered.length <= WARM) throw new Error(`only ${answered.length} commands were answered in ${seconds} s without a broker`);
    return waiting;
  }

  /** Events that came to a reaction again, of each service, consumer and partition, as the parts count them. */
  async redelivered(): Promise<ReadonlyMap<string, number>> {
    const pages = [...this.region.parts.values()].filter(({ name }) => name !== 'gateway').map(async ({ url }) => (await fetch(`${url}/metrics`)).text());
    const lines = (await Promise.all(pages)).flatMap((page) => page.split('\n')).filter((line) => line.startsWith('tandem_consumer_redelivered_events_total{'));
    return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]));
  }
}

/** One strike, and how much it hit: operations without an answer come to `inFlight`. */
export interface Struck {
  readonly fault: string;
  readonly round?: number;
  readonly load: Load;
  readonly inFlight: number;
  readonly redelivered?: number;
}

/** Healed: what is unknown is asked again under its own key, everything is quiet within 30 s, and nothing is lost or doubled. */
export async function judge({ region, eye, results }: Stage, { fault, round = 0, load: { operations }, inFlight, ...more }: Struck): Promise<void> {
  const college = await region.as('college_office', sample.collegeOne.code);
  const unknown = operations.filter(({ outcome }) => outcome === 'unknown');
  for (const operation of unknown) await until(() => perform(college, operation), { what: 'an unknown operation to be answered', deadlineMs: 30_000 });
  await quiet(region);
  const eyes = { demand: region.superuser('demand'), placement: region.superuser('placement'), log: eye.looked };
  const found = await verdict(eyes, operations);
  results.push({ fault, round, operations: operations.length, unknown: unknown.length + inFlight, ...found, ...more });
  expect(found).toEqual(clean);
  expect(unknown.length + inFlight).toBeGreaterThan(0);
}
