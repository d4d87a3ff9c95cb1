import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Appeals1764000100009 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table rounds add appeal_days integer not null default 0, add appeals_until date');
    await runner.query('alter table rounds alter appeal_days drop default');
    await runner.query(`create table appeals (org uuid not null, id uuid not null unique, version integer not null, sequence integer not null,
      state text not null check (state in ('filed', 'decided', 'withdrawn')), round_id uuid not null, student_id uuid not null, ground text not null, text text not null,
      outcome text check (outcome in ('rerun', 'placed_by_hand', 'rejected')), decision text, decided_by uuid, primary key (org, id))`);
    await runner.query(`create unique index appeals_one_open on appeals (round_id, student_id) where state = 'filed'`);
    await runner.query('create index appeals_own on appeals (org, round_id, id)');
  }
  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
