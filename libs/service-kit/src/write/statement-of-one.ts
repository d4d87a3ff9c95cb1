// The write of one change with one event, which most commands are. Typed parameters: taking JSON apart was two thirds of the statement's time.
import { topicOf, type AggregateName } from '@tandem/contracts';
import type { Aggregate, AggregateRow } from './aggregate.js';
import type { Actor, Change, Idempotency, Recorded } from './statement.js';

// The first parameters of every such statement, in this order.
const ROW = { org: '$1::uuid', id: '$2::uuid' };
const EVENT = { event_id: '$3::uuid', headers: '$4::jsonb', payload: '$5::bytea' };
const AUDIT = {
  id: '$6::uuid', account: '$7::uuid', role: '$8::text', behalf_org: '$9::uuid', delegation: '$10::uuid',
  action: '$11::text', version: '$12::int', request_id: '$13::text', trace_id: '$14::text',
};
const FIRST_FREE = 15;

interface One<Row> {
  readonly change: Change<Row>;
  readonly recorded: Recorded;
  readonly actor: Actor;
  readonly idempotency: Idempotency | null;
}
type Kind<A extends AggregateName, Row extends AggregateRow> = Pick<Aggregate<A, Row>, 'name' | 'table' | 'timers'>;

export function valuesOfOne<A extends AggregateName, Row extends AggregateRow>({ table, timers }: Kind<A, Row>, { change: { row, expected }, recorded, actor: { principal }, idempotency }: One<Row>): unknown[] {
  const due = Object.entries(timers).map(([name, timer]) => ({ name, at: timer.at(row) }));
  return [
    row.org, row.id,
    recorded.event_id, JSON.stringify(recorded.headers), recorded.payload,
    recorded.audit_id, principal.account, principal.role, principal.onBehalfOf?.org ?? null, principal.onBehalfOf?.delegation ?? null,
    recorded.action, recorded.version, recorded.request_id, recorded.trace_id,
    ...table.valuesBesideKey(row),
    ...(expected === null ? [] : [expected]),
    ...(due.length > 0 ? [due.map(({ name }) => name), due.map(({ at }) => at?.toISOString() ?? null)] : []),
    ...(idempotency ? [idempotency.key, idempotency.requestHash, JSON.stringify(idempotency.outcomes)] : []),
  ];
}

/** Only the state looks at the version: where that is not there, the whole statement fails and the other rows with it. */
export function textOfOne<A extends AggregateName, Row extends AggregateRow>({ name, table, timers }: Kind<A, Row>, mode: 'create' | 'change', isKeyed: boolean): string {
  let free = FIRST_FREE;
  const parameter = (): string => `$${free++}`;
  const columns = table.columnsBesideKey.map((column) => ({ column, value: parameter() }));
  const state =
    mode === 'create'
      ? `insert into ${table.name} (${['org', 'id', ...columns.map(({ column }) => column)].join(', ')}) values (${[ROW.org, ROW.id, ...columns.map(({ value }) => value)].join(', ')}) returning org`
      : `update ${table.name} t set ${columns.map(({ column, value }) => `${column} = ${value}`).join(', ')} where t.org = ${ROW.org} and t.id = ${ROW.id} and t.version = ${parameter()}::int returning t.org`;
  const parts = [
    `s as (${state})`,
    `o as (insert into outbox (org, topic, key, ${Object.keys(EVENT).join(', ')}) values (${ROW.org}, '${topicOf(name)}', ${ROW.id}, ${Object.values(EVENT).join(', ')}))`,
    `a as (insert into audit (org, aggregate_id, ${Object.keys(AUDIT).join(', ')}) values (${ROW.org}, ${ROW.id}, ${Object.values(AUDIT).join(', ')}))`,
    ...(Object.keys(timers).length > 0 ? timersParts(name, parameter(), parameter()) : []),
    ...(isKeyed ? [`k as (insert into idempotency (org, key, request_hash, outcomes) values (${ROW.org}, ${parameter()}::text, ${parameter()}::bytea, ${parameter()}::jsonb))`] : []),
  ];
  return `with ${parts.join(',\n    ')}\n    select 1 / (select count(*) from s)`;
}

function timersParts(name: AggregateName, names: string, moments: string): string[] {
  return [
    `tm as (select d.name, d.due_at from unnest(${names}::text[], ${moments}::timestamptz[]) d(name, due_at))`,
    `ti as (insert into timers (org, aggregate, aggregate_id, name, due_at) select ${ROW.org}, '${name}', ${ROW.id}, name, due_at from tm where due_at is not null
      on conflict (aggregate_id, name) do update set due_at = excluded.due_at)`,
    `td as (delete from timers x using tm where tm.due_at is null and x.aggregate_id = ${ROW.id} and x.name = tm.name)`,
  ];
}
