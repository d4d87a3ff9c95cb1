import type { MigrationInterface, QueryRunner } from 'typeorm';

export class IdentityImports1764000100002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table organisations add column import_id uuid, add column undone boolean not null default false');
    // A closed organisation gives its code free: an import that was undone can be made again.
    await runner.query('alter table organisations drop constraint organisations_code_key');
    await runner.query(`create unique index organisations_code_key on organisations (code) where state <> 'closed'`);
    await runner.query('create index organisations_imported on organisations (import_id, id) where import_id is not null');
  }
  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
