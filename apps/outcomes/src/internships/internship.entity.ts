import { RowPolicy } from '@tandem/persistence';
import { aggregate, AggregateRow } from '@tandem/service-kit';
import { Column, Entity } from 'typeorm';
import type { Internship, Sequel } from './internship.js';

@Entity('internships')
@RowPolicy({ shape: 'parties', parties: ['enterprise_org'] })
export class InternshipRow extends AggregateRow implements Internship {
  @Column('text') state!: Internship['state'];
  @Column('uuid') studentId!: string;
  @Column('uuid') positionId!: string;
  @Column('uuid') enterpriseOrg!: string;
  @Column('text') kind!: string;
  @Column('text') region!: string;
  @Column('text') occupation!: string;
  @Column('date') startedOn!: string;
  @Column('date') endedOn!: string | null;
  @Column('text') endKind!: string | null;
  @Column('text') sequel!: Sequel;
}

export const internships = aggregate('outcomes.internship', InternshipRow, {
  payload: ({ id, org, state, studentId, positionId, enterpriseOrg, kind, region, occupation, startedOn, endedOn, endKind, sequel }) => ({
    id,
    org,
    state,
    public: { studentId, positionId, enterpriseOrg, kind, region, occupation, startedOn, endedOn: endedOn ?? '', endKind: endKind ?? '', sequel },
  }),
});
