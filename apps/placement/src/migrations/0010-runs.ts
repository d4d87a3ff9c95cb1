import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Each run as it was, under names of the round's own. */
export class Runs1764000100010 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table rounds add sealed_alias_key bytea, add lists_digest text');
    await runner.query('alter table assignments add alias text');
    await runner.query(`create table round_runs (org uuid not null, round_id uuid not null, run integer not null, sealed boolean not null, subject_account uuid, packed bytea not null, primary key (org, round_id, run))`);
    // Compressed already.
    await runner.query('alter table round_runs alter packed set storage external');
    await runner.query('create index round_runs_by_round on round_runs (round_id, run)');
  }
  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
