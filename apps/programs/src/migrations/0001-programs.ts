import type { MigrationInterface, QueryRunner } from 'typeorm';

const row = 'org uuid not null, id uuid not null unique, version integer not null, sequence integer not null';
const projected = 'org uuid not null, id uuid not null unique, sequence integer not null';

export class Programs1764000200001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create table programs (${row}, state text not null check (state in ('planned', 'running', 'closed')), is_public boolean not null,
      code text not null, level text not null, years integer not null check (years between 1 and 8), skills jsonb not null, import_id uuid, primary key (org, id))`);
    // A closed program gives its place free: an import that was undone can be made again.
    await runner.query(`create unique index programs_code_years_key on programs (org, code, years) where state <> 'closed'`);
    await runner.query('create index programs_own on programs (org, code, id)');
    await runner.query('create index programs_published on programs (code, id) where is_public');
    await runner.query('create index programs_imported on programs (import_id, org) where import_id is not null');
    await runner.query(`create table cohorts (${row}, state text not null check (state in ('planned', 'enrolled', 'graduated')), program_id uuid not null, program_code text not null,
      entry_year integer not null, graduates_on date not null, windows jsonb not null, primary key (org, id), constraint cohorts_program_year_key unique (org, program_id, entry_year))`);
    await runner.query('create index cohorts_own on cohorts (org, entry_year, id)');
    await runner.query(`create table classes (${row}, state text not null check (state in ('formed', 'dissolved')), cohort_id uuid not null, name text not null, teacher_account uuid,
      primary key (org, id))`);
    await runner.query('create index classes_own on classes (org, name, id)');
    await runner.query('create index classes_by_teacher on classes (teacher_account, org) where teacher_account is not null');
    await runner.query(`create table students (${row}, state text not null check (state in ('enrolled', 'on_leave', 'graduated', 'withdrawn')), kind text not null check (kind in ('student', 'learner')),
      roll_no text not null, name bytea not null, id_number bytea, id_hash bytea, phone bytea, guardian_name bytea, guardian_phone bytea, born_on bytea not null,
      program_id uuid, program_code text not null, cohort_id uuid, class_id uuid, region text not null, skills jsonb not null, tags text[] not null,
      minor_through text not null, workable_from text not null, reason text, import_id uuid, primary key (org, id))`);
    // A withdrawn student gives number and person free: enrolled again, it is another row.
    await runner.query(`create unique index students_roll_no_key on students (org, roll_no) where state <> 'withdrawn'`);
    await runner.query(`create unique index students_person_key on students (org, id_hash) where state <> 'withdrawn'`);
    await runner.query('create index students_own on students (org, roll_no, id)');
    await runner.query('create index students_by_class on students (org, class_id, roll_no) where class_id is not null');
    await runner.query('create index students_by_cohort on students (org, cohort_id, roll_no) where cohort_id is not null');
    await runner.query('create index students_imported on students (import_id, org) where import_id is not null');
    await runner.query(`create table known_codes (${projected}, state text not null, list text not null, code text not null, primary key (org, id))`);
    await runner.query('create index known_codes_by_code on known_codes (list, code)');
  }
  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
