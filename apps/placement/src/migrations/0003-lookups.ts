import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Ways to what is asked by round, entry or student alone, whoever asks: progress, a withdrawn entry, an explanation. */
export class Lookups1764000100003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create index offers_of_round on offers (round_id, state)');
    await runner.query(`create index offers_of_entry on offers (entry_id) where state in ('offered', 'waiting')`);
    await runner.query('create index assignments_of_student on assignments (round_id, student_id, run)');
  }
  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
