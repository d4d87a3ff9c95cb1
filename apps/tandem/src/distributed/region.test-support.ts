// The distributed profile on this machine: each part a process of its own, started from the build, over a PostgreSQL of its own and the brokers
// of the jest run. Topics carry a prefix of this region, so that regions share the brokers.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Role } from '@tandem/contracts';
import { startPostgres, type EmbeddedServer } from '@tandem/embedded-postgres';
import { until } from '@tandem/test-kit';
import pg from 'pg';
import { Session } from '../commands/client.js';
import { newHome, removeHome } from '../faults/test-support.js';

const app = join(import.meta.dirname, '../..');
const main = join(app, 'dist/main.js');
export const services = ['identity', 'demand', 'programs', 'placement', 'outcomes'] as const;

export interface Part {
  readonly name: string;
  readonly url: string;
  readonly child: ChildProcess;
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** Everything it has said. */
  output(): string;
}

export interface Region {
  readonly home: string;
  readonly prefix: string;
  readonly brokers: string;
  readonly parts: Map<string, Part>;
  /** Where each service answers gRPC. */
  readonly ports: Readonly<Record<string, number>>;
  readonly url: string;
  as(role: Role, org: string): Promise<Session>;
  /** Starts a part, or a further instance of it under another name. */
  start(part: string, env?: Readonly<Record<string, string>>, as?: string): Promise<Part>;
  /** A command of `tandem`, with the settings of a job; on another home than the region's with `commandAt`. */
  command(...args: readonly string[]): string;
  commandAt(home: string, ...args: readonly string[]): string;
  /** Below every policy. */
  superuser(service: string): pg.Pool;
  /** Of a region with a PostgreSQL of its own: kill -9, and again on the same data and port. */
  killPostgres(): Promise<void>;
  startPostgres(): Promise<void>;
  stop(): Promise<void>;
}

/** A PostgreSQL of this region alone, or of the jest run's container. */
export type Server = Pick<EmbeddedServer, 'host' | 'port' | 'superuser' | 'password' | 'stop'>;

/** The container's server, emptied of the region before: names of databases and roles are the same in each. */
async function ofContainer(): Promise<Server | null> {
  const named = process.env['TANDEM_TEST_PG_CONTAINER'];
  if (!named) return null;
  const server = JSON.parse(named) as Omit<Server, 'stop'>;
  // The image's server is there once for its own initialisation, and then to stay.
  const client = await until(async () => {
    const one = new pg.Client({ host: server.host, port: server.port, user: server.superuser, password: server.password, database: 'postgres' });
    await one.connect();
    return one;
  }, { what: 'the container’s PostgreSQL', deadlineMs: 60_000 });
  for (const service of services) await client.query(`drop database if exists tandem_${service} with (force)`);
  await client.end();
  return { ...server, stop: () => Promise.resolve() };
}

export function brokers(): string {
  const named = process.env['TANDEM_TEST_KAFKA'];
  if (!named) throw new Error('TANDEM_TEST_KAFKA is not set: npm run test:distributed starts a broker, or takes the one that it names');
  return named;
}

export interface Around {
  /** Brokers of its own, to be killed. */
  readonly brokers?: string;
  /** With its secrets and keys, of a system that moves. */
  readonly home?: string;
  /** Not the container's server, which a test must not kill. */
  readonly ownPostgres?: boolean;
}

/** Databases and topics are there; nothing runs yet. */
export async function emptyRegion({ brokers: addresses = brokers(), ownPostgres = false, home: given }: Around = {}): Promise<Region> {
  const own = newHome();
  const home = given ?? own;
  const prefix = `r${randomBytes(4).toString('hex')}.`;
  const place = { dataDir: join(own, 'server'), secretsDir: join(own, 'server-secrets'), log: () => undefined };
  const server = (ownPostgres ? null : await ofContainer()) ?? (await startPostgres(place));
  const running = { server };
  const kafka = { TANDEM_KAFKA: addresses, TANDEM_KAFKA_PREFIX: prefix };
  const postgres = { TANDEM_PG_HOST: server.host, TANDEM_PG_PORT: String(server.port) };
  const job = { ...kafka, ...postgres, TANDEM_HOME: home, TANDEM_PG_ADMIN_PASSWORD: server.password };
  const grpc = Object.fromEntries(await Promise.all(services.map(async (name) => [name, await freePort()] as const)));
  const parts = new Map<string, Part>();
  const pools: pg.Pool[] = [];
  const commandAt = (at: string, ...args: readonly string[]): string => execFileSync(process.execPath, [main, ...args], { env: environment({ ...job, TANDEM_HOME: at }), encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const command = (...args: readonly string[]): string => commandAt(home, ...args);
  command('secrets', 'export', join(home, 'deployed'));
  command('databases', 'apply');
  command('topics', 'apply');
  return {
    home,
    prefix,
    brokers: addresses,
    parts,
    ports: grpc,
    command,
    commandAt,
    get url() {
      return parts.get('gateway')?.url ?? '';
    },
    as: (role, org) => Session.as(parts.get('gateway')?.url ?? '', home, role, org),
    start: async (part, env = {}, as = part) => {
      const started = await startPart(part, as, environment({ ...(await settingsOf({ home, kafka, postgres, grpc }, part, as)), ...env }));
      parts.set(as, started);
      return started;
    },
    superuser: (service) => {
      const pool = new pg.Pool({ host: server.host, port: server.port, user: server.superuser, password: server.password, database: `tandem_${service}`, max: 2, allowExitOnIdle: true });
      pool.on('error', () => undefined);
      pools.push(pool);
      return pool;
    },
    killPostgres: async () => {
      process.kill(Number(readFileSync(join(place.dataDir, 'postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL');
      await running.server.stop().catch(() => undefined);
    },
    startPostgres: async () => {
      running.server = await startPostgres({ ...place, port: server.port });
    },
    stop: async () => {
      await Promise.all([...parts.values()].map(stopPart));
      await Promise.all(pools.map((pool) => pool.end().catch(() => undefined)));
      await running.server.stop();
      removeHome(own);
    },
  };
}

interface Places {
  readonly home: string;
  readonly kafka: Readonly<Record<string, string>>;
  readonly postgres: Readonly<Record<string, string>>;
  readonly grpc: Readonly<Record<string, number>>;
}

/** What a part is told; the first instance of a service listens where the gateway looks for it. */
async function settingsOf({ home, kafka, postgres, grpc }: Places, part: string, instance: string): Promise<Record<string, string>> {
  const secret = (name: string): string => join(home, 'deployed', part, name);
  const all = { ...kafka, PORT: '0', TANDEM_LOG_LEVEL: 'warn' };
  if (part === 'gateway') {
    const places = services.map((name) => `${name}=127.0.0.1:${grpc[name]}`).join(',');
    return { ...all, TANDEM_SERVICES: places, TANDEM_TOKEN_KEY_FILE: secret('token_key'), TANDEM_LOCAL_PUBLIC_KEY_FILE: secret('local_public_key') };
  }
  return {
    ...all,
    ...postgres,
    TANDEM_GRPC_PORT: String(instance === part ? grpc[part] : await freePort()),
    TANDEM_KEYS: join(home, 'keys'),
    TANDEM_PG_APP_PASSWORD_FILE: secret('pg_app_password'),
    TANDEM_PG_RELAY_PASSWORD_FILE: secret('pg_relay_password'),
    TANDEM_TOKEN_PUBLIC_KEY_FILE: secret('token_public_key'),
  };
}

/** All six parts run and are ready. */
export async function runningRegion(around: Around = {}): Promise<Region> {
  const region = await emptyRegion(around);
  await Promise.all([...services, 'gateway'].map((part) => region.start(part)));
  await isReady(region.url);
  return region;
}

/** Until /readyz says so. */
export async function isReady(url: string, deadlineMs = 60_000): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    const response = await fetch(`${url}/readyz`).catch(() => null);
    if (response?.status === 200) return;
    if (performance.now() > deadline) throw new Error(`${url} is not ready after ${deadlineMs} ms: ${(await response?.text()) ?? 'no answer'}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

export async function stopPart({ child, exited }: Part): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 20_000);
  await exited;
  clearTimeout(late);
}

function environment(settings: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const others = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TANDEM_') && name !== 'PORT'));
  return { ...others, ...settings, NODE_OPTIONS: '' };
}

async function startPart(part: string, name: string, env: NodeJS.ProcessEnv): Promise<Part> {
  const child = spawn(process.execPath, [main, 'start', part], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => child.on('exit', (code, signal) => resolve({ code, signal })));
  const url = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${name} is not ready after 60 s: ${said}`)), 60_000);
    const look = (): void => {
      const ready = /is ready on (\S+)/.exec(said)?.[1];
      if (!ready) return;
      clearTimeout(timer);
      resolve(ready);
    };
    child.stderr.on('data', look);
    void exited.then(({ code, signal }) => {
      clearTimeout(timer);
      reject(new Error(`${name} ended with ${code ?? signal} before it was ready: ${said}`));
    });
  });
  return { name, url, child, exited, output: () => said };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
