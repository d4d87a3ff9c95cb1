import { createHash } from 'node:crypto';
import type { Principal } from '@tandem/contracts';

/** One call as a use case sees it: who, when, and the key that makes a repetition harmless. */
export interface Call {
  readonly principal: Principal;
  readonly requestId: string;
  readonly traceparent: string | null;
  /** Business time: the wall clock, moved forward where every organisation is an invented one. */
  readonly now: Date;
  /** YYYY-MM-DD in the deployment's time zone. */
  readonly today: string;
  /** Null for a read. */
  readonly key: string | null;
  /** SHA-256 over the method and the request's bytes. */
  readonly requestHash: Buffer;
}

/** Where a change goes: the version is the one that the caller saw. */
export interface Target {
  readonly id: string;
  readonly version: number;
}

/** One of several commands under one call: a key of its own, so that a repetition repeats each. */
export function stepOf(call: Call, step: string): Call {
  return { ...call, key: call.key === null ? null : `${call.key}:${step}` };
}

/** A step that works on what is left to do: another rest under the caller's key is another command. */
export function restOf(call: Call, items: readonly object[]): Call {
  return stepOf(call, createHash('sha256').update(JSON.stringify(items)).digest('hex').slice(0, 16));
}

/** The trace id of a W3C `traceparent`, or null. */
export function traceIdOf(traceparent: string | null): string | null {
  return traceparent?.split('-')[1] ?? null;
}
