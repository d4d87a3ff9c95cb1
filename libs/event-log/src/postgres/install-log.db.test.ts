import { afterEach, beforeEach, expect, it } from '@jest/globals';
import pg from 'pg';
import { numbered } from '../conformance/stage.js';
import { installLog } from './install-log.js';
import { postgresLog } from './postgres-log.js';
import { logDatabase, type LogDatabase } from './test-support.js';

let database: LogDatabase;

beforeEach(async () => {
  database = await logDatabase();
});
afterEach(() => database.drop());

const install = () => installLog(database.ownerUrl, { appRole: database.appRole });

it('installs once, however often and by however many at once, and keeps what is there', async () => {
  await Promise.all([install(), install(), install()]);
  const log = postgresLog({ url: database.appUrl });
  await log.ensureTopics(['t'], 1);
  await log.publish(numbered('t', ['a'], 3));
  await install();
  expect(await log.end('t')).toEqual(new Map([[0, 3n]]));
  await log.close();
});

it('waits for no reader when there is nothing to add', async () => {
  await install();
  await database.query('begin; select from topics, partitions, entries');
  await install();
  await database.query('rollback');
});

it('is installed by an owner without privileges, and neither role is privileged', async () => {
  await install();
  const { rows } = await database.query('select rolsuper, rolbypassrls, rolcreaterole from pg_roles where rolname like $1', [`${database.name}%`]);
  expect(rows).toEqual([0, 1].map(() => ({ rolsuper: false, rolbypassrls: false, rolcreaterole: false })));
});

it('forces row-level security on every table, with a policy for each verb that only the role of the log passes', async () => {
  await install();
  const tables = await database.query(`
    select c.relname, c.relrowsecurity and c.relforcerowsecurity as forced,
      array(select p.cmd from pg_policies p where p.tablename = c.relname and p.roles = array[$1::name] order by 1) as verbs
    from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')`, [database.appRole]);
  expect(tables.rows.length).toBe(3);
  for (const { forced, verbs } of tables.rows) expect({ forced, verbs }).toEqual({ forced: true, verbs: ['DELETE', 'INSERT', 'SELECT', 'UPDATE'] });
});

it('shows events to nobody but the role of the log, not even to the owner', async () => {
  await install();
  const log = postgresLog({ url: database.appUrl });
  await log.ensureTopics(['t'], 1);
  await log.publish(numbered('t', ['a'], 3));
  await log.close();
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  expect((await owner.query('select from entries')).rowCount).toBe(0);
  await owner.end();
  await database.query(`create role ${database.name}_other login password 'x'`);
  const other = new pg.Client({ connectionString: database.appUrl.replace(/\/\/.*@/, `//${database.name}_other:x@`) });
  await expect(other.connect()).rejects.toThrow('permission denied for database');
  await database.query(`drop role ${database.name}_other`);
});
