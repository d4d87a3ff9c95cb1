import type { MigrationInterface, QueryRunner } from 'typeorm';

const row = 'org uuid not null, id uuid not null unique, version integer not null, sequence integer not null';
const projected = 'org uuid not null, id uuid not null unique, sequence integer not null';

/** Tries the seats of a lane from a hint on; a taken one is somebody's row that the caller does not see, and the unique key sees it. */
const takeSeat = `create function take_seat(p_org uuid, p_lane uuid, p_capacity integer, p_holder uuid, p_hint integer) returns integer
  language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  n integer;
begin
  for k in 0 .. p_capacity - 1 loop
    n := (p_hint + k) % p_capacity + 1;
    insert into seats (lane, seat_no, org, holder) values (p_lane, n, p_org, p_holder) on conflict do nothing;
    if found then return n; end if;
  end loop;
  return null;
end $$`;

const live = `state in ('confirmed', 'ready', 'started', 'paused')`;

export class Rounds1764000100002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await this.placements(runner);
    await this.ledgers(runner);
    await this.rounds(runner);
    await this.projections(runner);
  }

  private async placements(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table placements drop constraint placements_state_check, drop constraint placements_one_live_per_student,
      add check (state in ('confirmed', 'ready', 'started', 'paused', 'ended', 'cancelled')),
      add region text not null default '', add occupation text not null default '', add round_id uuid, add is_minor boolean not null default true, add started_on date,
      add pause_reason text, add ended_on date, add end_kind text check (end_kind in ('completed', 'left_early', 'converted_to_job')), add end_reason text,
      add constraint placements_one_live_per_student exclude using gist (student_id with =, daterange(starts_on, ends_on, '[]') with &&) where (${live})`);
    await runner.query('create index placements_by_student on placements (org, student_id)');
    await runner.query('create index placements_by_round on placements (org, round_id, starts_on) where round_id is not null');
    await runner.query(`create table gates (org uuid not null, placement_id uuid not null, gate text not null, evidence text not null, by uuid not null, at timestamptz not null,
      primary key (org, placement_id, gate), foreign key (org, placement_id) references placements (org, id))`);
  }

  private async ledgers(runner: QueryRunner): Promise<void> {
    await runner.query('drop function take_seat(uuid, uuid, integer, uuid, integer)');
    await runner.query('alter table seats rename column position_id to lane');
    await runner.query('alter table seats rename column placement_id to holder');
    await runner.query('alter table seats drop constraint seats_org_placement_id_fkey');
    await runner.query('drop index seats_by_placement');
    await runner.query('create index seats_by_holder on seats (holder)');
    await runner.query(takeSeat);
    await runner.query(`create table engagements (student_id uuid not null, round_id uuid not null, org uuid not null, starts_on date not null, ends_on date not null, primary key (student_id, round_id),
      constraint engagements_one_at_a_time exclude using gist (student_id with =, daterange(starts_on, ends_on, '[]') with &&))`);
    await runner.query('create index engagements_by_round on engagements (org, round_id)');
  }

  private async rounds(runner: QueryRunner): Promise<void> {
    await runner.query(`create table rounds (${row}, state text not null check (state in ('draft', 'announced', 'open', 'closed', 'matched', 'verified', 'rejected', 'published', 'settled', 'cancelled')),
      is_public boolean not null, title text not null, colleges uuid[] not null, starts_on date not null, ends_on date not null, opens_on date not null, closes_on date not null,
      answer_days integer not null, rules jsonb not null, rule_sheet text, rule_hash text, sealed_secret bytea, secret text, runs integer not null, input_hash text, digest text,
      applicants integer not null, assigned integer not null, findings text[] not null, answers_until date, cancel_reason text, primary key (org, id), check (ends_on >= starts_on))`);
    await runner.query('create index rounds_own on rounds (org, opens_on, id)');
    await runner.query('create index rounds_published on rounds (opens_on, id) where is_public');
    await runner.query(`create table entries (${row}, state text not null check (state in ('entered', 'withdrawn', 'settled')), is_public boolean not null, round_id uuid not null, position_id uuid not null,
      seats integer not null check (seats >= 0), needs_major boolean not null, reason text, primary key (org, id), constraint entries_position_key unique (round_id, position_id))`);
    await runner.query('create index entries_own on entries (org, round_id, id)');
    await runner.query('create index entries_published on entries (round_id, id) where is_public');
    await runner.query('create index entries_by_position on entries (position_id) where is_public');
    await runner.query(`create table preference_lists (${row}, state text not null check (state in ('submitted', 'struck')), sealed boolean not null, subject_account uuid, round_id uuid not null,
      student_id uuid not null, choices uuid[] not null, facts jsonb not null, primary key (org, id))`);
    await runner.query('create index preference_lists_own on preference_lists (org, round_id, id)');
    await runner.query('create index preference_lists_by_round on preference_lists (round_id, student_id)');
    await runner.query('create index preference_lists_by_student on preference_lists (org, student_id)');
    await runner.query(`create table offers (${row}, state text not null check (state in ('offered', 'accepted', 'waiting', 'declined', 'expired', 'rescinded')), round_id uuid not null, entry_id uuid not null,
      student_id uuid not null, position_id uuid not null, enterprise_org uuid not null, wish integer not null, answer_by date not null, reason text, kind text not null, region text not null,
      occupation text not null, starts_on date not null, ends_on date not null, is_minor boolean not null, primary key (org, id))`);
    await runner.query('create index offers_own on offers (org, answer_by, id)');
    await runner.query('create index offers_by_round on offers (org, round_id, answer_by)');
    await runner.query('create index offers_party on offers (enterprise_org, answer_by, id)');
    await runner.query('create index offers_by_student on offers (org, student_id)');
    await runner.query(`create table assignments (org uuid not null, round_id uuid not null, run integer not null, student_id uuid not null, sealed boolean not null, subject_account uuid, college_org uuid not null,
      position_id uuid, wish integer, reason text, explanation jsonb not null, offer_as text check (offer_as in ('offered', 'waiting')), leaves uuid, primary key (org, round_id, run, student_id))`);
    await runner.query('create index assignments_by_round on assignments (round_id, run, college_org)');
  }

  private async projections(runner: QueryRunner): Promise<void> {
    await runner.query(`create table known_students (${projected}, state text not null, program_code text not null, region text not null, skills jsonb not null, minor_through text not null,
      workable_from text not null, primary key (org, id))`);
    // What was projected before these columns has no values for them: the projection is read again from the beginning.
    await runner.query('truncate known_positions');
    await runner.query(`alter table known_positions add occupation text not null, add has_night_work boolean not null, add skills jsonb not null, add majors text[] not null`);
    await runner.query(`select set_config('app.consumer', 'known_positions', true)`);
    await runner.query(`delete from progress where consumer = 'known_positions'`);
    await runner.query(`delete from positions_of_consumers where consumer = 'known_positions'`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
