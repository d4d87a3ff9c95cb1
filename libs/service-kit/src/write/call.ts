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

/** The trace id of a W3C `traceparent`, or null. */
export function traceIdOf(traceparent: string | null): string | null {
  return traceparent?.split('-')[1] ?? null;
}
