import { RowPolicy } from '@tandem/persistence';
import { aggregate, AggregateRow } from '@tandem/service-kit';
import { Column, Entity } from 'typeorm';
import { refuse, type Appeal } from './appeal.js';

@Entity('appeals')
@RowPolicy({ shape: 'own' })
export class AppealRow extends AggregateRow implements Appeal {
  @Column('text') state!: Appeal['state'];
  @Column('uuid') roundId!: string;
  @Column('uuid') studentId!: string;
  @Column('text') ground!: Appeal['ground'];
  @Column('text') text!: string;
  @Column('text') outcome!: Appeal['outcome'];
  @Column('text') decision!: string | null;
  @Column('uuid') decidedBy!: string | null;
}

const taken = () => refuse.already_filed({ field: 'studentId' });

/** What was written stays in placement. */
export const appeals = aggregate('placement.appeal', AppealRow, {
  payload: ({ id, org, state, roundId, studentId, ground, outcome }) => ({ id, org, state, public: { roundId, studentId, ground, outcome: outcome ?? '' } }),
  constraints: { appeals_one_open: taken },
});
