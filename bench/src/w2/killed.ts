// W2 under kill -9: the process that commands, relays and consumes dies again and again; in the end every change has its effect, once.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { installLog } from '@tandem/event-log';
import { TenantDatabase } from '@tandem/persistence';
import type { Report } from '../report.js';
import { until, urlOf, type Stage } from '../stage.js';
import { commandsOver, serviceDatabase } from './bed.js';
import type { Life } from './life.js';
import { Producer } from './producer.js';

interface Found {
  readonly changes: number;
  readonly effects: number;
  readonly distinct: number;
  readonly outbox: number;
  readonly parked: number;
}

const FOUND = `select (select coalesce(sum(version), 0) from seats)::int changes, (select count(*) from effects)::int effects, (select count(distinct (key, sequence)) from effects)::int "distinct",
  (select count(*) from outbox)::int outbox, (select count(*) from held)::int parked`;

export async function killed(stage: Stage, kills: number, report: Report): Promise<void> {
  const { access, admin } = await serviceDatabase(stage, 'bench_killed');
  const log = await stage.database('log_killed', 'log');
  await installLog(urlOf(log, 'owner'), { appRole: 'log_app' });
  const database = new TenantDatabase(access);
  await new Producer().prepare(commandsOver(database));
  await database.close();
  const { rows: targets } = await admin.query<{ org: string; id: string }>('select org, id from seats');
  const life: Omit<Life, 'maxBatch' | 'works'> = { access, log: urlOf(log, 'app'), folder: join(stage.folder, 'killed'), targets };
  const found = async (): Promise<Found> => (await admin.query<Found>(FOUND)).rows[0] as Found;

  const { changes: begun } = await found();
  for (let n = 0; n < kills; n += 1) {
    const child = await born({ ...life, maxBatch: n % 2 === 0 ? 500 : 1, works: true });
    await pause(200 + Math.random() * 1_000);
    await died(child);
  }
  const before = await found();
  const last = await born({ ...life, maxBatch: 500, works: false });
  await until(async () => (await found()).effects >= before.changes, 'an effect of every change');
  await pause(200);
  const after = await found();
  await died(last);
  console.log(`${kills} kills: ${after.changes - begun} changes, ${before.changes - before.effects} of them without effect when the last process died`);
  report.check('killed: changes made', after.changes > begun, true);
  report.check('killed: effects', after.effects, after.changes);
  report.check('killed: distinct effects', after.distinct, after.changes);
  report.check('killed: left in the outbox', after.outbox, 0);
  report.check('killed: parked', after.parked, 0);
}

/** Resolves when it is at work. */
async function born(life: Life): Promise<ChildProcess> {
  const child = fork(new URL('life.ts', import.meta.url), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  child.send(life);
  const [said] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [unknown];
  if (said !== 'at work') throw new Error('the process to be killed did not start');
  return child;
}

async function died(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) throw new Error(`the process to be killed ended by itself with ${child.exitCode}`);
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
