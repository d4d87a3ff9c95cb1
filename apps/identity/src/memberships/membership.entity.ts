import type { Role } from '@tandem/contracts';
import { personal, RowPolicy, type Sealed } from '@tandem/persistence';
import { aggregate, AggregateRow } from '@tandem/service-kit';
import { Column, Entity } from 'typeorm';
import type { Membership } from './membership.js';

@Entity('memberships')
@RowPolicy({ shape: 'own' })
export class MembershipRow extends AggregateRow implements Membership {
  @Column('text') state!: 'active' | 'ended';
  @Column('uuid') account!: string;
  @Column('text') role!: Role;
  @personal() name!: Sealed;
  @personal() phone!: Sealed;
  /** Keyed hash: finds the holder of exactly this phone. */
  @Column('bytea') phoneHash!: Buffer;
  @Column('date') fromOn!: string;
  @Column('date') toOn!: string | null;
}

export const memberships = aggregate('identity.membership', MembershipRow, {
  payload: ({ id, org, state, account, role, fromOn, toOn }) => ({ id, org, state, public: { account, role, fromOn, toOn: toOn ?? '' } }),
});
