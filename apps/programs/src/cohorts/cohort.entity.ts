import { RowPolicy } from '@tandem/persistence';
import { aggregate, AggregateRow } from '@tandem/service-kit';
import { Column, Entity } from 'typeorm';
import { refuse, type Cohort, type Window } from './cohort.js';

@Entity('cohorts')
@RowPolicy({ shape: 'own' })
export class CohortRow extends AggregateRow implements Cohort {
  @Column('text') state!: Cohort['state'];
  @Column('uuid') programId!: string;
  @Column('text') programCode!: string;
  @Column('integer') entryYear!: number;
  @Column('date') graduatesOn!: string;
  @Column('jsonb') windows!: readonly Window[];
}

export const cohorts = aggregate('programs.cohort', CohortRow, {
  payload: ({ id, org, state, programId, programCode, entryYear, graduatesOn, windows }) => ({ id, org, state, public: { programId, programCode, entryYear, graduatesOn, windows: [...windows] } }),
  constraints: { cohorts_program_year_key: () => refuse.already_there({ field: 'entryYear' }) },
});
