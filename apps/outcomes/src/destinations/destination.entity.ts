import { personal, RowPolicy, type Sealed } from '@tandem/persistence';
import { aggregate, AggregateRow } from '@tandem/service-kit';
import { Column, Entity } from 'typeorm';
import type { Category, Destination } from './destination.js';

@Entity('destinations')
@RowPolicy({ shape: 'own' })
export class DestinationRow extends AggregateRow implements Destination {
  @Column('text') state!: Destination['state'];
  @Column('uuid') studentId!: string;
  @Column('text') category!: Category;
  @Column('uuid') employerOrg!: string | null;
  @Column('text') occupation!: string;
  @Column('text') region!: string;
  @Column('date') fromOn!: string;
  @Column('date') toOn!: string | null;
  @Column('text') wageBand!: Destination['wageBand'];
  @Column('text') evidenceKind!: Destination['evidenceKind'];
  /** Words about a person. */
  @personal() evidence!: Sealed;
  @Column('text') confirmedBy!: Destination['confirmedBy'];
  @Column('text') correctionReason!: string | null;
}

export const destinations = aggregate('outcomes.destination', DestinationRow, {
  payload: ({ id, org, state, studentId, category, employerOrg, occupation, region, fromOn, toOn, wageBand }) => ({
    id,
    org,
    state,
    public: { studentId, category, employerOrg: employerOrg ?? '', occupation, region, fromOn, toOn: toOn ?? '', wageBand: wageBand ?? '' },
  }),
});
