// Classes, as programs tells them: whose they are, and so whose internships somebody sees within what the organisation may see.
import { RowPolicy, type Condition } from '@tandem/persistence';
import { projection, ProjectionRow, type Call } from '@tandem/service-kit';
import { Column, Entity } from 'typeorm';

@Entity('known_classes')
@RowPolicy({ shape: 'own' })
export class KnownClassRow extends ProjectionRow {
  @Column('uuid') teacherAccount!: string | null;
}

export const knownClasses = projection('programs.class', KnownClassRow, ({ public: it }) => ({ teacherAccount: it?.teacherAccount || null }));

/** On a table or alias of internships: a student the own ones, a class teacher those of the own classes; the office and the enterprise all of theirs. */
export function reach({ principal: { role, account } }: Call, internships: string): Condition[] {
  if (role === 'student') return [{ sql: `${internships}.student_id = $`, value: account }];
  if (role !== 'class_teacher') return [];
  const ofClasses = `select s.id from known_students s join known_classes c on c.org = s.org and c.id = s.class_id where s.org = ${internships}.org and c.teacher_account = $`;
  return [{ sql: `${internships}.student_id in (${ofClasses})`, value: account }];
}
