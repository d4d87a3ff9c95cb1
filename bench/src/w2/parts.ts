// Where the time of one event goes when nothing runs beside it: command, relay, log, effect, then the next command.
import pg from 'pg';
import type { Commands } from '@tandem/service-kit';
import { isQuick, median, short, table } from '../report.js';
import type { TandemBed } from './tandem.js';

const EVENTS = isQuick ? 10 : 500;

// What each statement is for, by who runs it and what it names. The first that fits.
const GROUPS = `case
  when rolname = 'log_app' then 'SQL of the log (append, read)'
  when rolname = 'bench_relay' then 'SQL of the relay (select, delete)'
  when query ~ 'insert into outbox|from seats|from idempotency' then 'SQL of the command'
  when query ~ 'inbox|progress|held|positions_of_consumers|effects|app.consumer' then 'SQL of the consumer (inbox, order, effect, position)'
  else 'begin, set_config, commit without its writing' end`;

export async function partsOfAnEvent(bed: TandemBed): Promise<void> {
  await timing(bed, true);
  const commands = await bed.open();
  await bed.reset();
  await bed.consume();
  for (let n = 0; n < EVENTS / 5; n += 1) await whole(bed, commands);
  const ping = await roundTrip(bed);
  const trips = countTrips();
  await bed.admin.query(`select pg_stat_statements_reset(), pg_stat_reset_shared('io')`);
  const [cpu, start] = [process.cpuUsage(), performance.now()];
  for (let n = 0; n < EVENTS; n += 1) await whole(bed, commands);
  const wall = (performance.now() - start) / EVENTS;
  const { user, system } = process.cpuUsage(cpu);
  const perEvent = trips.stop() / EVENTS;
  await bed.close();
  const parts: (readonly [string, number])[] = [
    ...(await onTheServer(bed)),
    ['JavaScript (processor time of the process)', (user + system) / 1_000 / EVENTS],
    [`round trips (${perEvent.toFixed(1)} of ${short(ping)} ms)`, perEvent * ping],
  ];
  await timing(bed, false);
  const rest = wall - parts.reduce((sum, [, ms]) => sum + ms, 0);
  console.log(`\nms per event, one at a time (${EVENTS} events; from the command to its effect being known in this process)`);
  table(['part', 'ms', '%'], [...parts, ['idle, scheduling (the rest; negative where parts overlap)', rest] as const, ['wall', wall] as const].map(([name, ms]) => [name, ms.toFixed(3), ((ms / wall) * 100).toFixed(0)]));
}

/** The server's own timing, off while systems are compared. */
export async function timing(bed: Pick<TandemBed, 'admin'>, on: boolean): Promise<void> {
  await bed.admin.query(`alter system set pg_stat_statements.track = '${on ? 'top' : 'none'}'`);
  for (const name of ['pg_stat_statements.track_planning', 'track_wal_io_timing']) await bed.admin.query(`alter system set ${name} = ${on ? 'on' : 'off'}`);
  await bed.admin.query('select pg_reload_conf()');
}

/** Resolves when the consumer's commit is known in this process, without asking the database. */
async function whole(bed: TandemBed, commands: Commands): Promise<void> {
  const { id, version } = await bed.producer.one(commands);
  const isApplied = await bed.service?.applied.past([{ topic: 'tandem.demand.position', id, sequence: version }], 5_000);
  if (!isApplied) throw new Error('an event was not applied within 5 s');
}

/** Milliseconds an event: statements by what they are for, and the writing of the server's log at commits, which no statement's time holds. */
async function onTheServer(bed: TandemBed): Promise<(readonly [string, number])[]> {
  const statements = await bed.admin.query<{ part: string; ms: number }>(
    `select ${GROUPS} as part, sum(total_exec_time + total_plan_time)::float8 ms from pg_stat_statements s join pg_roles r on r.oid = s.userid
     where rolname in ('bench_app', 'bench_relay', 'log_app') and toplevel group by 1 order by 1`,
  );
  const written = await bed.admin.query<{ ms: number }>(`select coalesce(sum(write_time + fsync_time), 0)::float8 ms from pg_stat_io where object = 'wal' and backend_type = 'client backend'`);
  return [...statements.rows.map(({ part, ms }) => [part, ms / EVENTS] as const), ['writing the log of the server at commits', (written.rows[0]?.ms ?? 0) / EVENTS]];
}

/** A statement that does nothing, there and back. */
async function roundTrip(bed: TandemBed): Promise<number> {
  const client = await bed.admin.connect();
  const times: number[] = [];
  for (let n = 0; n < 200; n += 1) {
    const start = performance.now();
    await client.query({ name: 'nothing', text: 'select 1' });
    times.push(performance.now() - start);
  }
  client.release();
  return median(times);
}

type Query = (this: pg.Client, ...args: unknown[]) => unknown;

/** Counts how often a connection with nothing under way is asked something: statements sent together are one trip. */
function countTrips(): { stop(): number } {
  const prototype = pg.Client.prototype as unknown as { query: Query };
  const original = prototype.query;
  const underWay = new WeakMap<pg.Client, number>();
  let trips = 0;
  prototype.query = function query(...args) {
    const pending = underWay.get(this) ?? 0;
    if (pending === 0) trips += 1;
    const result = original.apply(this, args);
    if (result instanceof Promise) {
      underWay.set(this, pending + 1);
      const done = (): void => void underWay.set(this, (underWay.get(this) ?? 1) - 1);
      result.then(done, done);
    }
    return result;
  };
  return {
    stop: () => {
      prototype.query = original;
      return trips;
    },
  };
}
