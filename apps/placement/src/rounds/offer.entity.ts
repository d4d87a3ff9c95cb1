import { RowPolicy } from '@tandem/persistence';
import { aggregate, AggregateRow, endOfDay } from '@tandem/service-kit';
import { Column, Entity } from 'typeorm';
import { expire, type Offer, type OfferState } from './offer.js';

@Entity('offers')
@RowPolicy({ shape: 'parties', parties: ['enterprise_org'] })
export class OfferRow extends AggregateRow implements Offer {
  @Column('text') state!: OfferState;
  @Column('uuid') roundId!: string;
  @Column('uuid') entryId!: string;
  @Column('uuid') studentId!: string;
  @Column('uuid') positionId!: string;
  @Column('uuid') enterpriseOrg!: string;
  @Column('integer') wish!: number;
  @Column('date') answerBy!: string;
  @Column('text') reason!: string | null;
  @Column('text') kind!: string;
  @Column('text') region!: string;
  @Column('text') occupation!: string;
  @Column('date') startsOn!: string;
  @Column('date') endsOn!: string;
  @Column('boolean') isMinor!: boolean;
}

export const offers = aggregate('placement.offer', OfferRow, {
  payload: ({ id, org, state, roundId, studentId, positionId, enterpriseOrg, wish, answerBy, reason, ...at }) => ({
    id,
    org,
    state,
    public: { roundId, studentId, positionId, enterpriseOrg, wish, answerBy, reason: reason ?? '', ...periodOf(at) },
  }),
  timers: { expire: { at: ({ state, answerBy }) => (state === 'offered' ? endOfDay(answerBy) : null), fact: 'expired', rule: expire } },
});

function periodOf({ kind, region, occupation, startsOn, endsOn, isMinor }: Pick<Offer, 'kind' | 'region' | 'occupation' | 'startsOn' | 'endsOn' | 'isMinor'>) {
  return { kind, region, occupation, startsOn, endsOn, isMinor };
}
