import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which class a student is in and whose it is: a class teacher reads of the own classes. */
export class Classes1764000100005 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table known_classes (org uuid not null, id uuid not null unique, sequence integer not null, teacher_account uuid, primary key (org, id))');
    await runner.query('create index known_classes_by_teacher on known_classes (org, teacher_account)');
    await runner.query('alter table known_students add class_id uuid');
    await runner.query('create index known_students_by_class on known_students (org, class_id)');
  }
  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
