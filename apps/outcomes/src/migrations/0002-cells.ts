import type { MigrationInterface, QueryRunner } from 'typeorm';
import { installCube } from '../indicators/cube.js';

export class Cells1764000300002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create table cells (org uuid not null, reader_org uuid not null, indicator text not null, region text not null, occupation text not null, period text not null,
      population bigint not null, denominator bigint not null, numerator bigint not null, unknown bigint not null, primary key (org, indicator, region, occupation, period))`);
    await runner.query('create index cells_by_region on cells (reader_org, indicator, region text_pattern_ops)');
    for (const statement of installCube()) await runner.query(statement);
  }
  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
