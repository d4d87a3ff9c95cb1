// A migration that stops half-way for as long as somebody holds its gate.
import type { MigrationInterface, QueryRunner } from 'typeorm';

export const GATE = 4242;

export class Gated1764000200001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('insert into runs (label) select label from (values (1)) v(label)');
    await runner.query(`create table late_rows as select current_setting('statement_timeout') as statement_timeout`);
    await runner.query(`select pg_advisory_xact_lock(${GATE})`);
    await runner.query('alter table late_rows enable row level security');
  }
  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
