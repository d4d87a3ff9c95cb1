import { RowPolicy } from '@tandem/persistence';
import { aggregate, AggregateRow, endOfDay } from '@tandem/service-kit';
import { Column, Entity } from 'typeorm';
import { expire, type Delegation } from './delegation.js';

@Entity('delegations')
@RowPolicy({ shape: 'parties', parties: ['park_org'] })
export class DelegationRow extends AggregateRow implements Delegation {
  @Column('text') state!: 'active' | 'revoked' | 'expired';
  @Column('uuid') parkOrg!: string;
  @Column('text', { array: true }) scopes!: readonly string[];
  @Column('date') fromOn!: string;
  @Column('date') toOn!: string | null;
}

export const delegations = aggregate('identity.delegation', DelegationRow, {
  payload: ({ id, org, state, parkOrg, scopes, fromOn, toOn }) => ({ id, org, state, public: { parkOrg, scopes: [...scopes], fromOn, toOn: toOn ?? '' } }),
  timers: {
    expire: { at: ({ state, toOn }) => (state === 'active' && toOn ? endOfDay(toOn) : null), fact: 'expired', rule: expire },
  },
});
