import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { catalogDefects, RowPolicy, type EntityClass } from '@tandem/persistence';
import pg from 'pg';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { FreshDatabase } from '../databases.js';
import { entities, shapesDatabase } from './test-support.js';

let database: FreshDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = (await shapesDatabase()).database;
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

@Entity('absent_rows')
@RowPolicy({ shape: 'own' })
class AbsentRow {
  @PrimaryColumn('uuid') org!: string;
  @Column('text') label!: string;
}

/** What the check says with this planted; its own transaction takes the plant back. */
async function defectsWith(plant: string, of: readonly EntityClass<unknown>[] = entities): Promise<string[]> {
  await client.query(`begin; ${plant}`);
  return catalogDefects(client, of);
}

const own = `org = (select nullif(current_setting('app.org', true), '')::uuid)`;

/** A defect in words, the statements that plant it, and the sentence that names it. */
const planted: readonly [string, string, string | RegExp][] = [
  ['row security off', 'alter table own_rows disable row level security', 'own_rows: row security is off'],
  ['row security not forced', 'alter table own_rows no force row level security', 'own_rows: row security is not forced on the owner'],
  ['the same on machinery', 'alter table outbox no force row level security', 'outbox: row security is not forced on the owner'],
  ['the same on a partition', 'alter table inbox_default disable row level security', 'inbox_default: row security is off'],
  ['a verb without policy', 'drop policy parties_delete on parties_rows', 'parties_rows: policy parties_delete is missing'],
  ['a policy more', `create policy extra on own_rows for select using (${own})`, 'own_rows: policy extra is declared nowhere'],
  ['a policy of the shape it had before', 'create policy shared_select on own_rows for select using (true)', 'own_rows: policy shared_select is declared nowhere'],
  ['others who write', 'drop policy own_update on own_rows; create policy own_update on own_rows for update using (true)', /^own_rows: policy own_update is not the declared one: for update to public using \(true\)$/],
  ['others who write, beside the right words', `drop policy own_delete on own_rows; create policy own_delete on own_rows for delete using (${own} or label = 'x')`, /^own_rows: policy own_delete is not/],
  ['a party who writes', `drop policy parties_insert on parties_rows; create policy parties_insert on parties_rows for insert with check (${own} or party_org = org)`, /^parties_rows: policy parties_insert is not/],
  ['an update whose result nobody checks', `drop policy own_update on own_rows; create policy own_update on own_rows for update using (${own}) with check (true)`, /^own_rows: policy own_update is not/],
  ['a table open to all', 'drop policy own_select on own_rows; create policy own_select on own_rows for select using (true)', /^own_rows: policy own_select is not the declared one: for select to public using \(true\)$/],
  ['a list without an organisation', 'drop policy shared_select on shared_rows; create policy shared_select on shared_rows for select using (true)', /^shared_rows: policy shared_select is not/],
  ['a policy for every verb under a name for one', `drop policy own_select on own_rows; create policy own_select on own_rows for all using (${own})`, /^own_rows: policy own_select is not the declared one: for all/],
  ['a policy for one role only', `drop policy own_select on own_rows; create policy own_select on own_rows for select to shapes_report using (${own})`, /^own_rows: policy own_select is not .* to shapes_report/],
  ['a restrictive one', `drop policy own_select on own_rows; create policy own_select on own_rows as restrictive for select using (${own})`, /^own_rows: policy own_select is not .* restrictive/],
  ['a table of no entity', 'create table stray (org uuid)', 'stray: belongs to no entity and is not part of the machinery'],
  ['a foreign owner', 'create table stray (org uuid); alter table own_rows owner to shapes_app', 'own_rows: belongs to shapes_app, not to shapes_owner'],
  ['a row of nobody', 'alter table own_rows drop constraint own_rows_pkey, alter org drop not null', 'own_rows: a row may have no org'],
  ['a machinery policy more', 'create policy extra on audit for select to shapes_app using (true)', 'audit: policy extra is declared nowhere'],
  ['a machinery policy of another role', 'drop policy relay_delete on outbox; create policy relay_delete on outbox for delete to shapes_app using (true)', /^outbox: policy relay_delete is not the declared one: for delete to shapes_app/],
  ['a machinery policy of more rows', 'drop policy app_insert on audit; create policy app_insert on audit for insert to shapes_app with check (true)', /^audit: policy app_insert is not/],
  ['a policy on a partition', 'create policy extra on inbox_default for select using (true)', 'inbox_default: policy extra is declared nowhere'],
  ['a migrations table for all', 'create policy extra on migrations using (true)', 'migrations: policy extra is declared nowhere'],
  ['a missing machinery table', 'drop table audit', 'audit: declared, but not in the database'],
  ['a grant to everybody', 'grant select on own_rows to public', 'own_rows: granted to everybody'],
  ['a view', 'create view peek as select * from own_rows', "peek: a view that does not ask the reader's policies"],
  ['a view that asks the owner', 'create view peek with (security_invoker = off) as select * from own_rows', "peek: a view that does not ask the reader's policies"],
  ['a materialised view', 'create materialized view peek as select * from own_rows', "peek: a materialised view that does not ask the reader's policies"],
  ['a definer without a path', `create function peek() returns bigint language sql security definer as 'select count(*) from own_rows'; alter function peek owner to shapes_owner; revoke execute on function peek from public`, 'peek: security definer without a fixed search path'],
  ['a definer that finds temporary tables first', `create function peek() returns bigint language sql security definer set search_path = public as 'select count(*) from own_rows'; alter function peek owner to shapes_owner; revoke execute on function peek from public`, 'peek: security definer whose search path does not end in pg_temp'],
  ['a definer for everybody', `create function peek() returns bigint language sql security definer set search_path = public, pg_temp as 'select count(*) from own_rows'; alter function peek owner to shapes_owner`, 'peek: security definer that everybody may run'],
  ['a definer of the superuser', `create function peek() returns bigint language sql security definer set search_path = public, pg_temp as 'select count(*) from own_rows'; revoke execute on function peek from public`, /^peek: security definer of \w+, not of shapes_owner$/],
  ['a role that bypasses', 'alter role shapes_report bypassrls', 'role shapes_report: superuser or bypasses row security'],
  ['a superuser', 'alter role shapes_app superuser', 'role shapes_app: superuser or bypasses row security'],
  ['a role that may become one', 'create role planted_bypass bypassrls; grant planted_bypass to shapes_app', 'role shapes_app: may act as planted_bypass'],
  ['a role that copies the server', 'alter role shapes_relay replication', 'role shapes_relay: may make roles or databases, or copy the whole server'],
  ['a stranger who may connect', `create role planted_stranger login; grant connect on database "$database" to planted_stranger`, 'role planted_stranger: is none of this service, and may connect'],
  ['another schema', 'create schema aside; create table aside.copy as select * from own_rows', 'schema aside: holds tables, views or functions where nobody looks'],
  ['everybody who may create', 'grant create on schema public to public', 'schema public: everybody may create in it'],
];

describe('the catalogue check', () => {
  it('finds nothing where everything is as declared, and leaves nothing behind', async () => {
    expect(await defectsWith('select 1')).toEqual([]);
    expect(await catalogDefects(database.admin, entities)).toEqual([]);
    expect((await client.query("select from pg_class where relnamespace = pg_my_temp_schema()")).rowCount).toBe(0);
  });

  it.each(planted)('names %s', async (_, plant, defect) => {
    const defects = await defectsWith(plant.replace('$database', database.name));
    expect(defects).toContainEqual(typeof defect === 'string' ? defect : expect.stringMatching(defect));
  });

  it('took back all that was planted', async () => {
    expect(await catalogDefects(client, entities)).toEqual([]);
  });

  it('lets an asking view and a careful definer be', async () => {
    const careful = `create function peek() returns bigint language sql security definer set search_path = pg_catalog, public, pg_temp as 'select count(*) from own_rows';
      alter function peek owner to shapes_owner; revoke execute on function peek from public; grant execute on function peek to shapes_relay`;
    expect(await defectsWith(`create view peek with (security_invoker = on) as select * from own_rows; ${careful}`)).toEqual([]);
  });

  it('names an entity without a table', async () => {
    expect(await defectsWith('select 1', [...entities, AbsentRow])).toEqual(['absent_rows: declared, but not in the database']);
  });
});
