// What the operating system knows about a process. A number alone proves nothing: numbers are given out again.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

export interface ProcessFacts {
  readonly pid: number;
  readonly parent: number;
  /** Opaque; with `pid` it names one process for good. */
  readonly started: string;
  /** The command line, arguments separated by blanks. */
  readonly command: string;
}

/** Null when there is no such process or only its exit status is left (a zombie, which containers without an init keep for ever). */
export function findProcess(pid: number): ProcessFacts | null {
  if (!Number.isSafeInteger(pid) || pid <= 0) return null;
  return existsSync('/proc/self/stat') ? fromProc(pid) : fromPs(pid);
}

/** Whether the number is in use at all, also by a zombie. */
export function isNumberTaken(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

export function isSameProcess(pid: number, started: string): boolean {
  return findProcess(pid)?.started === started;
}

/** Resolves to whether the process was gone in time. */
export async function isGoneWithin(milliseconds: number, { pid, started }: ProcessFacts): Promise<boolean> {
  const deadline = performance.now() + milliseconds;
  while (isSameProcess(pid, started)) {
    if (performance.now() > deadline) return false;
    await pause(20);
  }
  return true;
}

function fromProc(pid: number): ProcessFacts | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    // The second field is the program's name in brackets and may itself hold blanks and brackets.
    const [state, parent, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || state === 'X') return null;
    return { pid, parent: Number(parent), started: rest[17] ?? '', command };
  } catch {
    return null;
  }
}

function fromPs(pid: number): ProcessFacts | null {
  // Dates always in English, but folder names as they are.
  const env = { PATH: process.env['PATH'], LC_TIME: 'C', LC_CTYPE: 'en_US.UTF-8' };
  const { stdout } = spawnSync('ps', ['-ww', '-p', String(pid), '-o', 'ppid=,stat=,lstart=,command='], { encoding: 'utf8', env });
  const [parent, state, ...rest] = (stdout ?? '').trim().split(/\s+/);
  if (!parent || !state || state.startsWith('Z')) return null;
  return { pid, parent: Number(parent), started: rest.slice(0, 5).join(' '), command: rest.slice(5).join(' ') };
}
