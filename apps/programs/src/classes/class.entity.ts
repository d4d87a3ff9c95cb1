import { RowPolicy } from '@tandem/persistence';
import { aggregate, AggregateRow } from '@tandem/service-kit';
import { Column, Entity } from 'typeorm';
import type { Class } from './class.js';

@Entity('classes')
@RowPolicy({ shape: 'own' })
export class ClassRow extends AggregateRow implements Class {
  @Column('text') state!: Class['state'];
  @Column('uuid') cohortId!: string;
  @Column('text') name!: string;
  @Column('uuid') teacherAccount!: string | null;
}

export const classes = aggregate('programs.class', ClassRow, {
  payload: ({ id, org, state, cohortId, teacherAccount }) => ({ id, org, state, public: { cohortId, teacherAccount: teacherAccount ?? '' } }),
});
