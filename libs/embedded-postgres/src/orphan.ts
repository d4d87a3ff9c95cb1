// A server that outlived its Tandem. It is stopped and started anew, never adopted: it runs with the port and settings of another process,
// and it may be about to be stopped by its own watchdog.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { WATCHDOG, type EndSteps } from './attended.js';
import { findProcess, isGoneWithin, isNumberTaken, type ProcessFacts } from './processes.js';
import { PostgresRefusal } from './refusal.js';

/** Fast (ends sessions, writes a checkpoint), then immediate (the next start recovers from the log), then the hard way. */
export const END_STEPS: EndSteps = [['SIGINT', 20_000], ['SIGQUIT', 5_000], ['SIGKILL', 5_000]];
/** The same without a parent to wait for it. */
export const ORPHAN_END_STEPS: EndSteps = [['SIGINT', 5_000], ['SIGQUIT', 5_000], ['SIGKILL', 5_000]];
const WATCHDOG_MS = 8_000;

/** Only for the holder of the folder's claim: whoever runs a server there is then dead. */
export async function endOrphan(dataDir: string, log: (line: string) => void): Promise<void> {
  const pidFile = join(dataDir, 'postmaster.pid');
  const pid = readPid(pidFile);
  if (pid === null) return;
  const found = findProcess(pid);
  if (!found || !isServerOf(dataDir, found)) {
    // A number that is merely free is left to the server, which then looks for leftovers of the old one. One that is taken would stop it.
    if (!isNumberTaken(pid)) return;
    log(`${pidFile} names process ${pid}, which is not this database: removed`);
    rmSync(pidFile, { force: true });
    return;
  }
  if (isWatched(dataDir, found)) {
    log(`the database of a Tandem that died (pid ${pid}) is being stopped by its watchdog`);
    if (await isGoneWithin(WATCHDOG_MS, found)) return;
  }
  log(`stopping the database of a Tandem that died (pid ${pid})`);
  for (const [signal, milliseconds] of END_STEPS) {
    signalTo(found, signal);
    if (await isGoneWithin(milliseconds, found)) return;
  }
  throw orphanStays(dataDir, pid);
}

function readPid(pidFile: string): number | null {
  if (!existsSync(pidFile)) return null;
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
  return Number.isSafeInteger(pid) && pid > 0 ? pid : null;
}

function isServerOf(dataDir: string, { command }: ProcessFacts): boolean {
  return /postgres\b/.test(command) && `${command} `.includes(` -D ${dataDir} `);
}

function isWatched(dataDir: string, { parent }: ProcessFacts): boolean {
  const command = findProcess(parent)?.command ?? '';
  return command.includes(WATCHDOG) && command.endsWith(dataDir);
}

function signalTo({ pid }: ProcessFacts, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone in the meantime, or not ours to signal: the wait that follows tells which.
  }
}

function orphanStays(dataDir: string, pid: number): PostgresRefusal {
  return new PostgresRefusal('postgres.orphan_stays', `A PostgreSQL server (pid ${pid}) from an earlier start still runs on ${dataDir} and could not be stopped. Stop it as the user who started it: kill -INT ${pid}`, { pid, folder: dataDir });
}
