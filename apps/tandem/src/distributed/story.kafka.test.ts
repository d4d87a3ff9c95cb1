// The same services, one process each, over Kafka: the story is told and its totals agree.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { until } from '@tandem/test-kit';
import { build } from '../faults/test-support.js';
import { tellStory } from '../story/story.js';
import { disagreements } from '../story/totals.js';
import { kafkaEye } from './kafka-eye.test-support.js';
import { runningRegion, services, stopPart, type Region } from './region.test-support.js';
import { isDeep } from './stage.test-support.js';

let region: Region;

beforeAll(async () => {
  build();
  region = await runningRegion();
}, 180_000);
afterAll(async () => {
  const resident = [...(region?.parts ?? [])].map(([name, { child }]) => `${name} ${/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? '?'} kB`);
  process.stderr.write(`resident after the stories: ${resident.join(', ')}\n`);
  await region?.stop();
}, 60_000);

it('tells the story of 60 students, and all totals agree', async () => {
  const story = await tellStory({ url: region.url, home: region.home, students: 60, onStep: () => undefined });
  expect(disagreements(story.totals)).toEqual([]);
  expect(story.totals).toMatchObject({ parked: 0 });
}, 180_000);

/** Of the story that every service is restarted in; the deep tier tells the whole one. */
const students = isDeep ? 1_200 : 60;

it('goes on through a rolling restart of every service', async () => {
  const restarted: string[] = [];
  let isTold = false;
  const restarting = (async () => {
    for (const service of services) {
      if (isTold) return;
      await stopPart(region.parts.get(service)!);
      await region.start(service);
      restarted.push(service);
    }
  })();
  const story = await tellStory({ url: region.url, home: region.home, students, onStep: () => undefined });
  isTold = true;
  await restarting;
  expect(restarted).toEqual(services);
  expect(disagreements(story.totals)).toEqual([]);
  expect(story.totals).toMatchObject({ parked: 0 });
}, 600_000);

it('can be followed by a consumer outside Tandem, which applies each event once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-example-'));
  const state = join(folder, 'positions.json');
  const first = await follow('first', state);
  const expected = await region.superuser('demand').query<{ region: string; n: number }>(`select region, count(*)::int n from positions where state = 'published' group by 1`);
  expect(first.byRegion).toEqual(Object.fromEntries(expected.rows.map(({ region: at, n }) => [at, n])));
  // Another group begins at the beginning of the topic and finds everything applied.
  const second = await follow('second', state);
  expect([second.delivered, second.applied, second.byRegion]).toEqual([first.delivered, 0, first.byRegion]);
  rmSync(folder, { recursive: true });
}, 60_000);

interface Followed {
  delivered: number;
  applied: number;
  byRegion: Record<string, number>;
}

/** Runs the example until it has been given the whole topic. */
async function follow(group: string, state: string): Promise<Followed> {
  const eye = kafkaEye(region);
  const goal = (await eye.all(['tandem.demand.position'])).length;
  await eye.close();
  const env = { ...process.env, NODE_OPTIONS: '', KAFKA: region.brokers, TOPIC: `${region.prefix}tandem.demand.position`, GROUP: `${region.prefix}${group}`, STATE: state };
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../../../examples/consumer/consumer.mjs')], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const lines = (): Followed[] => said.split('\n').filter(Boolean).map((line) => JSON.parse(line) as Followed);
  const sum = (of: (line: Followed) => number): number => lines().reduce((total, line) => total + of(line), 0);
  await until(() => sum(({ delivered }) => delivered) >= goal, { what: 'the example to be given everything', deadlineMs: 30_000 });
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
  return { delivered: sum(({ delivered }) => delivered), applied: sum(({ applied }) => applied), byRegion: lines().at(-1)?.byRegion ?? {} };
}
