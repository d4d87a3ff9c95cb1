import type { HeadKind } from '@tandem/internship-rules';
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
  @Column('integer') postHeads!: number | null;
  @Column('integer') enterpriseHeads!: number | null;
  @Column('text') headLimit!: HeadKind | null;
  @Column('text', { array: true }) unstated!: readonly HeadKind[];
}

export const entries = aggregate('placement.entry', EntryRow, {
  payload: ({ id, org, state, roundId, positionId, seats, reason, ...held }) => ({ id, org, state, public: { roundId, positionId, seats, reason: reason ?? '', heads: headsOf(held) } }),
  constraints: { entries_position_key: () => refuse.already_entered({ field: 'positionId' }) },
});

function headsOf({ postHeads, enterpriseHeads }: Pick<Entry, 'postHeads' | 'enterpriseHeads'>): { post: number; enterprise: number } | undefined {
  return postHeads === null || enterpriseHeads === null ? undefined : { post: postHeads, enterprise: enterpriseHeads };
}
