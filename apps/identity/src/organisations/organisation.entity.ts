import type { OrgKind } from '@tandem/contracts';
import { RowPolicy } from '@tandem/persistence';
import { aggregate, AggregateRow, endOfDay } from '@tandem/service-kit';
import { Column, Entity } from 'typeorm';
import { refuse, reinstate, type Organisation, type OrganisationState } from './organisation.js';

@Entity('organisations')
@RowPolicy({ shape: 'published', parties: ['self_org'] })
export class OrganisationRow extends AggregateRow implements Organisation {
  @Column('text') state!: OrganisationState;
  @Column('boolean') isPublic!: boolean;
  /** The organisation itself, so that it sees its own row before it is verified. */
  @Column('uuid') selfOrg!: string;
  @Column('text') kind!: OrgKind;
  @Column('text') code!: string;
  @Column('text') name!: string;
  @Column('text') region!: string;
  @Column('boolean') invented!: boolean;
  @Column('date') suspendedUntil!: string | null;
  @Column('uuid') importId!: string | null;
  @Column('boolean') undone!: boolean;
}

export const organisations = aggregate('identity.organisation', OrganisationRow, {
  payload: ({ id, org, state, isPublic, kind, code, name, region, invented, suspendedUntil }) => ({
    id,
    org,
    state,
    public: isPublic ? { kind, code, name, region, invented, suspendedUntil: suspendedUntil ?? '' } : undefined,
  }),
  timers: {
    reinstate: { at: ({ suspendedUntil }) => (suspendedUntil ? endOfDay(suspendedUntil) : null), fact: 'reinstated', rule: reinstate },
  },
  constraints: { organisations_code_key: () => refuse.code_taken({ field: 'code' }) },
});
