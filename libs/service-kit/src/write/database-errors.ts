// What a database error means for a command: repeat it, answer with a refusal, or let it surface as a defect.
import type { Refusal } from '@tandem/contracts';

interface DatabaseError {
  readonly code: string;
  readonly constraint?: string;
}

function isDatabaseError(error: unknown): error is DatabaseError {
  return error instanceof Error && typeof (error as { code?: unknown }).code === 'string';
}

/** 22012 is the write statement's own word for a stale version; 23505 on idempotency is a twin with the same key; 40001 and 40P01 are the server's. */
export function isRetryable(error: unknown): boolean {
  if (!isDatabaseError(error)) return false;
  if (error.code === '23505') return error.constraint === 'idempotency_pkey';
  return ['22012', '40001', '40P01'].includes(error.code);
}

export function refusalOfConstraint(error: unknown, constraints: Readonly<Record<string, () => Refusal>>): Refusal | null {
  if (!isDatabaseError(error) || !error.code.startsWith('23') || error.constraint === undefined) return null;
  return constraints[error.constraint]?.() ?? null;
}

/** What the driver says without a code when a connection is gone or none is to be had. */
const ofTheDriver = /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|timeout expired|Query read timeout|Cannot use a pool after calling end|the transaction was rolled back)/;

/** The connection or the server failed, not the work: worth another try later, and no reason to park an event. */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: string };
  if (code === undefined) return ofTheDriver.test(error.message);
  return /^(08|53|57P|40|55P03|25P03)/.test(code) || ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOENT'].includes(code);
}
