// Moving house: from the embedded profile at rest to databases and topics of the distributed one. docs/operations.md walks through it.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { EventLog, LogEvent } from '@tandem/event-log';
import pg from 'pg';
import { from, to } from 'pg-copy-streams';
import { clientOf, runningServer, withServer } from './backup.js';
import { definitions } from './launch.js';

export class MoveRefusal extends Error {
  constructor(readonly code: 'move.still_running' | 'move.target_differs' | 'move.not_the_same', message: string) {
    super(message);
    this.name = 'MoveRefusal';
  }
}

export interface Target {
  readonly host: string;
  readonly port: number;
  readonly superuser: string;
  readonly password: string;
}
export interface MovedTable {
  readonly database: string;
  readonly table: string;
  readonly rows: number;
}
export interface MovedTopic {
  readonly topic: string;
  readonly events: number;
}

const PUBLISHED_AT_ONCE = 1_000;

/**
 * Copies every row of every service into databases that `tandem databases apply` has made, compares both sides, and publishes of each aggregate
 * the last event, with every event that some consumer has not passed yet. Repeated, it leaves alone what is there already.
 */
export async function move(home: string, target: Target, log: EventLog, onProgress: (step: string) => void): Promise<{ tables: MovedTable[]; topics: MovedTopic[] }> {
  if (await runningServer(home)) throw new MoveRefusal('move.still_running', `Tandem runs on ${home}: stop it first, or what it does from now on stays behind`);
  return withServer(home, async (source) => {
    const tables: MovedTable[] = [];
    const passed: Passed[] = [];
    for (const { name } of definitions) {
      onProgress(`Copying the database of ${name}`);
      const database = `tandem_${name}`;
      const pair = { source: clientOf(source, database), target: clientOf(target, database) };
      await Promise.all([pair.source.connect(), pair.target.connect()]);
      try {
        for (const { table, rows } of await moveDatabase(pair)) tables.push({ database, table, rows });
        passed.push(...(await pair.source.query<Passed>('select consumer, topic, partition, position from positions_of_consumers')).rows.map((row) => ({ ...row, consumer: `${name} ${row.consumer}` })));
      } finally {
        await Promise.all([pair.source.end(), pair.target.end()]);
      }
    }
    onProgress('Publishing the last state of each aggregate');
    const events = clientOf(source, 'tandem_log');
    await events.connect();
    try {
      return { tables, topics: await publish(events, passed, log, join(home, 'moved-topics')) };
    } finally {
      await events.end();
    }
  });
}

interface Pair {
  readonly source: pg.Client;
  readonly target: pg.Client;
}
interface Passed {
  readonly consumer: string;
  readonly topic: string;
  readonly partition: number;
  readonly position: string;
}

async function moveDatabase(pair: Pair): Promise<{ table: string; rows: number }[]> {
  const tables = await tablesOf(pair.source);
  // Keys to other tables and triggers were satisfied where the rows come from.
  for (const client of Object.values(pair) as pg.Client[]) await client.query(`set statement_timeout = 0; set idle_in_transaction_session_timeout = 0; set session_replication_role = replica; set timezone = 'UTC'`);
  await pair.target.query('begin');
  const moved = [];
  for (const table of tables) {
    const [here, there] = [await contentOf(pair.source, table), await contentOf(pair.target, table)];
    if (there.rows > 0 && there.hash !== here.hash) throw new MoveRefusal('move.target_differs', `table ${table} of the new database holds ${there.rows} other rows; move into databases as \`tandem databases apply\` makes them`);
    if (there.rows === 0 && here.rows > 0) await copy(pair, table);
    const after = await contentOf(pair.target, table);
    if (after.hash !== here.hash || after.rows !== here.rows) throw new MoveRefusal('move.not_the_same', `table ${table}: ${here.rows} rows here, ${after.rows} there, or not the same ones`);
    moved.push({ table, rows: here.rows });
  }
  await moveSequences(pair);
  await pair.target.query('commit');
  return moved;
}

/** Not the record of migrations: `databases apply` wrote the target's own. Partitions travel with their parent. */
async function tablesOf(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select relname name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition and relname <> 'migrations' order by 1`,
  );
  return rows.map(({ name }) => name);
}

/** Independent of the order of rows. */
async function contentOf(client: pg.Client, table: string): Promise<{ rows: number; hash: string }> {
  const columns = (await columnsOf(client, table)).join(', ');
  const { rows } = await client.query<{ rows: string; hash: string | null }>(`select count(*) rows, sum(hashtextextended((t)::text, 0)::numeric)::text hash from (select ${columns} from ${pg.escapeIdentifier(table)}) t`);
  return { rows: Number(rows[0]?.rows), hash: rows[0]?.hash ?? '' };
}

async function columnsOf(client: pg.Client, table: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select attname name from pg_attribute where attrelid = ('public.' || quote_ident($1))::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attname`,
    [table],
  );
  return rows.map(({ name }) => pg.escapeIdentifier(name));
}

async function copy({ source, target }: Pair, table: string): Promise<void> {
  const columns = (await columnsOf(source, table)).join(', ');
  const name = pg.escapeIdentifier(table);
  await pipeline(source.query(to(`copy (select ${columns} from ${name}) to stdout (format binary)`)), target.query(from(`copy ${name} (${columns}) from stdin (format binary)`)));
}

async function moveSequences({ source, target }: Pair): Promise<void> {
  const { rows } = await source.query<{ name: string; last: string | null }>(`select sequencename name, last_value last from pg_sequences where schemaname = 'public'`);
  for (const { name, last } of rows) if (last !== null) await target.query('select setval($1::regclass, $2)', [pg.escapeIdentifier(name), last]);
}

/** In the log's order, so that each key keeps its own. */
async function publish(source: pg.Client, passed: readonly Passed[], log: EventLog, memory: string): Promise<MovedTopic[]> {
  await source.query('set statement_timeout = 0');
  const topics = await source.query<{ topic: string; partitions: number }>('select topic, partitions from topics order by 1');
  const moved: MovedTopic[] = [];
  for (const { topic, partitions } of topics.rows) {
    const incarnation = (await log.look([topic])).get(topic)?.incarnation ?? '';
    // Cut off in the middle, a topic is published again: what is there twice is applied once.
    const mark = `${topic} ${incarnation}\n`;
    const isDone = existsSync(memory) && readFileSync(memory, 'utf8').includes(mark);
    const events = isDone ? [] : await wanted(source, topic, leastPassed(passed.filter((row) => row.topic === topic), partitions));
    for (let at = 0; at < events.length; at += PUBLISHED_AT_ONCE) await log.publish(events.slice(at, at + PUBLISHED_AT_ONCE));
    if (!isDone) appendFileSync(memory, mark);
    moved.push({ topic, events: events.length });
  }
  return moved;
}

/** The position up to which every consumer of the topic is done, by partition. */
function leastPassed(rows: readonly Passed[], partitions: number): bigint[] {
  const consumers = [...new Set(rows.map(({ consumer }) => consumer))];
  return Array.from({ length: partitions }, (_, partition) => {
    const positions = consumers.map((consumer) => BigInt(rows.find((row) => row.consumer === consumer && row.partition === partition)?.position ?? 0));
    return positions.reduce((least, position) => (position < least ? position : least), positions[0] ?? 0n);
  });
}

async function wanted(source: pg.Client, topic: string, least: readonly bigint[]): Promise<LogEvent[]> {
  const { rows } = await source.query<{ event_id: string; key: string; headers: Record<string, string>; payload: Buffer }>(
    `select event_id, key, headers, payload from (
       select *, row_number() over (partition by key order by partition, position desc) age from entries where topic = $1) e
     where age = 1 or position > ($2::bigint[])[partition + 1] order by partition, position`,
    [topic, least.map(String)],
  );
  return rows.map(({ event_id: id, key, headers, payload }) => ({ id, topic, key, headers, payload }));
}
