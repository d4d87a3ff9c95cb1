// Runs in a process of its own, see crash.ts.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { EventLog } from '../port.js';
import type { Life } from './crash.js';

const life = JSON.parse(process.argv[2] ?? '') as Life;
const { open } = (await import(life.module)) as { open: (argument: string) => Promise<EventLog> };
const log = await open(life.argument);
const positions = new Map(existsSync(life.positions) ? (JSON.parse(readFileSync(life.positions, 'utf8')) as [number, string][]).map(([partition, at]) => [partition, BigInt(at)]) : []);
const effects = new Set<string>();

log.consume({
  group: 'conformance.crash',
  topic: life.topic,
  from: 'beginning',
  maxBatch: life.maxBatch,
  positions: () => Promise.resolve(positions),
  handle: async ({ events, advance }) => {
    for (const { id } of events) appendFileSync(life.effects, `${id}\n`);
    for (const { id } of events) effects.add(id);
    process.send?.('written');
    if (life.stopAt !== null && effects.size >= life.stopAt) await new Promise(() => undefined);
    for (const [partition, position] of advance) positions.set(partition, position);
    writeFileSync(life.positions, JSON.stringify([...positions].map(([partition, position]) => [partition, String(position)])));
  },
});
