import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Headcounts1764000100003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create table headcount_statements (org uuid not null, id uuid not null unique, version integer not null, sequence integer not null, state text not null check (state in ('stated', 'superseded')),
      park_org uuid, occupation text, staff integer not null check (staff >= 0), counted_on date not null, evidence text not null, primary key (org, id))`);
    await runner.query('create index headcount_statements_own on headcount_statements (org, counted_on, id) include (park_org)');
    await runner.query('create index headcount_statements_park on headcount_statements (park_org, counted_on, id)');
  }
  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
