// The schema of the log's own database, and the installer that may run at every start.
import pg from 'pg';

const TABLES = ['topics', 'partitions', 'entries'] as const;

// Position 1 is the first of a partition, `next` the one to be given. `partitions` is filled to a tenth, so that each update of a
// counter stays in its page and leaves no dead index entries. `entries` has no foreign key: append refuses an unknown partition by itself.
export const LOG_SCHEMA = `
create table if not exists topics (
  topic text primary key,
  partitions int not null check (partitions > 0));
-- Not "if not exists": that would wait for every reader at each start.
do $$ begin
  if not exists (select from pg_attribute where attrelid = 'public.topics'::regclass and attname = 'incarnation') then
    alter table topics add column incarnation uuid not null default gen_random_uuid();
  end if;
end $$;
create table if not exists partitions (
  topic text not null references topics, partition int not null,
  next bigint not null default 1,
  primary key (topic, partition)) with (fillfactor = 10);
create table if not exists entries (
  topic text not null, partition int not null, position bigint not null,
  event_id uuid not null, key text not null, headers json not null, payload bytea not null,
  appended_at timestamptz not null default clock_timestamp(),
  primary key (topic, partition, position));
create unique index if not exists entries_event_id on entries (event_id);

-- Two statements on purpose. The first waits for the counters, always in the same order; the second, with a snapshot of its own, sees
-- everything that was committed under them: known ids are dropped before anything is numbered, so positions have no gaps, and the lock is
-- held until commit, so nobody sees position n + 1 before n. (One statement with "on conflict do nothing" numbers before it knows the
-- duplicates: two appenders left 1,500 events at position 2,915.) A partition that does not exist gives a null position, which is refused.
create or replace function append(_topic text[], _partition int[], _event_id uuid[], _key text[], _headers json, _start int[], _length int[], _payload bytea)
returns setof partitions language plpgsql volatile set search_path = public, pg_temp as $$
begin
  perform 1 from partitions p where (p.topic, p.partition) in (select distinct * from unnest(_topic, _partition)) order by p.topic, p.partition for update;
  return query
  with fresh as (
    select i.*, row_number() over (partition by i.topic, i.partition order by i.n) k
    from rows from (unnest(_topic, _partition, _event_id, _key, _start, _length), json_array_elements(_headers))
      with ordinality i(topic, partition, event_id, key, start, length, headers, n)
    where not exists (select from entries e where e.event_id = i.event_id)),
  counted as (
    update partitions p set next = p.next + f.c
    from (select topic, partition, count(*) c from fresh group by 1, 2) f
    where p.topic = f.topic and p.partition = f.partition
    returning p.topic, p.partition, p.next, p.next - f.c base),
  inserted as (
    insert into entries (topic, partition, position, event_id, key, headers, payload)
    select f.topic, f.partition, base + k - 1, event_id, key, headers, substring(_payload from start for length)
    from fresh f left join counted c on c.partition = f.partition and c.topic = f.topic order by n)
  select topic, partition, next from counted;
end $$;

-- The last position before a moment. Within a partition appended_at rises with position (it is read under the counter's lock), so halving
-- finds it in some 20 probes of the primary key, and append has no index on time to keep.
create or replace function position_before(_topic text, _partition int, _at timestamptz)
returns bigint language plpgsql stable set search_path = public, pg_temp as $$
declare
  low bigint := 0;
  high bigint;
  middle bigint;
  found_position bigint;
  found_at timestamptz;
begin
  select next into high from partitions p where p.topic = _topic and p.partition = _partition;
  while low < high - 1 loop
    middle := (low + high) / 2;
    select e.position, e.appended_at into found_position, found_at from entries e
    where e.topic = _topic and e.partition = _partition and e.position >= middle order by e.position limit 1;
    if found_at < _at then low := found_position; else high := middle; end if;
  end loop;
  return low;
end $$;
`;

/**
 * Creates or completes the log in the database that `ownerUrl` names; the owner need not be a superuser, and `appRole` must exist.
 * Harmless when repeated, also by two processes at once. Only `appRole` passes the policies: not even the owner reads an event.
 */
export async function installLog(ownerUrl: string, { appRole }: { appRole: string }): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await client.query(`begin; select pg_advisory_xact_lock(hashtext('tandem.event-log')); ${LOG_SCHEMA}`);
    for (const statement of await protection(client, appRole)) await client.query(statement);
    await client.query('commit');
  } finally {
    await client.end();
  }
}

/** Row-level security and grants. What is there already is not set again, because it would wait for every reader of the table. */
async function protection(client: pg.Client, appRole: string): Promise<string[]> {
  const role = pg.escapeIdentifier(appRole);
  const known = await client.query<{ name: string }>(
    `select tablename || '_' || lower(cmd) as name from pg_policies where schemaname = 'public'
     union all select relname from pg_class where relnamespace = 'public'::regnamespace and relrowsecurity and relforcerowsecurity`,
  );
  const done = new Set(known.rows.map((row) => row.name));
  const database = pg.escapeIdentifier(client.database ?? '');
  return [
    ...TABLES.filter((table) => !done.has(table)).map((table) => `alter table ${table} enable row level security, force row level security`),
    ...TABLES.flatMap((table) => policies(table, role).filter(({ name }) => !done.has(name)).map(({ sql }) => sql)),
    `revoke all on database ${database} from public`,
    `grant connect on database ${database} to ${role}`,
    `grant usage on schema public to ${role}`,
    `grant select, insert on topics to ${role}`,
    `grant select, insert, update on partitions to ${role}`,
    `grant select, insert, delete on entries to ${role}`,
    'revoke all on function append, position_before from public',
    `grant execute on function append, position_before to ${role}`,
  ];
}

function policies(table: string, role: string): { name: string; sql: string }[] {
  const clauses = { select: 'using (true)', insert: 'with check (true)', update: 'using (true) with check (true)', delete: 'using (true)' };
  return Object.entries(clauses).map(([verb, clause]) => {
    const name = `${table}_${verb}`;
    return { name, sql: `create policy ${name} on ${table} for ${verb} to ${role} ${clause}` };
  });
}
