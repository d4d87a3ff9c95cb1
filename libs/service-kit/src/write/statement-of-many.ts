// The write of many changes, or of one with several events: the rows as JSON that the table's own type takes apart, the rest as typed arrays.
import { topicOf, type AggregateName } from '@tandem/contracts';
import type { Aggregate, AggregateRow } from './aggregate.js';
import type { Actor, Change, Idempotency, Recorded } from './statement.js';

const ORG = '$3::uuid';
// Arrays of the same length, an event each; payloads are one value, cut by start and length: as an array each byte would be two characters.
const EVENTS = `rows from (unnest($4::uuid[], $5::uuid[], $6::int[], $7::int[], $8::uuid[], $9::text[], $10::int[], $11::text[], $12::text[]), json_array_elements($13::json))
      with ordinality e(id, event_id, start, length, audit_id, action, version, request_id, trace_id, headers, n)`;
const PAYLOADS = '$14::bytea';
const ACTOR = { account: '$15::uuid', role: '$16::text', behalf_org: '$17::uuid', delegation: '$18::uuid' };
const FIRST_FREE = 19;

interface Many<Row> {
  readonly changes: readonly Change<Row>[];
  readonly recorded: readonly Recorded[];
  readonly actor: Actor;
  readonly idempotency: Idempotency | null;
}
type Kind<A extends AggregateName, Row extends AggregateRow> = Pick<Aggregate<A, Row>, 'name' | 'table' | 'timers'>;

export function valuesOfMany<A extends AggregateName, Row extends AggregateRow>({ table, timers }: Kind<A, Row>, { changes, recorded, actor: { principal }, idempotency }: Many<Row>): unknown[] {
  let next = 1;
  const starts = recorded.map(({ payload }) => (next += payload.byteLength) - payload.byteLength);
  const due = Object.entries(timers).flatMap(([name, timer]) => changes.map(({ row }) => ({ id: row.id, name, at: timer.at(row) })));
  return [
    JSON.stringify(changes.map(({ row }) => table.toJson(row))),
    changes.map(({ expected }) => expected),
    principal.org,
    recorded.map(({ id }) => id),
    recorded.map(({ event_id }) => event_id),
    starts,
    recorded.map(({ payload }) => payload.byteLength),
    recorded.map(({ audit_id }) => audit_id),
    recorded.map(({ action }) => action),
    recorded.map(({ version }) => version),
    recorded.map(({ request_id }) => request_id),
    recorded.map(({ trace_id }) => trace_id),
    JSON.stringify(recorded.map(({ headers }) => headers)),
    Buffer.concat(recorded.map(({ payload }) => payload)),
    principal.account, principal.role, principal.onBehalfOf?.org ?? null, principal.onBehalfOf?.delegation ?? null,
    ...(Object.keys(timers).length > 0 ? [due.map(({ id }) => id), due.map(({ name }) => name), due.map(({ at }) => at?.toISOString() ?? null)] : []),
    ...(idempotency ? [idempotency.key, idempotency.requestHash, JSON.stringify(idempotency.outcomes)] : []),
  ];
}

/** Only the rows look at their versions: where one is not there, the whole statement fails and the rest with it. */
export function textOfMany<A extends AggregateName, Row extends AggregateRow>({ name, table, timers }: Kind<A, Row>, mode: 'create' | 'change', isKeyed: boolean): string {
  let free = FIRST_FREE;
  const parameter = (): string => `$${free++}`;
  const columns = table.columns.map(({ column }) => column);
  const state =
    mode === 'create'
      ? `insert into ${table.name} (${columns.join(', ')}) select ${columns.map((column) => `r.${column}`).join(', ')} from json_populate_recordset(null::${table.name}, $1::json) r returning id`
      : `update ${table.name} t set ${table.columnsBesideKey.map((column) => `${column} = r.${column}`).join(', ')}
      from json_populate_recordset(null::${table.name}, $1::json) with ordinality r join unnest($2::int[]) with ordinality x(expected, n) on x.n = r.ordinality
      where t.org = ${ORG} and t.id = r.id and t.version = x.expected returning t.id`;
  const parts = [
    `s as (${state})`,
    `e as materialized (select e.*, substring(${PAYLOADS} from start for length) payload from ${EVENTS})`,
    `o as (insert into outbox (org, event_id, topic, key, headers, payload) select ${ORG}, event_id, '${topicOf(name)}', id, headers::jsonb, payload from e order by n)`,
    `a as (insert into audit (id, org, ${Object.keys(ACTOR).join(', ')}, action, aggregate_id, version, request_id, trace_id)
      select audit_id, ${ORG}, ${Object.values(ACTOR).join(', ')}, action, id, version, request_id, trace_id from e)`,
    ...(Object.keys(timers).length > 0 ? timersParts(name, [parameter(), parameter(), parameter()]) : []),
    ...(isKeyed ? [`k as (insert into idempotency (org, key, request_hash, outcomes) values (${ORG}, ${parameter()}::text, ${parameter()}::bytea, ${parameter()}::jsonb))`] : []),
  ];
  return `with ${parts.join(',\n    ')}\n    select 1 / ((select count(*) from s) = cardinality($2::int[]))::int`;
}

function timersParts(name: AggregateName, [ids = '', names = '', moments = '']: readonly string[]): string[] {
  return [
    `tm as (select * from unnest(${ids}::uuid[], ${names}::text[], ${moments}::timestamptz[]) d(id, name, due_at))`,
    `ti as (insert into timers (org, aggregate, aggregate_id, name, due_at) select ${ORG}, '${name}', id, name, due_at from tm where due_at is not null
      on conflict (aggregate_id, name) do update set due_at = excluded.due_at)`,
    `td as (delete from timers x using tm where tm.due_at is null and x.aggregate_id = tm.id and x.name = tm.name)`,
  ];
}
