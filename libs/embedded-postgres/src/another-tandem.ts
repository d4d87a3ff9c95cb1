// For tests: a Tandem in a process of its own, so that it can be killed, and questions to the system about what it left behind.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { EmbeddedServer } from './server.js';
import type { StartOptions } from './start.js';

const ROOT = resolve(import.meta.dirname, '../../..');
const PROGRAM = `
import pg from 'pg';
import { startPostgres } from '@tandem/embedded-postgres';
const tell = (message) => process.send(message);
let server;
process.on('message', async (wish) => {
  if (wish === 'leave') process.exit(0);
  if (wish === 'throw') throw new Error('a defect');
  if (wish === 'write') {
    const client = new pg.Client({ ...server, user: server.superuser, database: 'postgres' });
    await client.connect();
    await client.query('create table if not exists entry (n int primary key)');
    for (let n = 1; ; n += 1) { await client.query('insert into entry values ($1)', [n]); tell({ acked: n }); }
  }
});
try {
  server = await startPostgres({ ...JSON.parse(process.argv[1]), onProgress: (step) => tell({ step }) });
  server.onExit((exit) => tell({ exit }));
  tell({ server });
} catch (error) {
  tell({ refusal: { code: error.code, message: error.message, details: error.details } });
}`;

export interface Told {
  readonly step?: string;
  readonly server?: EmbeddedServer;
  readonly refusal?: { code: string; message: string; details: Record<string, unknown> };
  readonly acked?: number;
  readonly exit?: unknown;
}

export interface AnotherTandem {
  readonly process: ChildProcess & { readonly pid: number };
  /** Everything that it has told so far, in order. */
  readonly told: readonly Told[];
  wish(what: 'leave' | 'throw' | 'write'): void;
  /** The first message that has `key`. */
  hears<K extends keyof Told>(key: K): Promise<NonNullable<Told[K]>>;
}

export function anotherTandem(options: StartOptions, identity: { uid?: number; gid?: number; env?: NodeJS.ProcessEnv } = {}): AnotherTandem {
  const { env, ...user } = identity;
  const told: Told[] = [];
  const args = ['--no-warnings', '--conditions=@tandem/source', '--import', '@swc-node/register/esm-register', '--input-type=module', '-e', PROGRAM, JSON.stringify(options)];
  const child = spawn(process.execPath, args, {
    ...user, cwd: ROOT, stdio: ['ignore', 'ignore', 'ignore', 'ipc'], env: { ...process.env, ...env, NODE_OPTIONS: '', SWC_NODE_PROJECT: 'tsconfig.base.json' },
  });
  if (child.pid === undefined) throw new Error('no process');
  child.on('message', (message: Told) => told.push(message));
  return {
    process: child as ChildProcess & { readonly pid: number },
    told,
    wish: (what) => void child.send(what),
    hears: (key) => until(`it to tell "${key}"`, () => told.find((message) => key in message)?.[key] ?? null),
  };
}

/** What `found` finds, as soon as it finds something. */
export async function until<T>(what: string, found: () => T | null | false, deadlineMs = 20_000): Promise<T> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    const value = found();
    if (value !== null && value !== false) return value;
    if (performance.now() > deadline) throw new Error(`waited ${deadlineMs} ms for ${what}`);
    await pause(10);
  }
}

/** The server's main process and `initdb`, known by the folder in their command line. */
export function serversOf(dataDir: string): number[] {
  return processesNaming(dataDir).filter(({ command }) => command.includes(' -D ')).map(({ pid }) => pid);
}

export function watchdogsOf(dataDir: string): number[] {
  return processesNaming(dataDir).filter(({ command }) => command.includes('watchdog.mjs')).map(({ pid }) => pid);
}

function processesNaming(folder: string): { pid: number; command: string }[] {
  const { stdout } = spawnSync('ps', ['-eo', 'pid=,stat=,command=', '-ww'], { encoding: 'utf8', env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8' } });
  const lines = stdout.split('\n').map((line) => /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line));
  return lines.flatMap((match) => {
    const [, pid = '', state = '', command = ''] = match ?? [];
    return command.includes(folder) && !state.startsWith('Z') ? [{ pid: Number(pid), command }] : [];
  });
}

export interface Place {
  readonly dataDir: string;
  readonly folder: string;
  readonly clear: () => void;
}

/** A place of its own that every user can reach, with a name that needs care; clearing it ends whatever still runs on it. */
export function aPlace(): Place {
  const folder = mkdtempSync(join(tmpdir(), 'tandem place 实习-'));
  chmodSync(folder, 0o755);
  return {
    dataDir: join(folder, 'database'),
    folder,
    clear: () => {
      for (const { pid } of processesNaming(folder)) process.kill(pid, 'SIGKILL');
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    },
  };
}

/** With the database and its password as they are: a first start costs more than everything else in most tests. */
export function copyOf(original: Place): Place {
  const place = aPlace();
  const { status } = spawnSync('cp', ['-a', `${original.folder}/.`, place.folder]);
  if (status !== 0) throw new Error(`cp ended with ${status}`);
  return place;
}

export async function ask<Row extends pg.QueryResultRow>(server: EmbeddedServer, sql: string): Promise<Row[]> {
  const client = new pg.Client({ host: server.host, port: server.port, user: server.superuser, password: server.password, database: 'postgres' });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}
