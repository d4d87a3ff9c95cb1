// What each run was made of and what came out, under the round's own names: kept as it was, so that it can be checked again whatever changes afterwards.
import { gunzipSync, gzipSync } from 'node:zlib';
import { RowPolicy, type Tx } from '@tandem/persistence';
import type { Assignments, Instance, Standing } from '@tandem/stable-matching';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('round_runs')
@RowPolicy({ shape: 'round' })
export class RunRow {
  @PrimaryColumn('uuid') org!: string;
  @PrimaryColumn('uuid') roundId!: string;
  @PrimaryColumn('integer') run!: number;
  /** Always: no organisation reads it but as the round's runner. */
  @Column('boolean') sealed!: boolean;
  @Column('uuid') subjectAccount!: string | null;
  @Column('bytea') packed!: Buffer;
}

/** The lists whole, also with wishes that no position accepts: the lottery's seed hangs on them. */
export interface RunRecord {
  readonly lists: readonly (readonly [alias: string, choices: readonly string[]])[];
  /** Of the lists of the first run, which the lottery's seed is made of. */
  readonly listsDigest: string;
  readonly instance: Instance;
  /** Of a refill: where everybody stood. */
  readonly standing: Standing | null;
  readonly assignments: Assignments;
  readonly digest: string;
}

export function keepRun(tx: Tx, { org, roundId, run }: Pick<RunRow, 'org' | 'roundId' | 'run'>, record: RunRecord): void {
  tx.write('insert into round_runs (org, round_id, run, sealed, subject_account, packed) values ($1, $2, $3, true, null, $4)', [org, roundId, run, gzipSync(JSON.stringify(record), { level: 1 })]);
}

export function unpacked(packed: Buffer): RunRecord {
  return JSON.parse(gunzipSync(packed).toString('utf8')) as RunRecord;
}
