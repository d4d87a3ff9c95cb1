// What every service keeps beside its machinery: the projections of delegations and of the business clock, and which making of a topic a position is of.
import { RESET_PROJECTION } from '@tandem/persistence';
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

/** Positions from before this are of no known topic: each is read once more from its beginning, and the inbox absorbs it. */
export class KitIncarnations1764600000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table positions_of_consumers add column incarnation text not null default ''`);
    await runner.query(`create or replace function ${RESET_PROJECTION}`);
  }
  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
