import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { catalogDefects, migrate, RowPolicy, type DatabaseAccess } from '@tandem/persistence';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { FreshDatabase } from '../databases.js';
import { until } from '../until.js';
import { Gated1764000200001, GATE } from './gated.test-support.js';
import { emptyDatabase, entities, migrations, OwnRow } from './test-support.js';

const both = [...migrations, Gated1764000200001];
const used: FreshDatabase[] = [];
let access: DatabaseAccess;
let database: FreshDatabase;

beforeEach(async () => {
  ({ access, database } = await emptyDatabase());
  used.push(database);
  // Counts each time the second migration begins, outside of what is migrated.
  await database.admin.query('create table runs (label int); grant select, insert on runs to shapes_owner');
});
afterAll(() => Promise.all(used.map((one) => one.drop())));

async function rows<R extends object>(sql: string): Promise<R[]> {
  return (await database.admin.query<R>(sql)).rows;
}
const applied = async () => (await rows<{ name: string }>('select name from migrations order by id')).map(({ name }) => name);
const names = ['Machinery1764000000000', 'Shapes1764000100001', 'Gated1764000200001', 'Sent1764700000000'];

@Entity('own_rows')
@RowPolicy({ shape: 'shared' })
class OnceSharedRow {
  @PrimaryColumn('uuid') org!: string;
  @Column('text') label!: string;
}

describe('migrating', () => {
  it('four at once do each migration once and leave every wall standing', async () => {
    await Promise.all([1, 2, 3, 4].map(() => migrate(access, both, entities)));
    expect([await applied(), await rows('select * from runs')]).toEqual([names, [{ label: 1 }]]);
    await database.admin.query('drop table runs, late_rows');
    expect(await catalogDefects(database.admin, entities)).toEqual([]);
  });

  it('a second time changes nothing', async () => {
    await migrate(access, migrations, entities);
    const machinery = () => rows(`select p.oid, polname from pg_policy p join pg_class c on c.oid = polrelid where relname in ('outbox', 'audit', 'inbox', 'held') order by 1`);
    const before = await machinery();
    await migrate(access, migrations, entities);
    expect([before.length > 0, await machinery()]).toEqual([true, before]);
    await database.admin.query('drop table runs');
    expect(await catalogDefects(database.admin, entities)).toEqual([]);
  });

  it('gives a table of another shape the new policies and takes the old ones away', async () => {
    await migrate(access, migrations, [OnceSharedRow]);
    await migrate(access, migrations, [OwnRow]);
    expect(await rows(`select policyname from pg_policies where tablename = 'own_rows' order by 1`)).toEqual(['own_delete', 'own_insert', 'own_select', 'own_update'].map((policyname) => ({ policyname })));
  });

  it('may take longer than a statement of the service may', async () => {
    await migrate(access, both, entities);
    expect(await rows('select * from late_rows')).toEqual([{ statement_timeout: '0' }]);
    expect(await rows(`select option from (select unnest(setconfig) as option from pg_db_role_setting s join pg_roles r on r.oid = s.setrole where rolname = 'shapes_owner') o where option ~ '^statement'`)).toEqual([{ option: 'statement_timeout=30s' }]);
  });

  it('killed half-way leaves the migration undone, and the next run does it whole', async () => {
    const gate = await database.admin.connect();
    await gate.query(`select pg_advisory_lock(${GATE})`);
    const child = migrator();
    const gone = once(child, 'exit');
    await until(async () => (await rows(`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%${GATE}%'`)).length > 0, { what: 'the migration to be half-way', deadlineMs: 30_000 });
    expect(await applied()).toEqual(names.slice(0, 2));
    child.kill('SIGKILL');
    expect(await gone).toEqual([null, 'SIGKILL']);
    // The next one comes before the server has noticed that the killed one's open transaction has nobody left.
    const next = migrate(access, both, entities);
    await gate.query(`select pg_advisory_unlock(${GATE})`);
    gate.release();
    await next;
    expect([await applied(), await rows('select * from runs'), await rows('select count(*)::int n from late_rows')]).toEqual([names, [{ label: 1 }], [{ n: 1 }]]);
    await database.admin.query('drop table runs, late_rows');
    expect(await catalogDefects(database.admin, entities)).toEqual([]);
  }, 60_000);
});

function migrator() {
  const root = join(import.meta.dirname, '../../../..');
  const program = join(import.meta.dirname, 'migrator.test-support.ts');
  return spawn(process.execPath, ['--no-warnings', '--conditions=@tandem/source', '--import', '@swc-node/register/esm-register', program, database.url], {
    cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, NODE_OPTIONS: '', SWC_NODE_PROJECT: 'tsconfig.base.json' },
  });
}
