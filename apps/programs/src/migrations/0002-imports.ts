import type { MigrationInterface, QueryRunner } from 'typeorm';

const projected = 'org uuid not null, id uuid not null unique, sequence integer not null';

export class ProgramsImports1764000200002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table programs add column undone boolean not null default false');
    await runner.query(`create table known_organisations (${projected}, is_public boolean not null, state text not null, kind text not null, primary key (org, id))`);
    await runner.query(`create table known_placements (${projected}, state text not null, student_id uuid, primary key (org, id))`);
    await runner.query('create index known_placements_by_student on known_placements (org, student_id)');
    await runner.query(`create table known_lists (${projected}, state text not null, student_id uuid, primary key (org, id))`);
    await runner.query('create index known_lists_by_student on known_lists (org, student_id)');
  }
  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
