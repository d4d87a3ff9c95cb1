// A log of its own for a test file: database and roles on the server of the jest run.
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { ConformanceSubject, Writer } from '../conformance/subject.js';
import type { EventLog, LogEvent } from '../port.js';
import { APPEND, appendValues } from './append.js';
import { installLog } from './install-log.js';
import { postgresLog, SETTINGS } from './postgres-log.js';

interface Server {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

export interface LogDatabase {
  readonly server: Server;
  readonly name: string;
  readonly ownerUrl: string;
  readonly appRole: string;
  readonly appUrl: string;
  /** As superuser, in the log's database. */
  query(sql: string, values?: unknown[]): Promise<pg.QueryResult>;
  drop(): Promise<void>;
}

export async function logDatabase(): Promise<LogDatabase> {
  const server = JSON.parse(process.env['TANDEM_TEST_PG'] ?? 'null') as Server | null;
  if (!server) throw new Error('TANDEM_TEST_PG is not set: jest.config.mjs starts the server for its projects db, e2e and fault');
  const name = `log_${randomBytes(5).toString('hex')}`;
  const [owner, app] = [`${name}_owner`, `${name}_app`];
  const superuser = await connected(server, 'postgres');
  for (const role of [owner, app]) await superuser.query(`create role ${role} login password '${role}'`);
  await superuser.query(`create database ${name} owner ${owner}`);
  const inside = await connected(server, name);
  const url = (role: string): string => `postgres://${role}:${role}@${server.host}:${server.port}/${name}`;
  return {
    server,
    name,
    ownerUrl: url(owner),
    appRole: app,
    appUrl: url(app),
    query: (sql, values) => inside.query(sql, values),
    async drop() {
      await inside.end();
      await superuser.query(`drop database ${name} with (force)`);
      await superuser.query(`drop role ${owner}, ${app}`);
      await superuser.end();
    },
  };
}

export async function installedLog(): Promise<LogDatabase> {
  const database = await logDatabase();
  await installLog(database.ownerUrl, { appRole: database.appRole });
  return database;
}

export async function postgresSubject(): Promise<ConformanceSubject> {
  const database = await installedLog();
  return {
    open: () => open(database.appUrl),
    child: { module: new URL(import.meta.url), argument: database.appUrl },
    lateWriter: (delay) => lateWriter(database.appUrl, delay),
    holdForeignTransaction: () => foreignTransaction(database.server),
    dispose: () => database.drop(),
  };
}

/** Called in the child process of the suite, too. */
export function open(url: string): Promise<EventLog> {
  return Promise.resolve(postgresLog({ url }));
}

/** Holds each append open for a while before its commit. */
async function lateWriter(url: string, delay: () => number): Promise<Writer> {
  const client = new pg.Client({ connectionString: url, options: SETTINGS });
  await client.connect();
  const { rows } = await client.query<{ topic: string; partitions: number }>('select topic, partitions from topics');
  const partitions = new Map(rows.map((row) => [row.topic, row.partitions]));
  return {
    async publish(events: readonly LogEvent[]) {
      await client.query('begin');
      await client.query(APPEND, appendValues(events, partitions));
      await new Promise((resolve) => setTimeout(resolve, delay()));
      await client.query('commit');
    },
    close: () => client.end(),
  };
}

async function foreignTransaction(server: Server): Promise<() => Promise<boolean>> {
  const client = await connected(server, 'postgres');
  await client.query('begin isolation level repeatable read; create temp table held as select txid_current()');
  let isOpen = true;
  return async () => {
    const wasOpen = isOpen && (await client.query('select from held')).rowCount === 1;
    if (isOpen) await client.end();
    isOpen = false;
    return wasOpen;
  };
}

async function connected(server: Server, database: string): Promise<pg.Client> {
  const client = new pg.Client({ ...server, database });
  await client.connect();
  return client;
}
