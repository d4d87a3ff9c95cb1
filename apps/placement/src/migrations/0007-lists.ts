import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Why a college changed a list that it had handed in. */
export class Lists1764000100007 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table preference_lists add fix_reason text, add fix_text text');
  }
  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
