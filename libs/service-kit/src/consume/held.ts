// Events that wait: behind a missing predecessor, behind a parked one, or parked themselves.
import type { Wire } from '@tandem/contracts';
import type { Tx } from '@tandem/persistence';
import type { Cause } from './decoded.js';

export interface HeldRow {
  readonly key: string;
  readonly sequence: number;
  readonly event_id: string;
  readonly topic: string;
  readonly headers: Record<string, string>;
  readonly payload: Buffer;
  readonly cause: Cause | null;
  readonly action: 'replay' | 'discard' | null;
  readonly attempts: number;
}

export interface ToHold {
  readonly wire: Wire;
  readonly key: string;
  readonly sequence: number;
  readonly org: string | null;
  readonly cause: Cause | null;
  readonly detail: string | null;
  readonly attempts: number;
}

/** The held events of one aggregate, locked: of two who resume it at once, the second finds what the first has left. */
export function lockHeld(tx: Tx, consumer: string, key: string): Promise<HeldRow[]> {
  return tx.query<HeldRow>(
    `select key, sequence, event_id, topic, headers, payload, cause, action, attempts from held where consumer = $1 and key = $2 order by sequence, event_id for update`,
    [consumer, key],
  );
}

export function loadHeld(tx: Tx, consumer: string, keys: readonly string[]): Promise<HeldRow[]> {
  return tx.query<HeldRow>(
    `select key, sequence, event_id, topic, headers, payload, cause, action, attempts from held where consumer = $1 and key = any($2::text[]) order by key, sequence, event_id`,
    [consumer, keys],
  );
}

export function hold(tx: Tx, consumer: string, events: readonly ToHold[]): void {
  if (events.length === 0) return;
  const rows = events.map(({ wire, ...rest }) => ({
    ...rest,
    consumer,
    event_id: wire.id,
    topic: wire.topic,
    type: wire.headers['ce_type'] ?? '',
    headers: wire.headers,
    payload: `\\x${Buffer.from(wire.payload).toString('hex')}`,
  }));
  tx.write(
    `insert into held (consumer, key, sequence, event_id, org, topic, type, headers, payload, cause, detail, attempts)
     select consumer, key, sequence, event_id, org, topic, type, headers, payload, cause, detail, attempts from jsonb_populate_recordset(null::held, $1::jsonb)
     on conflict (consumer, event_id) do update set cause = excluded.cause, detail = excluded.detail, attempts = excluded.attempts, action = null, since = now()`,
    [JSON.stringify(rows)],
  );
}

export function release(tx: Tx, consumer: string, eventIds: readonly string[]): void {
  if (eventIds.length > 0) tx.write('delete from held where consumer = $1 and event_id = any($2::uuid[])', [consumer, eventIds]);
}

export function wireOf(row: HeldRow): Wire {
  return { id: row.event_id, topic: row.topic, key: row.key, headers: row.headers, payload: row.payload };
}
