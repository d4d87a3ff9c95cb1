// Students, as programs tells them: whether somebody is a student of this college, and in which class.
import { RowPolicy, type Tx } from '@tandem/persistence';
import { projection, ProjectionRow } from '@tandem/service-kit';
import { Column, Entity } from 'typeorm';

@Entity('known_students')
@RowPolicy({ shape: 'own' })
export class KnownStudentRow extends ProjectionRow {
  @Column('text') state!: string;
  @Column('uuid') classId!: string | null;
}

export const knownStudents = projection('programs.student', KnownStudentRow, ({ state, public: it }) => ({ state, classId: it?.classId || null }));

/** Of these those who are or were students of the organisation. */
export async function ownStudents(tx: Tx, org: string, ids: readonly string[]): Promise<Set<string>> {
  const rows = await tx.query<{ id: string }>('select id from known_students where org = $1 and id = any($2::uuid[])', [org, [...new Set(ids)]]);
  return new Set(rows.map(({ id }) => id));
}
