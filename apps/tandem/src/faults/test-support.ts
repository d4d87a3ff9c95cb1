// A whole Tandem as a process of its own, to be killed: started from the build, driven over GraphQL, looked into as superuser afterwards.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Role } from '@tandem/contracts';
import pg from 'pg';
import { Session } from '../commands/client.js';

const app = join(import.meta.dirname, '../..');
const root = join(app, '../..');

/** Compiles what is not current; the killed process must be ours alone, without a wrapper. */
export function build(): void {
  execFileSync(process.execPath, [join(root, 'node_modules/typescript-7/bin/tsc'), '-b', app], { cwd: root, stdio: 'inherit' });
}

export function newHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'tandem-fault-'));
  chmodSync(home, 0o711);
  return home;
}

export interface TandemProcess {
  readonly url: string;
  readonly pid: number;
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  kill(signal: NodeJS.Signals): void;
  as(role: Role, org: string): Promise<Session>;
  /** Everything it has said. */
  output(): string;
}

/** Resolves when it says that it is ready; rejects with what it said when it ends before. */
export function startProcess(home: string, env: Record<string, string> = {}): Promise<TandemProcess> {
  const child = spawn(process.execPath, [join(app, 'dist/main.js'), 'start'], {
    cwd: root,
    env: { ...process.env, PORT: '0', TANDEM_HOME: home, TANDEM_SEED: 'organisations', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return ready(child, home);
}

function ready(child: ChildProcess, home: string): Promise<TandemProcess> {
  let said = '';
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => child.on('exit', (code, signal) => resolve({ code, signal })));
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`not ready after 60 s: ${said}`));
    }, 60_000);
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const url = /Ready on (\S+)/.exec(said)?.[1];
      if (!url) return;
      clearTimeout(timer);
      resolve({ url, pid: child.pid ?? 0, exited, kill: (signal) => void child.kill(signal), as: (role, org) => Session.as(url, home, role, org), output: () => said });
    });
    void exited.then(({ code, signal }) => {
      clearTimeout(timer);
      reject(new Error(`ended with ${code ?? signal} before it was ready: ${said}`));
    });
  });
}

/** The superuser's eye on a running home, below every policy. */
export function superuser(home: string, database: string): pg.Pool {
  const port = Number(readFileSync(join(home, 'postgres/postmaster.pid'), 'utf8').split('\n')[3]);
  const password = readFileSync(join(home, 'secrets/postgres-superuser'), 'utf8').trim();
  const pool = new pg.Pool({ host: '127.0.0.1', port, user: 'postgres', password, database, max: 2, allowExitOnIdle: true });
  pool.on('error', () => undefined);
  return pool;
}

export function removeHome(home: string): void {
  rmSync(home, { recursive: true, force: true });
}
