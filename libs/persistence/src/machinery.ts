// The tables of the write path and the consumers, the same in every service. Listed by name: nobody but the roles here reaches them.
import { me } from './policy.js';

const consumer = `(select nullif(current_setting('app.consumer', true), ''))`;

type Verb = 'all' | 'select' | 'insert' | 'update' | 'delete';
interface Grant {
  readonly role: 'app' | 'relay';
  readonly verbs: readonly Verb[];
  /** Which rows. */
  readonly rows: string;
}
interface Machine {
  readonly columns: string;
  readonly grants: readonly Grant[];
}

const ownRows = `org = ${me}`;
const consumersRows = `consumer = ${consumer}`;
const consumerOnly: Grant = { role: 'app', verbs: ['select', 'insert', 'update', 'delete'], rows: consumersRows };

export const machinery: Readonly<Record<string, Machine>> = {
  /** A queue, not a log: the relay deletes what it has sent. */
  outbox: {
    columns: `id bigint generated always as identity primary key, org uuid not null, event_id uuid not null, topic text not null,
      key uuid not null, headers jsonb not null, payload bytea not null`,
    grants: [
      { role: 'app', verbs: ['insert'], rows: ownRows },
      // It puts back what has to be sent again.
      { role: 'relay', verbs: ['select', 'insert', 'delete'], rows: 'true' },
    ],
  },
  /** What a log beside the databases was sent, for so long as it could have to be sent again: that log may lose what it holds. */
  sent: {
    columns: `id bigint primary key, org uuid not null, event_id uuid not null, topic text not null, key uuid not null, headers jsonb not null, payload bytea not null,
      sent_at timestamptz not null default now()`,
    grants: [{ role: 'relay', verbs: ['select', 'insert', 'delete'], rows: 'true' }],
  },
  audit: {
    columns: `id uuid not null, org uuid not null, at timestamptz not null default clock_timestamp(), account uuid not null, role text not null,
      behalf_org uuid, delegation uuid, action text not null, aggregate_id uuid not null, version integer not null,
      request_id text not null, trace_id text, primary key (org, id)`,
    grants: [{ role: 'app', verbs: ['insert'], rows: ownRows }],
  },
  /** One table, not day partitions: a unique key cannot span partitions, and the same key would be taken twice around midnight. */
  idempotency: {
    columns: `org uuid not null, key text not null, request_hash bytea not null, outcomes jsonb not null,
      created_at timestamptz not null default now(), primary key (org, key)`,
    grants: [
      { role: 'app', verbs: ['select', 'insert'], rows: ownRows },
      { role: 'relay', verbs: ['select', 'delete'], rows: 'true' },
    ],
  },
  timers: {
    columns: `org uuid not null, aggregate text not null, aggregate_id uuid not null, name text not null, due_at timestamptz not null,
      primary key (aggregate_id, name)`,
    grants: [
      { role: 'app', verbs: ['select', 'insert', 'update', 'delete'], rows: ownRows },
      { role: 'relay', verbs: ['select', 'delete'], rows: 'true' },
    ],
  },
  /** Which events a consumer has applied. Range-partitioned by the UUIDv7 event id, so that the same event always meets its own row. */
  inbox: { columns: 'consumer text not null, event_id uuid not null, code text, primary key (consumer, event_id)', grants: [consumerOnly] },
  /** The last sequence of each aggregate that a consumer has applied. */
  progress: { columns: 'consumer text not null, key uuid not null, sequence integer not null, primary key (consumer, key)', grants: [consumerOnly] },
  /** Events that wait: for a predecessor (no cause yet), or parked with a cause until an operator replays or discards them. */
  held: {
    columns: `consumer text not null, key text not null, sequence integer not null, event_id uuid not null, org uuid, topic text not null, type text not null,
      headers jsonb not null, payload bytea not null, cause text, detail text, attempts integer not null default 0,
      action text check (action in ('replay', 'discard')), since timestamptz not null default now(), primary key (consumer, event_id)`,
    grants: [consumerOnly, { role: 'relay', verbs: ['select', 'update', 'delete'], rows: 'true' }],
  },
  /** Bulk commands above 1,000 items, and their batches with what became of each item. */
  jobs: {
    columns: `org uuid not null, id uuid not null, kind text not null, state text not null check (state in ('running', 'done', 'cancelled', 'failed')),
      total integer not null, done integer not null default 0, refused integer not null default 0, failure text,
      request_hash bytea not null, caller jsonb not null,
      created_at timestamptz not null default now(), primary key (org, id)`,
    grants: [
      { role: 'app', verbs: ['select', 'insert', 'update'], rows: ownRows },
      { role: 'relay', verbs: ['select'], rows: 'true' },
    ],
  },
  job_batches: {
    columns: 'org uuid not null, job_id uuid not null, n integer not null, items jsonb not null, outcomes jsonb, primary key (org, job_id, n), foreign key (org, job_id) references jobs (org, id)',
    grants: [{ role: 'app', verbs: ['select', 'insert', 'update'], rows: ownRows }],
  },
  positions_of_consumers: {
    columns: 'consumer text not null, topic text not null, partition integer not null, position bigint not null, primary key (consumer, topic, partition)',
    grants: [consumerOnly, { role: 'relay', verbs: ['select'], rows: 'true' }],
  },
};

const partitioned = new Set(['inbox']);
const indexes = [
  'create index timers_due on timers (due_at, aggregate_id, name)',
  `create index jobs_running on jobs (id) where state = 'running'`,
  'create index held_key on held (consumer, key, sequence)',
  'create index held_cause on held (cause) where cause is not null',
  'create index idempotency_age on idempotency (created_at)',
  'create index audit_aggregate on audit (org, aggregate_id, id)',
];

/** For ids of no day partition (an event from before this database existed): still applied once. */
const inboxDefault = 'create table inbox_default partition of inbox default; alter table inbox_default enable row level security; alter table inbox_default force row level security';

/** Owned by the owner, run by the relay: inbox partitions for the coming week, and those older than 35 days dropped whole. */
const maintainInbox = `create function maintain_inbox() returns void language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  d date;
  from_id uuid;
  to_id uuid;
  old record;
begin
  perform pg_advisory_xact_lock(hashtext('tandem.maintain_inbox'));
  for d in select generate_series(current_date - 2, current_date + 7, '1 day')::date loop
    continue when to_regclass('public.inbox_' || to_char(d, 'YYYYMMDD')) is not null;
    from_id := uuid_floor(d);
    to_id := uuid_floor(d + 1);
    -- A day whose ids already lie in the default partition stays there: what is applied once is applied once.
    begin
      execute format('create table public.%I partition of public.inbox for values from (%L) to (%L)', 'inbox_' || to_char(d, 'YYYYMMDD'), from_id, to_id);
    exception when check_violation then
      continue;
    end;
    execute format('alter table public.%I enable row level security', 'inbox_' || to_char(d, 'YYYYMMDD'));
    execute format('alter table public.%I force row level security', 'inbox_' || to_char(d, 'YYYYMMDD'));
  end loop;
  for old in select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'public.inbox'::regclass and c.relname ~ '^inbox_[0-9]' and c.relname < 'inbox_' || to_char(current_date - 35, 'YYYYMMDD') loop
    execute format('drop table public.%I', old.relname);
  end loop;
end $$`;

/** The smallest UUIDv7 of a UTC day. */
const uuidFloor = `create function uuid_floor(d date) returns uuid language sql immutable set search_path = pg_catalog as $$
  select (lpad(to_hex((extract(epoch from d) * 1000)::bigint), 12, '0') || '0000' || '0000' || '000000000000')::uuid $$`;

/** Partition -1 counts the rebuilds of a consumer: what an instance that has not heard of one would store is left out. */
export const RESET_PROJECTION = `reset_projection(t text) returns void language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform assert_projection(t);
  perform set_config('app.consumer', t, true);
  -- Whoever is about to store a position waits, and then sees that it was rebuilt.
  lock table positions_of_consumers in share row exclusive mode;
  execute format('truncate public.%I', t);
  delete from progress where consumer = t;
  delete from positions_of_consumers where consumer = t and partition >= 0;
  insert into positions_of_consumers as p (consumer, topic, partition, position) values (t, '', -1, 1)
    on conflict (consumer, topic, partition) do update set position = p.position + 1;
end $$`;

/**
 * For rebuilds. Truncation does not ask policies, and a hash over all owners' rows needs the force lifted inside its own transaction,
 * where the lock that `alter table` takes lets nobody else see it. Both refuse every table that is not marked as a projection.
 */
const rebuild = [
  `create function assert_projection(t text) returns void language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if obj_description(to_regclass('public.' || quote_ident(t)), 'pg_class') is distinct from 'tandem:projection' then
    raise exception 'not a projection' using errcode = '42809';
  end if;
end $$`,
  `create function ${RESET_PROJECTION}`,
  `create function projection_hash(t text, out hash text, out rows integer) language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform assert_projection(t);
  execute format('alter table public.%I no force row level security', t);
  execute format('select encode(sha256(convert_to(coalesce(string_agg(x::text, chr(10) order by x.org, x.id), ''''), ''UTF8'')), ''hex''), count(*)::int from public.%I x', t) into hash, rows;
  execute format('alter table public.%I force row level security', t);
end $$`,
];

/** Made by a migration of its own, for databases that had the others before. */
const SENT = 'sent';

/** Every statement that makes the machinery of one service, as its first migration. */
export function machinerySql(service: string): string[] {
  const tables = Object.keys(machinery).filter((table) => table !== SENT).flatMap((table) => machineSql(table, service));
  return [...tables, inboxDefault, ...indexes, uuidFloor, maintainInbox, 'revoke execute on function maintain_inbox() from public',
    `grant execute on function maintain_inbox() to ${service}_relay`, 'select maintain_inbox()', ...rebuild,
    'revoke execute on function reset_projection(text), projection_hash(text) from public',
    `grant execute on function reset_projection(text), projection_hash(text) to ${service}_relay`];
}

/** What came after: `sent`, and that the relay may put rows back. A database made by this release has the second already. */
export function sentSql(service: string): string[] {
  const putBack = [`drop policy if exists relay_insert on outbox`, `grant insert on outbox to ${service}_relay`, `create policy relay_insert on outbox for insert to ${service}_relay with check (true)`];
  return [...machineSql(SENT, service), 'create index sent_topic on sent (topic, id)', 'create index sent_age on sent (sent_at)', ...putBack];
}

function machineSql(table: string, service: string): string[] {
  const { columns, grants } = machinery[table]!;
  return [
    `create table ${table} (${columns})${partitioned.has(table) ? ' partition by range (event_id)' : ''}`,
    `alter table ${table} enable row level security`,
    `alter table ${table} force row level security`,
    ...grants.flatMap(({ role, verbs }) => verbs.map((verb) => `grant ${verb} on ${table} to ${service}_${role}`)),
    ...machineryPolicies(table, service),
  ];
}

/** The owner resets a projection's progress inside the functions above. */
const resetByOwner = new Set(['progress', 'positions_of_consumers']);

/** Statements that create the policies of one of these tables; there are no others. */
export function machineryPolicies(table: string, service: string): string[] {
  const ofRoles = (machinery[table]?.grants ?? []).flatMap(({ role, verbs, rows }) => verbs.map((verb) => `create policy ${role}_${verb} on ${table} for ${verb} to ${service}_${role} ${policyClause(verb, rows)}`));
  return resetByOwner.has(table) ? [...ofRoles, ownerAll(table, service, consumersRows)] : ofRoles;
}

/** For a table that is the owner's alone. */
export function ownerOnly(table: string, service: string): string[] {
  return [ownerAll(table, service, 'true')];
}

function ownerAll(table: string, service: string, rows: string): string {
  return `create policy owner_all on ${table} for all to ${service}_owner using (${rows})`;
}

function policyClause(verb: Verb, rows: string): string {
  if (verb === 'insert') return `with check (${rows})`;
  if (verb === 'update') return `using (${rows}) with check (${rows})`;
  return `using (${rows})`;
}
