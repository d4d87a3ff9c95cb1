import type { MigrationInterface, QueryRunner } from 'typeorm';

const row = 'org uuid not null, id uuid not null unique, version integer not null, sequence integer not null';

export class Identity1764000100001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create table organisations (${row}, state text not null check (state in ('pending', 'active', 'suspended', 'closed')), is_public boolean not null,
      self_org uuid not null, kind text not null, code text not null constraint organisations_code_key unique, name text not null, region text not null,
      invented boolean not null, suspended_until date, primary key (org, id))`);
    await runner.query('create index organisations_by_code on organisations (org, code, id)');
    await runner.query('create index organisations_published on organisations (code, id) where is_public');
    await runner.query(`create table memberships (${row}, state text not null check (state in ('active', 'ended')), account uuid not null, role text not null,
      name bytea not null, phone bytea not null, phone_hash bytea not null, from_on date not null, to_on date, primary key (org, id))`);
    await runner.query('create index memberships_by_phone on memberships (org, phone_hash)');
    await runner.query(`create table delegations (${row}, state text not null check (state in ('active', 'revoked', 'expired')), park_org uuid not null,
      scopes text[] not null, from_on date not null, to_on date, primary key (org, id))`);
    await runner.query('create index delegations_own on delegations (org, from_on, id)');
    await runner.query('create index delegations_party on delegations (park_org, from_on, id)');
    await runner.query(`create table codes (${row}, state text not null check (state in ('active', 'retired')), list text not null, code text not null, name text not null,
      parent text, level integer not null, leaf boolean not null, from_on date not null, to_on date, primary key (org, id), constraint codes_list_code_key unique (list, code))`);
    await runner.query('create index codes_by_code on codes (list, code, id)');
    await runner.query(`create table clocks (${row}, state text not null, offset_days integer not null, primary key (org, id))`);
  }
  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
