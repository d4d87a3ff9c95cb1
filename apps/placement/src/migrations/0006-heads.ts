import type { MigrationInterface, QueryRunner } from 'typeorm';
import { giveBackHeads, handOverHeads, holdHeads, peakOfHeads, putHeads, statedStaff, whatStands } from './0006-heads-functions.js';

/**
 * The ledger of heads. Numbers of heads are taken from 1 on, for days: an exclusion key says across all colleges that no head is promised twice on a day, and a check that none is beyond the cap
 * that held when it was taken. What stands already counts: live placements of internships, and entries of rounds that are under way.
 */
export class Heads1764000100006 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create table known_headcounts (org uuid not null, id uuid not null unique, sequence integer not null, state text not null, park_org uuid, occupation text not null, staff integer not null,
      counted_on date, primary key (org, id))`);
    await runner.query(`create index known_headcounts_standing on known_headcounts (org, occupation, counted_on, id) where state = 'stated'`);
    await runner.query(`create table heads (holder uuid not null, post text not null, starts_on date not null, first_head integer not null, last_head integer not null, ends_on date not null,
      org uuid not null, enterprise_org uuid not null, round_id uuid, allowed integer, primary key (holder, post, starts_on, first_head),
      check (first_head > 0 and last_head >= first_head and ends_on >= starts_on), constraint heads_within_cap check (last_head <= allowed),
      constraint heads_promised_once exclude using gist (enterprise_org with =, post with =, int4range(first_head, last_head, '[]') with &&, daterange(starts_on, ends_on, '[]') with &&))`);
    await runner.query('create index heads_of_round on heads (enterprise_org, round_id) where round_id is not null');
    await runner.query(`alter table entries add post_heads integer, add enterprise_heads integer, add head_limit text check (head_limit in ('post', 'enterprise')), add unstated text[] not null default '{}'`);
    for (const text of [statedStaff, peakOfHeads, putHeads, holdHeads, handOverHeads, giveBackHeads]) await runner.query(text);
    await runner.query('create trigger give_back_heads after update on placements referencing new table as after_it old table as before_it for each statement execute function give_back_heads()');
    await this.whatStands(runner);
  }

  /** Row security binds the owner too: for this one transaction it does not, in which nobody else can look. */
  private async whatStands(runner: QueryRunner): Promise<void> {
    const tables = ['heads', 'placements', 'entries', 'rounds', 'known_positions'];
    for (const table of tables) await runner.query(`alter table ${table} no force row level security`);
    await runner.query(whatStands);
    for (const table of tables) await runner.query(`alter table ${table} force row level security`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
