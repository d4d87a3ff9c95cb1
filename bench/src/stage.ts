// What every bench stands on: a server of its own in a temporary folder, databases of services in it, and the machine's load beside the figures.
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { catalogue, topicOf, type AggregateName } from '@tandem/contracts';
import { startPostgres, type EmbeddedServer } from '@tandem/embedded-postgres';
import { installLog, postgresLog, type EventLog } from '@tandem/event-log';
import { connection, installDatabase, newPasswords, type DatabaseAccess, type RoleKind } from '@tandem/persistence';
import pg from 'pg';

export class Stage {
  private readonly passwords = newPasswords();
  private readonly pools: pg.Pool[] = [];

  private constructor(
    readonly folder: string,
    readonly server: EmbeddedServer,
  ) {}

  /** Runs the work on a fresh server and removes everything afterwards. */
  static async with(work: (stage: Stage) => Promise<void>, settings: Record<string, string | number> = {}): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), 'tandem-bench-'));
    // The server may run as another user than this process: it must pass through.
    chmodSync(folder, 0o711);
    try {
      const server = await startPostgres({ dataDir: join(folder, 'postgres'), settings });
      try {
        const stage = new Stage(folder, server);
        await work(stage);
        await Promise.all(stage.pools.map((pool) => pool.end()));
      } finally {
        await server.stop();
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Superuser sessions, for setting up and for checking; row security does not hold for them. */
  admin(database: string, max = 2): pg.Pool {
    const { host, port, superuser: user, password } = this.server;
    const pool = new pg.Pool({ host, port, user, password, database, max });
    pool.on('error', () => undefined);
    this.pools.push(pool);
    return pool;
  }

  /** A database with the four roles of a service; several databases may belong to the roles of one. */
  async database(name: string, service: string): Promise<DatabaseAccess> {
    const access: DatabaseAccess = { host: this.server.host, port: this.server.port, database: name, service, passwords: this.passwords };
    const { host, port, superuser: user, password } = this.server;
    const client = new pg.Client({ host, port, user, password, database: 'postgres' });
    await client.connect();
    try {
      await installDatabase(client, access);
    } finally {
      await client.end();
    }
    return access;
  }

  /** An event log in a database of its own with every topic of the catalogue. */
  async log(name: string): Promise<EventLog> {
    const access = await this.database(name, 'log');
    await installLog(urlOf(access, 'owner'), { appRole: 'log_app' });
    const log = postgresLog({ url: urlOf(access, 'app') });
    await log.ensureTopics(Object.keys(catalogue).map((aggregate) => topicOf(aggregate as AggregateName)));
    return log;
  }

  /** Seconds of processor time that the server's processes have used so far, those that ended included. */
  serverCpu(): number {
    return cpuSeconds(this.server.pid) + childrenOf(this.server.pid).reduce((sum, pid) => sum + cpuSeconds(pid, false), 0);
  }
}

export function urlOf(access: DatabaseAccess, kind: RoleKind): string {
  const { host, port, database, user, password } = connection(access, kind);
  return `postgres://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`;
}

export function childrenOf(parent: number): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number);
  return pids.filter((pid) => statOf(pid)?.[1] === String(parent));
}

/** Kilobytes by name (`VmRSS`, ...) of a process; 0 when it is gone. */
export function memoryKb(pid: number, name: string, file = 'status'): number {
  try {
    return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/${file}`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

const TICKS_PER_SECOND = 100;

/** With what its ended children used, unless told. */
export function cpuSeconds(pid: number, withEnded = true): number {
  const fields = statOf(pid);
  if (!fields) return 0;
  // After "pid (name)": state is 0, utime 11, stime 12, cutime 13, cstime 14.
  return fields.slice(11, withEnded ? 15 : 13).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_PER_SECOND;
}

function statOf(pid: number): string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

export function loadNow(): string {
  return loadavg().map((load) => load.toFixed(2)).join(' ');
}

/** Waits for what must become true; throws at the deadline. */
export async function until(check: () => Promise<boolean> | boolean, what: string, deadlineMs = 120_000): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  while (!(await check())) {
    if (performance.now() > deadline) throw new Error(`waited ${deadlineMs} ms for ${what}`);
    await pause(10);
  }
}
