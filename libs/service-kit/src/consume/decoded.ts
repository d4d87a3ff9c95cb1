// Events as consumers hold them: decoded where that is possible, with the cause where it is not.
import { decodeEvent, UndecodableEvent, type Event, type Wire } from '@tandem/contracts';

export type Cause = 'decode' | 'defect' | 'gap' | 'owner';

/** The event belongs to nobody that may change the target: a security matter, never retried. */
export class WrongOwner extends Error {
  constructor(detail: string) {
    super(detail);
    this.name = 'WrongOwner';
  }
}

export interface Readable {
  readonly wire: Wire;
  readonly event: Event;
}
export interface Unreadable {
  readonly wire: Wire;
  readonly reason: string;
}

export function decode(wire: Wire): Readable | Unreadable {
  try {
    return { wire, event: decodeEvent(wire) };
  } catch (error) {
    if (error instanceof UndecodableEvent) return { wire, reason: error.reason };
    throw error;
  }
}

export function causeOf(error: unknown): { cause: Cause; detail: string } {
  if (error instanceof WrongOwner) return { cause: 'owner', detail: error.message };
  if (error instanceof UndecodableEvent) return { cause: 'decode', detail: error.reason };
  const { code } = error as { code?: string };
  // 42501: the row belongs to another organisation than the event says; 23505 on the id: so does the aggregate.
  if (code === '42501' || (code === '23505' && (error as { constraint?: string }).constraint?.endsWith('_id_key'))) return { cause: 'owner', detail: 'the row is another organisation’s' };
  return { cause: 'defect', detail: code ? `SQLSTATE ${code}` : error instanceof Error ? error.name : 'unknown' };
}
