// One Tandem per data folder. A claim is a file that names its process; it outlives kill -9, so the next one must tell a dead owner from a live one.
import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { findProcess, isSameProcess } from './processes.js';
import { PostgresRefusal } from './refusal.js';

interface Owner {
  readonly pid: number;
  readonly started: string;
  /** Tells two claims of one process apart. */
  readonly nonce: string;
}

export interface Claim {
  /** Harmless when called twice. */
  release(): void;
}

/** Refuses with `postgres.already_running` when a live process, this one included, holds the claim. */
export function takeClaim(file: string): Claim {
  const me: Owner = { pid: process.pid, started: findProcess(process.pid)?.started ?? '', nonce: randomBytes(6).toString('hex') };
  take(file, me);
  return { release: () => release(file, me) };
}

function take(file: string, me: Owner): void {
  for (;;) {
    if (createWhole(file, me)) return;
    const found = read(file);
    if (!found) continue;
    if (isSameProcess(found.pid, found.started)) throw alreadyRunning(file, found);
    succeed(file, found, me);
  }
}

/**
 * Two starters may both see the same dead owner. The right to replace exactly that owner is a claim of its own, and whoever gets it looks
 * again before replacing: the file may by then belong to a live process that was quicker.
 */
function succeed(file: string, dead: Owner, me: Owner): void {
  const right = `${file}.${dead.nonce}`;
  take(right, me);
  try {
    if (read(file)?.nonce === dead.nonce) rmSync(file);
  } finally {
    release(right, me);
  }
}

/** A link appears with its whole content or not at all, so nobody reads half a claim. */
function createWhole(file: string, me: Owner): boolean {
  const draft = `${file}-${me.nonce}`;
  writeFileSync(draft, JSON.stringify(me), { mode: 0o644 });
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function release(file: string, me: Owner): void {
  if (read(file)?.nonce === me.nonce) rmSync(file, { force: true });
}

/** What a power cut left unreadable counts as a dead owner. */
function read(file: string): Owner | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Owner;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? null : { pid: 0, started: '', nonce: 'unreadable' };
  }
}

function alreadyRunning(file: string, { pid }: Owner): PostgresRefusal {
  const who = pid === process.pid ? 'this very process' : `process ${pid}`;
  return new PostgresRefusal('postgres.already_running', `Tandem is already running on this data folder (${who}, pid ${pid}). Stop it first, or give this one another folder.`, { pid, claim: file });
}
