import type { MigrationInterface, QueryRunner } from 'typeorm';

const projected = 'org uuid not null, id uuid not null unique, sequence integer not null';

/** Tries the seats from a hint on; a taken one is somebody's row that the caller does not see, and the unique key sees it. */
const takeSeat = `create function take_seat(p_org uuid, p_position uuid, p_headcount integer, p_placement uuid, p_hint integer) returns integer
  language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  n integer;
begin
  for k in 0 .. p_headcount - 1 loop
    n := (p_hint + k) % p_headcount + 1;
    insert into seats (position_id, seat_no, org, placement_id) values (p_position, n, p_org, p_placement) on conflict do nothing;
    if found then return n; end if;
  end loop;
  return null;
end $$`;

export class Placement1764000100001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create extension if not exists btree_gist');
    await runner.query(`create table placements (org uuid not null, id uuid not null unique, version integer not null, sequence integer not null,
      state text not null check (state in ('confirmed', 'cancelled')), student_id uuid not null, position_id uuid not null, enterprise_org uuid not null,
      kind text not null, starts_on date not null, ends_on date not null, cancel_reason text, primary key (org, id), check (ends_on >= starts_on),
      constraint placements_one_live_per_student exclude using gist (student_id with =, daterange(starts_on, ends_on, '[]') with &&) where (state = 'confirmed'))`);
    await runner.query('create index placements_own on placements (org, starts_on, id)');
    await runner.query('create index placements_party on placements (enterprise_org, starts_on, id)');
    await runner.query(`create table seats (position_id uuid not null, seat_no integer not null check (seat_no > 0), org uuid not null, placement_id uuid not null,
      primary key (position_id, seat_no), foreign key (org, placement_id) references placements (org, id) deferrable initially deferred)`);
    await runner.query('create unique index seats_by_placement on seats (placement_id)');
    await runner.query(takeSeat);
    await runner.query(`create table known_positions (${projected}, is_public boolean not null, state text not null, park_org uuid, kind text not null, region text not null,
      headcount integer not null, filled integer not null, starts_on date, ends_on date, close_reason text, primary key (org, id))`);
    await runner.query(`create table known_organisations (${projected}, is_public boolean not null, state text not null, kind text not null, region text not null, primary key (org, id))`);
  }
  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
