// Every table of every database, as the launcher installs them and the running services leave them.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { catalogDefects, type Walls } from '@tandem/persistence';
import { entitiesOf, partsOf } from '@tandem/service-kit';
import type { PoolClient } from 'pg';
import { definitions } from './launch/launch.js';
import { aTandem, databases, settle, type Database, type Tandem } from './probes/world.test-support.js';
import { ensureSampleRegion } from './sample/region.js';

let tandem: Tandem;
beforeAll(async () => {
  tandem = await aTandem();
  const operator = await tandem.as('operator', 'OPERATOR');
  await ensureSampleRegion(operator);
  await settle(operator);
}, 120_000);
afterAll(() => tandem?.stop());

/** The log has no entities: only its adapter passes, and that everywhere. */
const logWalls: Walls = Object.fromEntries(['topics', 'partitions', 'entries'].map((table) => [table, [
  `create policy ${table}_select on ${table} for select to log_app using (true)`,
  `create policy ${table}_insert on ${table} for insert to log_app with check (true)`,
  `create policy ${table}_update on ${table} for update to log_app using (true) with check (true)`,
  `create policy ${table}_delete on ${table} for delete to log_app using (true)`,
]]));

function defectsOf(name: Database): Promise<string[]> {
  const definition = definitions.find((service) => `tandem_${service.name}` === name);
  return definition ? catalogDefects(tandem.eyes[name], entitiesOf(partsOf(definition.module))) : catalogDefects(tandem.eyes[name], [], logWalls);
}

async function count(name: Database, sql: string): Promise<number> {
  return (await tandem.eyes[name].query<{ n: number }>(`select count(*)::int n from ${sql}`)).rows[0]?.n ?? 0;
}

/** What the role sees without an organisation: rows, or anything but no right. */
async function visibleTo(client: PoolClient, role: string, table: string): Promise<string[]> {
  await client.query(`begin; set local role ${role}`);
  const seen = await client.query(`select from ${table}`).then(({ rowCount }) => `${rowCount} rows`, ({ code }: { code: string }) => code);
  await client.query('rollback');
  return seen === '0 rows' || seen === '42501' ? [] : [`${role}: ${seen} of ${table}`];
}

describe('the catalogue of a running Tandem', () => {
  it('is of as many databases as there are services, and the log', () => {
    expect(databases).toEqual([...definitions.map(({ name }) => `tandem_${name}`), 'tandem_log']);
  });

  it.each(databases)('has no defect in %s', async (name) => {
    expect(await count(name, `pg_tables where schemaname = 'public'`)).toBeGreaterThan(2);
    expect(await defectsOf(name)).toEqual([]);
  });

  it.each(databases)('names what is planted in %s', async (name) => {
    const plants = { stray: 'create table stray (id int)', peek: 'create view peek as select * from pg_class' };
    for (const [relation, plant] of Object.entries(plants)) {
      await tandem.eyes[name].query(plant);
      expect(await defectsOf(name)).toContainEqual(expect.stringMatching(`^${relation}: `));
      await tandem.eyes[name].query(`drop ${relation === 'peek' ? 'view' : 'table'} ${relation}`);
    }
    const [table] = (await tandem.eyes[name].query<{ name: string }>(`select tablename as name from pg_tables where schemaname = 'public' and tablename not like 'inbox%' order by 1 limit 1`)).rows;
    await tandem.eyes[name].query(`create policy planted on ${table?.name} using (true)`);
    expect(await defectsOf(name)).toEqual([`${table?.name}: policy planted is declared nowhere`]);
    await tandem.eyes[name].query(`drop policy planted on ${table?.name}`);
    expect(await defectsOf(name)).toEqual([]);
  });

  it.each(definitions.map(({ name }) => name))('shows no row of %s to a role that names no organisation', async (service) => {
    const client = await tandem.eyes[`tandem_${service}` as Database].connect();
    try {
      const { rows: tables } = await client.query<{ name: string }>(`select tablename as name from pg_tables where schemaname = 'public' order by 1`);
      const seen: string[] = [];
      let filled = 0;
      for (const { name } of tables) {
        filled += (await client.query(`select from ${name} limit 1`)).rowCount ?? 0;
        // The owner reads which migrations ran; that list is nobody's.
        const roles = name === 'migrations' ? ['app', 'report'] : ['app', 'report', 'owner'];
        for (const role of roles) seen.push(...(await visibleTo(client, `${service}_${role}`, name)));
      }
      expect([filled >= 4, seen]).toEqual([true, []]);
    } finally {
      client.release();
    }
  });

  it('lets each role into the database of its own service only', async () => {
    const sql = `(select d.datname, r.rolname from pg_roles r, pg_database d where r.rolname ~ '_(owner|app|relay|report)$' and d.datname ~ '^tandem_' and has_database_privilege(r.oid, d.oid, 'connect')) x`;
    const roles = 4 * databases.length;
    expect([await count('tandem_log', sql), await count('tandem_log', `${sql} where datname = 'tandem_' || regexp_replace(rolname, '_[a-z]+$', '')`)]).toEqual([roles, roles]);
  });
});
