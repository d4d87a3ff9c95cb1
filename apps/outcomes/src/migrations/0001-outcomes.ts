import type { MigrationInterface, QueryRunner } from 'typeorm';

const row = 'org uuid not null, id uuid not null unique, version integer not null, sequence integer not null';
const projected = 'org uuid not null, id uuid not null unique, sequence integer not null';

export class Outcomes1764000300001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create table internships (${row}, state text not null check (state in ('running', 'closed')), student_id uuid not null, position_id uuid not null, enterprise_org uuid not null,
      kind text not null, region text not null, occupation text not null, started_on date not null, ended_on date, end_kind text,
      sequel text not null check (sequel in ('unknown', 'converted', 'other_job', 'not_seeking', 'seeking')), primary key (org, id))`);
    await runner.query('create index internships_own on internships (org, started_on, id)');
    await runner.query('create index internships_party on internships (enterprise_org, started_on, id)');
    await runner.query('create index internships_by_student on internships (org, student_id)');
    await runner.query(`create table assessments (${row}, state text not null check (state in ('submitted', 'acknowledged', 'objected', 'settled')), internship_id uuid not null, college_org uuid not null,
      enterprise_org uuid not null, assessor text not null, stage text not null, practical integer not null, analysis integer not null, independence integer not null, emergencies integer not null,
      evidence bytea not null, settled_text bytea, primary key (org, id), constraint assessments_once_key unique (org, internship_id, assessor, stage),
      check (least(practical, analysis, independence, emergencies) >= 1 and greatest(practical, analysis, independence, emergencies) <= 5))`);
    await runner.query('create index assessments_own on assessments (org, internship_id, id)');
    await runner.query('create index assessments_college on assessments (college_org, internship_id, id)');
    await runner.query('create index assessments_enterprise on assessments (enterprise_org, internship_id, id)');
    await runner.query(`create table assessment_replies (${row}, state text not null check (state in ('acknowledged', 'objected')), assessment_id uuid not null, assessor_org uuid not null, text bytea,
      primary key (org, id), constraint assessment_replies_once_key unique (org, assessment_id))`);
    await runner.query(`create table destinations (${row}, state text not null check (state in ('reported', 'confirmed', 'corrected')), student_id uuid not null, category text not null, employer_org uuid,
      occupation text not null, region text not null, from_on date not null, to_on date, wage_band text, evidence_kind text not null, evidence bytea not null, confirmed_by text, correction_reason text,
      primary key (org, id), check (to_on is null or to_on >= from_on))`);
    await runner.query('create index destinations_own on destinations (org, from_on, id)');
    await runner.query('create index destinations_by_student on destinations (org, student_id)');
    await runner.query(`create table retention_checks (${row}, state text not null check (state in ('planned', 'due', 'still_there', 'left', 'unknown', 'dropped')), destination_id uuid not null,
      student_id uuid not null, months integer not null, due_on date not null, region text not null, occupation text not null, reason text, primary key (org, id))`);
    await runner.query('create index retention_checks_own on retention_checks (org, due_on, id)');
    await runner.query('create index retention_checks_by_destination on retention_checks (org, destination_id)');
    await runner.query(`create table known_positions (${projected}, is_public boolean not null, state text not null, region text not null, occupation text not null, headcount integer not null,
      filled integer not null, starts_on date, close_reason text, primary key (org, id))`);
    await runner.query(`create table known_students (${projected}, state text not null, primary key (org, id))`);
    await runner.query(`create table known_organisations (${projected}, is_public boolean not null, state text not null, kind text not null, region text not null, primary key (org, id))`);
  }
  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
