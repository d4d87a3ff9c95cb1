import { RowPolicy } from '@tandem/persistence';
import { aggregate, AggregateRow } from '@tandem/service-kit';
import { Column, Entity } from 'typeorm';
import type { Headcount } from './headcount.js';

@Entity('headcount_statements')
@RowPolicy({ shape: 'parties', parties: ['park_org'] })
export class HeadcountRow extends AggregateRow implements Headcount {
  @Column('text') state!: Headcount['state'];
  @Column('uuid') parkOrg!: string | null;
  @Column('text') occupation!: string | null;
  @Column('integer') staff!: number;
  @Column('date') countedOn!: string;
  @Column('text') evidence!: string;
}

export const headcounts = aggregate('demand.headcount_statement', HeadcountRow, {
  payload: ({ id, org, state, occupation, staff, countedOn, parkOrg }) => ({ id, org, state, public: { occupation: occupation ?? '', staff, countedOn, parkOrg: parkOrg ?? '' } }),
});
