import { RowPolicy } from '@tandem/persistence';
import { aggregate, AggregateRow } from '@tandem/service-kit';
import { Column, Entity } from 'typeorm';
import type { Clock } from './clock.js';

@Entity('clocks')
@RowPolicy({ shape: 'own' })
export class ClockRow extends AggregateRow implements Clock {
  @Column('text') state!: 'running';
  @Column('integer') offsetDays!: number;
}

export const clocks = aggregate('identity.clock', ClockRow, {
  payload: ({ id, org, state, offsetDays }) => ({ id, org, state, public: { offsetDays } }),
});
