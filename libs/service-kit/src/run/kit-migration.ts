// The projections that every service keeps: delegations and the business clock.
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class KitProjections1764000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create table known_delegations (org uuid not null, id uuid not null unique, sequence integer not null, state text not null,
      park_org uuid, scopes text[] not null, from_on date, to_on date, primary key (org, id))`);
    await runner.query(`create table known_clock (org uuid not null, id uuid not null, sequence integer not null, offset_days integer not null, primary key (org, id))`);
  }
  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
