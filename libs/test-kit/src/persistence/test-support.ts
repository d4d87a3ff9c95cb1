// A service of five tables, one for each policy shape, in a database of its own.
import { installDatabase, migrate, RowPolicy, type DatabaseAccess, type EntityClass, type Migration } from '@tandem/persistence';
import pg from 'pg';
import { Column, Entity, PrimaryColumn, type MigrationInterface, type QueryRunner } from 'typeorm';
import { freshDatabase, templateDatabase, type FreshDatabase } from '../databases.js';

abstract class Row {
  @PrimaryColumn('uuid') org!: string;
  @PrimaryColumn('uuid') id!: string;
  @Column('text') label!: string;
}
@Entity('own_rows')
@RowPolicy({ shape: 'own' })
class OwnRow extends Row {}
@Entity('parties_rows')
@RowPolicy({ shape: 'parties', parties: ['party_org', 'other_org'] })
class PartiesRow extends Row {}
@Entity('published_rows')
@RowPolicy({ shape: 'published', parties: ['party_org'] })
class PublishedRow extends Row {}
@Entity('round_rows')
@RowPolicy({ shape: 'round' })
class RoundRow extends Row {}
@Entity('shared_rows')
@RowPolicy({ shape: 'shared' })
class SharedRow extends Row {}

export const shapes = ['own', 'parties', 'published', 'round', 'shared'] as const;
export const entities: readonly EntityClass<unknown>[] = [OwnRow, PartiesRow, PublishedRow, RoundRow, SharedRow];
export { OwnRow, SharedRow };

const row = 'org uuid not null, id uuid not null unique default gen_random_uuid(), label text not null, primary key (org, id)';
export class Shapes1764000100001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create table own_rows (${row})`);
    await runner.query(`create table parties_rows (${row}, party_org uuid, other_org uuid)`);
    await runner.query(`create table published_rows (${row}, party_org uuid, is_public boolean not null default false)`);
    await runner.query(`create table round_rows (${row}, sealed boolean not null default false, subject_account uuid, round_id uuid)`);
    await runner.query(`create table shared_rows (${row})`);
  }
  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}

const passwords = { owner: 'test', app: 'test', relay: 'test', report: 'test' };
const SERVICE = 'shapes';

/** An installed database without a schema. */
export async function emptyDatabase(template?: string): Promise<{ access: DatabaseAccess; database: FreshDatabase }> {
  const database = await freshDatabase(undefined, template);
  const access = accessOf(database.url);
  await install(access, database.url);
  return { access, database };
}

export async function shapesDatabase(): Promise<{ access: DatabaseAccess; database: FreshDatabase }> {
  const template = await templateDatabase(`shapes ${Shapes1764000100001.toString()} ${entities.map(String).join()}`, async (url) => {
    await install(accessOf(url), url);
    await migrate(accessOf(url), migrations, entities);
  });
  return emptyDatabase(template);
}

export const migrations: readonly Migration[] = [Shapes1764000100001];

export function accessOf(url: string): DatabaseAccess {
  const { hostname, port, pathname } = new URL(url);
  return { host: hostname, port: Number(port), database: pathname.slice(1), service: SERVICE, passwords };
}

async function install(access: DatabaseAccess, url: string): Promise<void> {
  const superuser = new pg.Client({ connectionString: url });
  await superuser.connect();
  try {
    await installDatabase(superuser, access);
  } finally {
    await superuser.end();
  }
}

