import { RowPolicy } from '@tandem/persistence';
import { aggregate, AggregateRow } from '@tandem/service-kit';
import { Column, Entity } from 'typeorm';
import { refuse, type Entry } from './entry.js';

@Entity('entries')
@RowPolicy({ shape: 'published', parties: [] })
export class EntryRow extends AggregateRow implements Entry {
  @Column('text') state!: Entry['state'];
  @Column('boolean') isPublic!: boolean;
  @Column('uuid') roundId!: string;
  @Column('uuid') positionId!: string;
  @Column('integer') seats!: number;
  @Column('boolean') needsMajor!: boolean;
  @Column('text') reason!: string | null;
}

export const entries = aggregate('placement.entry', EntryRow, {
  payload: ({ id, org, state, roundId, positionId, seats, reason }) => ({ id, org, state, public: { roundId, positionId, seats, reason: reason ?? '' } }),
  constraints: { entries_position_key: () => refuse.already_entered({ field: 'positionId' }) },
});
