// Waiting in tests: for what must become true, with a deadline, never for a length of time.
import { setTimeout as pause } from 'node:timers/promises';

export interface Waiting {
  readonly deadlineMs?: number;
  /** What is waited for, in words that complete "waited ... for". */
  readonly what: string;
}

const POLL_MS = 5;

/**
 * Resolves with the first value of `check` that is truthy. Throws at the deadline, naming `what` and the last value; a check that throws
 * counts as not yet, and its error is the cause. A check that hangs does not hang the wait.
 */
export async function until<T>(check: () => T | Promise<T>, { deadlineMs = 10_000, what }: Waiting): Promise<NonNullable<T>> {
  const deadline = performance.now() + deadlineMs;
  let last: unknown = 'nothing: the check has not answered yet';
  let cause: unknown;
  const patience = new AbortController();
  const overdue = pause(deadlineMs, undefined, { signal: patience.signal }).catch(() => {});
  try {
    while (performance.now() < deadline) {
      const answered = await Promise.race([attempt(check), overdue]);
      if (!answered) break;
      if (answered.value) return answered.value;
      last = answered.value;
      cause = answered.error;
      await pause(POLL_MS);
    }
  } finally {
    patience.abort();
  }
  const seen = cause === undefined ? `last seen: ${show(last)}` : `last error: ${show(cause)}`;
  throw new Error(`waited ${deadlineMs} ms for ${what}; ${seen}`, cause === undefined ? {} : { cause });
}

async function attempt<T>(check: () => T | Promise<T>): Promise<{ value?: T; error?: unknown }> {
  try {
    return { value: await check() };
  } catch (error) {
    return { error };
  }
}

function show(value: unknown): string {
  if (value instanceof Error) return value.message;
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part)) ?? String(value);
}
