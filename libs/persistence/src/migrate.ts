// Migrations, one at a time for each database, then the policies that the entities declare.
import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { machinerySql, ownerOnly, sentSql } from './machinery.js';
import { policySql } from './policy.js';
import { connection, type DatabaseAccess } from './roles.js';
import { tableOf, type EntityClass } from './table.js';

export type Migration = new () => MigrationInterface;

/** The tables of the write path come first in every service; each of these has its time in its name. */
function machineryMigrations(service: string): Migration[] {
  return Object.entries({ Machinery1764000000000: machinerySql(service), Sent1764700000000: sentSql(service) }).map(([name, statements]) => {
    class Machinery implements MigrationInterface {
      readonly name = name;
      async up(runner: QueryRunner): Promise<void> {
        for (const statement of statements) await runner.query(statement);
      }
      async down(): Promise<void> {
        throw new Error('migrations go forward only');
      }
    }
    return Machinery;
  });
}

/**
 * Brings a service's database to this release: runs what is missing under an advisory lock (TypeORM takes none), then gives every
 * table the policies of its entity and marks the projections, which alone may be emptied. Killed half-way it is run again; two at once wait for each other.
 */
export async function migrate(access: DatabaseAccess, migrations: readonly Migration[], entities: readonly EntityClass<unknown>[], projections: readonly string[] = []): Promise<void> {
  const source = new DataSource({
    type: 'postgres',
    ...withUsername(access),
    // A service's statements end after 30 s; a migration, and the wait for another migrator, may take as long as the tables are large.
    extra: { max: 2, options: '-c statement_timeout=0' },
    migrations: [...machineryMigrations(access.service), ...migrations],
    migrationsTransactionMode: 'each',
  });
  await source.initialize();
  const lock = source.createQueryRunner();
  try {
    await lock.query(`select pg_advisory_lock(hashtext('tandem.migrate'))`);
    await source.runMigrations();
    await applyPolicies(lock, access.service, entities);
    for (const table of projections) await lock.query(`comment on table ${table} is 'tandem:projection'`);
  } finally {
    await lock.query(`select pg_advisory_unlock(hashtext('tandem.migrate'))`).catch(() => undefined);
    await lock.release();
    await source.destroy();
  }
}

function withUsername(access: DatabaseAccess) {
  const { user, ...rest } = connection(access, 'owner');
  return { ...rest, username: user };
}

/** In one transaction: at no moment is a table without its wall. */
async function applyPolicies(runner: QueryRunner, service: string, entities: readonly EntityClass<unknown>[]): Promise<void> {
  await runner.query('begin');
  try {
    for (const entity of entities) {
      const table = tableOf(entity);
      for (const statement of policySql(table.name, table.policy, `${service}_app`)) await runner.query(statement);
    }
    for (const statement of ownersTable('migrations', service)) await runner.query(statement);
    await runner.query('commit');
  } catch (error) {
    await runner.query('rollback');
    throw error;
  }
}

function ownersTable(table: string, service: string): string[] {
  return [
    `alter table ${table} enable row level security`,
    `alter table ${table} force row level security`,
    `drop policy if exists owner_all on ${table}`,
    ...ownerOnly(table, service),
  ];
}
