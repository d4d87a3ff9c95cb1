import { RowPolicy } from '@tandem/persistence';
import { aggregate, AggregateRow, endOfDay } from '@tandem/service-kit';
import { Column, Entity } from 'typeorm';
import { fallDue, type RetentionCheck } from './retention-check.js';

@Entity('retention_checks')
@RowPolicy({ shape: 'own' })
export class RetentionCheckRow extends AggregateRow implements RetentionCheck {
  @Column('text') state!: RetentionCheck['state'];
  @Column('uuid') destinationId!: string;
  @Column('uuid') studentId!: string;
  @Column('integer') months!: number;
  @Column('date') dueOn!: string;
  @Column('text') region!: string;
  @Column('text') occupation!: string;
  @Column('text') reason!: string | null;
}

export const retentionChecks = aggregate('outcomes.retention_check', RetentionCheckRow, {
  payload: ({ id, org, state, destinationId, studentId, months, dueOn, region, occupation, reason }) => ({
    id,
    org,
    state,
    public: { destinationId, studentId, months, dueOn, region, occupation, reason: reason ?? '' },
  }),
  timers: { due: { at: ({ state, dueOn }) => (state === 'planned' ? endOfDay(dueOn) : null), fact: 'fell_due', rule: fallDue } },
});
