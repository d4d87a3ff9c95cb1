// W6 and W7: from process start to the first answer with data through gateway, gRPC and database, and what the process keeps in memory when idle.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startPostgres } from '@tandem/embedded-postgres';
import { localToken } from '@tandem/gateway';
import { isQuick, numberOption, Report, spread, table } from './report.js';
import { childrenOf, memoryKb, until } from './stage.js';
import { packagesOf } from './start/packages.js';

const ROOT = join(import.meta.dirname, '../..');
const MAIN = join(ROOT, 'apps/tandem/dist/main.js');
const ROUNDS = isQuick ? 1 : numberOption('rounds', 3);
const IDLE_MS = isQuick ? 0 : 10_000;
const FIRST_START_STOP_MS = 60_000;
const RSS_STOP_MB = 600;
const QUESTION = JSON.stringify({ query: '{ me { role organisation { name } } }' });

interface Round {
  readonly imports: number;
  readonly serverFirst: number;
  readonly serverWarm: number;
  readonly first: number;
  readonly warm: number;
  readonly rssMb: number;
  readonly serverMb: number;
}

const report = new Report(`Start and idle memory, ${ROUNDS} rounds`);
const build = spawnSync(process.execPath, [join(ROOT, 'node_modules/typescript-7/bin/tsc'), '-b', join(ROOT, 'apps/tandem')], { encoding: 'utf8' });
if (build.status !== 0) throw new Error(`the build failed:\n${build.stdout}`);
const packages = packagesOf(MAIN);
const rounds: Round[] = [];
for (let n = 0; n < ROUNDS; n += 1) rounds.push(await inFolder(round));

const of = (which: keyof Round): number[] => rounds.map((each) => each[which]);
console.log(`\nms, min/median/max; limits: import of the same ${packages.length} packages in a bare process, initdb and server start alone`);
table(['', 'ms'], [
  ['imports', spread(of('imports'))], ['server, first (initdb + start)', spread(of('serverFirst'))], ['server, warm', spread(of('serverWarm'))],
  ['first start to first answer', spread(of('first'))], ['warm start to first answer', spread(of('warm'))],
]);
table(['after 10 s idle', 'MB'], [['RSS of the process', spread(of('rssMb'))], ["PostgreSQL's processes (proportional)", spread(of('serverMb'))]]);
report.check(`first start within ${FIRST_START_STOP_MS} ms`, Math.max(...of('first')) <= FIRST_START_STOP_MS, true);
report.check(`idle memory within ${RSS_STOP_MB} MB`, Math.max(...of('rssMb')) <= RSS_STOP_MB, true);
report.goal('warm start / (server start + imports)', rounds.map(({ warm, serverWarm, imports }) => warm / (serverWarm + imports)), '<=', 2);
report.goal('first start / (initdb + server start + imports)', rounds.map(({ first, serverFirst, imports }) => first / (serverFirst + imports)), '<=', 2);
report.goal('idle RSS of the process, MB', of('rssMb'), '<=', 250);
report.end();

async function round(folder: string): Promise<Round> {
  const imports = bareImports();
  const [serverFirst, serverWarm] = [await serverStart(join(folder, 'bare')), await serverStart(join(folder, 'bare'))];
  const home = join(folder, 'home');
  const first = await tandem(home, async () => undefined);
  let memory = { rssMb: 0, serverMb: 0 };
  const warm = await tandem(home, async (child) => {
    await pause(IDLE_MS);
    memory = memoryOf(child, home);
  });
  return { imports, serverFirst, serverWarm, first, warm, ...memory };
}

/** A process that imports what Tandem imports of others, and ends. */
function bareImports(): number {
  const text = packages.map((name) => `await import(${JSON.stringify(name)});`).join('\n');
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', `${text}\nprocess.exit(0);`], { cwd: ROOT, encoding: 'utf8', env: environment() });
  const ms = performance.now() - start;
  if (status !== 0) throw new Error(`the bare process failed:\n${stderr}`);
  return ms;
}

async function serverStart(folder: string): Promise<number> {
  const start = performance.now();
  const server = await startPostgres({ dataDir: join(folder, 'postgres') });
  const ms = performance.now() - start;
  await server.stop();
  return ms;
}

/** Starts it, times the first answer, and stops it when `meanwhile` is done. */
async function tandem(home: string, meanwhile: (child: ChildProcess) => Promise<void>): Promise<number> {
  const port = await freePort();
  const start = performance.now();
  const child = spawn(process.execPath, [MAIN, 'start'], { cwd: ROOT, env: { ...environment(), PORT: String(port), TANDEM_HOME: home, TANDEM_SEED: 'organisations' }, stdio: ['ignore', 'ignore', 'pipe'] });
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString()));
  const ended = once(child, 'exit');
  try {
    const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
    await until(async () => {
      if (isOver()) throw new Error(`it ended:\n${words}`);
      return answers(port, home);
    }, 'the first answer with data', 2 * FIRST_START_STOP_MS);
    const ms = performance.now() - start;
    await until(() => words.includes('Ready on'), 'the sample region');
    await meanwhile(child);
    return ms;
  } finally {
    child.kill('SIGTERM');
    const [code] = (await ended) as [number | null];
    report.check('exit code of an orderly stop', code, 0);
  }
}

async function answers(port: number, home: string): Promise<boolean> {
  const secrets = join(home, 'secrets/tandem.json');
  if (!existsSync(secrets)) return false;
  const { local } = JSON.parse(readFileSync(secrets, 'utf8')) as { local: { privateKey: Parameters<typeof localToken>[0] } };
  try {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${await localToken(local.privateKey, 'operator', 'OPERATOR')}` };
    const response = await fetch(`http://127.0.0.1:${port}/graphql`, { method: 'POST', headers, body: QUESTION });
    const { data } = (await response.json()) as { data?: { me: { organisation: { name: string } | null } | null } | null };
    return response.status === 200 && typeof data?.me?.organisation?.name === 'string';
  } catch {
    return false;
  }
}

function memoryOf(child: ChildProcess, home: string): { rssMb: number; serverMb: number } {
  const postmaster = Number(readFileSync(join(home, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]);
  const server = [postmaster, ...childrenOf(postmaster)].reduce((sum, pid) => sum + memoryKb(pid, 'Pss', 'smaps_rollup'), 0);
  return { rssMb: memoryKb(child.pid ?? 0, 'VmRSS') / 1_024, serverMb: server / 1_024 };
}

/** Ours without what this process was told about sources. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TANDEM_') && name !== 'NODE_OPTIONS' && name !== 'PORT'));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-bench-'));
  chmodSync(folder, 0o711);
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
