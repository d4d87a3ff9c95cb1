// What the college's students are in, as placement tells it: one who ranks positions or has a placement is not taken back with an import.
import { RowPolicy, type Tx } from '@tandem/persistence';
import { projection, ProjectionRow } from '@tandem/service-kit';
import { Column, Entity } from 'typeorm';

@Entity('known_placements')
@RowPolicy({ shape: 'own' })
export class KnownPlacementRow extends ProjectionRow {
  @Column('text') state!: string;
  @Column('uuid') studentId!: string | null;
}

@Entity('known_lists')
@RowPolicy({ shape: 'own' })
export class KnownListRow extends ProjectionRow {
  @Column('text') state!: string;
  @Column('uuid') studentId!: string | null;
}

export const knownPlacements = projection('placement.placement', KnownPlacementRow, ({ state, public: it }) => ({ state, studentId: it?.studentId ?? null }));
export const knownLists = projection('placement.preference_list', KnownListRow, ({ state, public: it }) => ({ state, studentId: it?.studentId ?? null }));

/** Of these students of the college those with a list that stands or a placement that was not cancelled. */
export async function studentsInUse(tx: Tx, org: string, ids: readonly string[]): Promise<Set<string>> {
  const rows = await tx.query<{ id: string }>(
    `select student_id id from known_placements where org = $1 and student_id = any($2::uuid[]) and state <> 'cancelled'
     union select student_id from known_lists where org = $1 and student_id = any($2::uuid[]) and state <> 'struck'`,
    [org, ids],
  );
  return new Set(rows.map(({ id }) => id));
}
