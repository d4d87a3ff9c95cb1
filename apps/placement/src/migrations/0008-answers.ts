import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Until when a round's offers are answered, when its freed seats are given on, and points for groups. */
export class Answers1764000100008 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table rounds add settles_on date, add refill_days integer not null default 0, add refill_on date');
    // The owner's rows are walled off from this statement too, unless the wall is lifted inside the transaction.
    await runner.query('alter table rounds no force row level security');
    await runner.query(`update rounds set settles_on = starts_on - 1, rules = rules || '{"groups": []}'`);
    await runner.query('alter table rounds force row level security');
    await runner.query('alter table rounds alter settles_on set not null, alter refill_days drop default');
    await runner.query(`truncate known_students`);
    await runner.query(`alter table known_students add tags text[] not null`);
    await runner.query(`select set_config('app.consumer', 'known_students', true)`);
    await runner.query(`delete from progress where consumer = 'known_students'`);
    await runner.query(`delete from positions_of_consumers where consumer = 'known_students'`);
  }
  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
