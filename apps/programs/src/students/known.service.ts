// What a batch of students refers to, read in its transaction.
import type { Tx } from '@tandem/persistence';
import { codesInForce } from '../projections/known-codes.js';
import type { Known, Place } from './student.js';

export async function knownOf(tx: Tx, org: string, places: readonly Place[]): Promise<Known> {
  const ids = (of: (place: Place) => string | null): string[] => [...new Set(places.map(of).filter((id): id is string => id !== null))];
  const [programs, cohorts, classes, regions] = await Promise.all([
    tx.query<{ id: string; code: string }>(`select id, code from programs where org = $1 and id = any($2::uuid[]) and state <> 'closed'`, [org, ids(({ programId }) => programId)]),
    tx.query<{ id: string; programId: string }>(`select id, program_id "programId" from cohorts where org = $1 and id = any($2::uuid[])`, [org, ids(({ cohortId }) => cohortId)]),
    tx.query<{ id: string; cohortId: string }>(`select id, cohort_id "cohortId" from classes where org = $1 and id = any($2::uuid[])`, [org, ids(({ classId }) => classId)]),
    codesInForce(tx, 'regions', places.map(({ region }) => region)),
  ]);
  const byId = <T extends { readonly id: string }>(rows: readonly T[]): Map<string, T> => new Map(rows.map((row) => [row.id, row]));
  return { programs: byId(programs), cohorts: byId(cohorts), classes: byId(classes), regions };
}
