// Students, as programs tells them: ids, codes and derived flags, seen by their college alone.
import { RowPolicy, type Tx } from '@tandem/persistence';
import { projection, ProjectionRow } from '@tandem/service-kit';
import { Column, Entity } from 'typeorm';

@Entity('known_students')
@RowPolicy({ shape: 'own' })
export class KnownStudentRow extends ProjectionRow {
  @Column('text') state!: string;
  @Column('uuid') classId!: string | null;
  @Column('text') programCode!: string;
  @Column('text') region!: string;
  @Column('text', { array: true }) tags!: readonly string[];
  @Column('jsonb') skills!: readonly { readonly code: string; readonly level: number }[];
  @Column('text') minorThrough!: string;
  @Column('text') workableFrom!: string;
}

/** A student of whom only id and state are left. */
const nothing = { classId: '', programCode: '', region: '', skills: [], tags: [], minorThrough: '', workableFrom: '' };

export const knownStudents = projection('programs.student', KnownStudentRow, ({ state, public: it }) => {
  const { classId, programCode, region, skills, tags, minorThrough, workableFrom } = it ?? nothing;
  return { state, classId: classId || null, programCode, region, skills, tags, minorThrough, workableFrom };
});

export async function knownStudentsOf(tx: Tx, org: string, ids: readonly string[]): Promise<Map<string, KnownStudentRow>> {
  const raws = await tx.query('select * from known_students where org = $1 and id = any($2::uuid[])', [org, [...new Set(ids)]]);
  return new Map(raws.map((raw) => [raw['id'] as string, knownStudents.table.hydrate(raw)]));
}
