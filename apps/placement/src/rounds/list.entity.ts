import { RowPolicy } from '@tandem/persistence';
import { aggregate, AggregateRow } from '@tandem/service-kit';
import { Column, Entity } from 'typeorm';
import { refuse, type FixReason, type PreferenceList } from './list.js';
import type { StudentFacts } from './priorities.js';

@Entity('preference_lists')
@RowPolicy({ shape: 'round' })
export class ListRow extends AggregateRow implements PreferenceList {
  @Column('text') state!: PreferenceList['state'];
  @Column('boolean') sealed!: boolean;
  @Column('uuid') subjectAccount!: string | null;
  @Column('uuid') roundId!: string;
  @Column('uuid') studentId!: string;
  @Column('uuid', { array: true }) choices!: readonly string[];
  @Column('jsonb') facts!: StudentFacts;
  @Column('text') fixReason!: FixReason | null;
  @Column('text') fixText!: string | null;
}

const taken = () => refuse.already_submitted({ field: 'studentId' });

export const lists = aggregate('placement.preference_list', ListRow, {
  payload: ({ id, org, state, roundId, studentId, choices }) => ({ id, org, state, public: { roundId, studentId, choices: choices.length } }),
  constraints: { preference_lists_pkey: taken, preference_lists_id_key: taken },
});
