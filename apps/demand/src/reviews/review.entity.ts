import { RowPolicy } from '@tandem/persistence';
import { aggregate, AggregateRow } from '@tandem/service-kit';
import { Column, Entity } from 'typeorm';
import { refuse } from './review.js';

@Entity('reviews')
@RowPolicy({ shape: 'parties', parties: ['enterprise_org'] })
export class ReviewRow extends AggregateRow {
  @Column('text') state!: 'decided';
  @Column('uuid') positionId!: string;
  @Column('uuid') enterpriseOrg!: string;
  @Column('integer') positionVersion!: number;
  @Column('text') decision!: 'publish' | 'return';
  @Column('text') field!: string | null;
  @Column('text') reason!: string | null;
  @Column('text') text!: string | null;
}

export const reviews = aggregate('demand.review', ReviewRow, {
  payload: ({ id, org, state, positionId, enterpriseOrg, positionVersion, decision, field, reason }) => ({
    id,
    org,
    state,
    public: { positionId, enterpriseOrg, positionVersion, decision, field: field ?? '', reason: reason ?? '' },
  }),
  constraints: { reviews_position_version_key: () => refuse.already_decided() },
});
