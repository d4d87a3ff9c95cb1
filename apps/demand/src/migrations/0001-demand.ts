import type { MigrationInterface, QueryRunner } from 'typeorm';

const row = 'org uuid not null, id uuid not null unique, version integer not null, sequence integer not null';
const projected = 'org uuid not null, id uuid not null unique, sequence integer not null';

export class Demand1764000100001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create table positions (${row}, state text not null check (state in ('draft', 'submitted', 'returned', 'published', 'closed')),
      is_public boolean not null, park_org uuid, reviewer_org uuid, kind text not null, title text not null, occupation text not null, industry text not null,
      region text not null, headcount integer not null check (headcount > 0), filled integer not null check (filled >= 0), starts_on date not null, ends_on date not null,
      weekly_hours integer not null, has_night_work boolean not null, pay_fen integer not null, skills jsonb not null, majors text[] not null, hazards text[] not null,
      has_board boolean not null, has_lodging boolean not null, close_reason text, withdrawn_reason text, returned_field text, returned_reason text, review_id uuid,
      primary key (org, id), check (ends_on >= starts_on), check ((state = 'closed') = (close_reason is not null)))`);
    await runner.query('create index positions_own on positions (org, starts_on, id)');
    await runner.query('create index positions_park on positions (park_org, starts_on, id)');
    await runner.query('create index positions_review on positions (reviewer_org, starts_on, id)');
    await runner.query('create index positions_published on positions (starts_on, id) where is_public');
    await runner.query('create index positions_published_region on positions (region, starts_on, id) where is_public');
    await runner.query(`create table reviews (${row}, state text not null, position_id uuid not null, enterprise_org uuid not null, position_version integer not null,
      decision text not null check (decision in ('publish', 'return')), field text, reason text, text text,
      primary key (org, id), constraint reviews_position_version_key unique (position_id, position_version))`);
    await runner.query(`create table known_codes (${projected}, state text not null, list text not null, code text not null, leaf boolean not null, primary key (org, id))`);
    await runner.query('create index known_codes_by_code on known_codes (list, code)');
    await runner.query(`create table known_organisations (${projected}, is_public boolean not null, state text not null, kind text not null, region text not null, primary key (org, id))`);
    await runner.query('create index known_organisations_by_region on known_organisations (kind, region) where is_public');
  }
  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
