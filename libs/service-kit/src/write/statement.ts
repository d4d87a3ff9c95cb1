// The write of every command as one statement: state, outbox, audit, timers and the idempotency record stand or fall together.
import { encodeHeaders, encodePayload, eventType, type AggregateName, type Event, type Payloads } from '@tandem/contracts';
import type { Tx } from '@tandem/persistence';
import { newId } from './new-id.js';
import { partiesOf, type Aggregate, type AggregateRow } from './aggregate.js';
import { traceIdOf, type Call } from './call.js';
import { textOfMany, valuesOfMany } from './statement-of-many.js';
import { textOfOne, valuesOfOne } from './statement-of-one.js';

/** What became of one item; kept in the idempotency record, so it holds ids, codes and numbers only. */
export type StoredOutcome =
  | { readonly id: string; readonly version: number; readonly sequence: number }
  | { readonly code: string; readonly kind: string; readonly details: object };

/** One aggregate's new state, the version it replaces (null: it is new) and the facts that led there, in order. */
export interface Change<Row> {
  readonly row: Row;
  readonly expected: number | null;
  readonly events: readonly Step<Row>[];
}

/** One fact and the state it left; `cause` where another event led to it instead of a caller. */
export interface Step<Row> {
  readonly fact: string;
  readonly row: Row;
  readonly cause?: { readonly requestId: string; readonly traceparent: string | null };
}

export interface Idempotency {
  readonly key: string;
  readonly requestHash: Buffer;
  readonly outcomes: readonly StoredOutcome[];
}

export type Actor = Pick<Call, 'principal' | 'requestId' | 'traceparent'>;

/** What outbox and audit keep of one event. */
export interface Recorded {
  readonly id: string;
  readonly event_id: string;
  readonly headers: Record<string, string>;
  readonly payload: Buffer;
  readonly audit_id: string;
  readonly action: string;
  readonly version: number;
  readonly request_id: string;
  readonly trace_id: string | null;
}

/** Sends the statement without waiting. It fails with SQLSTATE 22012 when a row was not at its expected version: then nothing is written. */
// oxlint-disable-next-line max-params -- what is written, by whom, under which key: nothing here is optional
export function write<A extends AggregateName, Row extends AggregateRow>(
  tx: Tx,
  aggregate: Aggregate<A, Row>,
  changes: readonly Change<Row>[],
  actor: Actor,
  idempotency: Idempotency | null,
): void {
  const mode = changes.some((change) => change.expected === null) ? 'create' : 'change';
  const recorded = changes.flatMap(({ events }) => events.map((step) => recordedOf(aggregate, step, actor)));
  const [[change], [event]] = [changes, recorded];
  const isOne = changes.length === 1 && recorded.length === 1;
  const text = textOf(`${aggregate.name} ${mode} ${isOne} ${idempotency !== null}`, () => (isOne ? textOfOne : textOfMany)(aggregate, mode, idempotency !== null));
  const values = isOne && change && event ? valuesOfOne(aggregate, { change, recorded: event, actor, idempotency }) : valuesOfMany(aggregate, { changes, recorded, actor, idempotency });
  tx.write(text, values);
}

function recordedOf<A extends AggregateName, Row extends AggregateRow>(aggregate: Aggregate<A, Row>, { fact, row, cause }: Step<Row>, actor: Actor): Recorded {
  const id = newId();
  const { requestId, traceparent } = cause ?? actor;
  const event: Omit<Event, 'data' | 'topic'> = {
    id,
    type: eventType(aggregate.name, fact),
    aggregate: aggregate.name,
    fact,
    key: row.id,
    sequence: row.sequence,
    org: row.org,
    parties: partiesOf(aggregate.table, row),
    time: new Date(),
    traceparent,
  };
  const payload: Payloads[A] = aggregate.payload(row);
  return {
    id: row.id,
    event_id: id,
    headers: encodeHeaders(event),
    payload: Buffer.from(encodePayload(aggregate.name, payload)),
    audit_id: newId(),
    action: `${aggregate.name}.${fact}`,
    version: row.version,
    request_id: requestId,
    trace_id: traceIdOf(traceparent),
  };
}

const texts = new Map<string, string>();

function textOf(name: string, build: () => string): string {
  const known = texts.get(name);
  if (known) return known;
  const text = build();
  texts.set(name, text);
  return text;
}
