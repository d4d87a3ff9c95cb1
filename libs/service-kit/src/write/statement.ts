// The write of every command as one statement: state, outbox, audit, timers and the idempotency record stand or fall together.
import { encodeHeaders, encodePayload, eventType, topicOf, type AggregateName, type Event, type Payloads } from '@tandem/contracts';
import type { Tx } from '@tandem/persistence';
import { v7 as uuidv7 } from 'uuid';
import { partiesOf, type Aggregate, type AggregateRow } from './aggregate.js';
import { traceIdOf, type Call } from './call.js';
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
  const { principal } = actor;
  const [change] = changes;
  const [step] = change?.events ?? [];
  if (change && step && changes.length === 1 && change.events.length === 1) {
    const text = textOf(`${aggregate.name} ${mode} one ${idempotency ? 'keyed' : ''}`, () => textOfOne(aggregate, mode, idempotency !== null));
    return tx.write(text, valuesOfOne(aggregate, { change, recorded: recordedOf(aggregate, step, actor), actor, idempotency }));
  }
  tx.write(textOf(`${aggregate.name} ${mode}`, () => buildText(aggregate, mode)), [
    JSON.stringify(changes.map((change, n) => rowItem(aggregate, change, n))),
    JSON.stringify(changes.flatMap((change) => change.events.map((event) => eventItem(recordedOf(aggregate, event, actor))))),
    JSON.stringify({
      account: principal.account,
      role: principal.role,
      behalf_org: principal.onBehalfOf?.org ?? null,
      delegation: principal.onBehalfOf?.delegation ?? null,
    }),
    principal.org,
    idempotency?.key ?? null,
    idempotency?.requestHash ?? null,
    idempotency ? JSON.stringify(idempotency.outcomes) : null,
  ]);
}

function rowItem<A extends AggregateName, Row extends AggregateRow>(aggregate: Aggregate<A, Row>, { row, expected }: Change<Row>, n: number) {
  const timers = Object.entries(aggregate.timers).map(([name, timer]) => ({ name, due_at: timer.at(row) }));
  return { n, expected, row: aggregate.table.toJson(row), timers };
}

function eventItem(recorded: Recorded) {
  return { ...recorded, payload: `\\x${recorded.payload.toString('hex')}` };
}

function recordedOf<A extends AggregateName, Row extends AggregateRow>(aggregate: Aggregate<A, Row>, { fact, row, cause }: Step<Row>, actor: Actor): Recorded {
  const id = uuidv7();
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
    audit_id: uuidv7(),
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

function buildText<A extends AggregateName, Row extends AggregateRow>({ name, table, timers }: Aggregate<A, Row>, mode: 'create' | 'change'): string {
  const columns = table.columns.map(({ column }) => column);
  const rows = `i, lateral jsonb_populate_record(null::${table.name}, i."row") r`;
  const state =
    mode === 'create'
      ? `insert into ${table.name} (${columns.join(', ')}) select ${columns.map((column) => `r.${column}`).join(', ')} from ${rows} order by i.n returning org, id`
      : `update ${table.name} t set ${columns.filter((column) => column !== 'org' && column !== 'id').map((column) => `${column} = r.${column}`).join(', ')}
         from ${rows} where t.org = $4::uuid and t.id = r.id and t.version = i.expected returning t.org, t.id`;
  return `with i as materialized (select * from jsonb_to_recordset($1::jsonb) i(n int, expected int, "row" jsonb, timers jsonb)),
    e as materialized (select e.*, x.n from jsonb_array_elements($2::jsonb) with ordinality x(v, n), lateral jsonb_to_record(x.v)
      e(id uuid, event_id uuid, headers jsonb, payload bytea, audit_id uuid, action text, version int, request_id text, trace_id text)),
    c as materialized (select * from jsonb_to_record($3::jsonb) c(account uuid, role text, behalf_org uuid, delegation uuid)),
    s as (${state}),
    o as (insert into outbox (org, event_id, topic, key, headers, payload)
      select s.org, e.event_id, '${topicOf(name)}', s.id, e.headers, e.payload from e join s using (id) order by e.n),
    a as (insert into audit (id, org, account, role, behalf_org, delegation, action, aggregate_id, version, request_id, trace_id)
      select e.audit_id, s.org, c.account, c.role, c.behalf_org, c.delegation, e.action, s.id, e.version, e.request_id, e.trace_id from e join s using (id), c),
    ${Object.keys(timers).length > 0 ? timersText(name) : ''}
    k as (insert into idempotency (org, key, request_hash, outcomes) select $4::uuid, $5::text, $6::bytea, $7::jsonb where $5::text is not null)
    select 1 / ((select count(*) from s) = (select count(*) from i))::int`;
}

function timersText(name: AggregateName): string {
  return `tm as (select s.org, s.id, d.name, d.due_at from i join s on s.id = (i."row" ->> 'id')::uuid, lateral jsonb_to_recordset(i.timers) d(name text, due_at timestamptz)),
    ti as (insert into timers (org, aggregate, aggregate_id, name, due_at) select org, '${name}', id, name, due_at from tm where due_at is not null
      on conflict (aggregate_id, name) do update set due_at = excluded.due_at),
    td as (delete from timers x using tm where tm.due_at is null and x.aggregate_id = tm.id and x.name = tm.name),`;
}
