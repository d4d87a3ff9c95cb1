// Classes, as programs tells them: whose they are.
import { RowPolicy } from '@tandem/persistence';
import { projection, ProjectionRow } from '@tandem/service-kit';
import { Column, Entity } from 'typeorm';

@Entity('known_classes')
@RowPolicy({ shape: 'own' })
export class KnownClassRow extends ProjectionRow {
  @Column('uuid') teacherAccount!: string | null;
}

export const knownClasses = projection('programs.class', KnownClassRow, ({ public: it }) => ({ teacherAccount: it?.teacherAccount || null }));
