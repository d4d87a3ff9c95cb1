import { RowPolicy } from '@tandem/persistence';
import { aggregate, AggregateRow } from '@tandem/service-kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { refuse, type Placement, type PlacementState } from './placement.js';

@Entity('placements')
@RowPolicy({ shape: 'parties', parties: ['enterprise_org'] })
export class PlacementRow extends AggregateRow implements Placement {
  @Column('text') state!: PlacementState;
  @Column('uuid') studentId!: string;
  @Column('uuid') positionId!: string;
  @Column('uuid') enterpriseOrg!: string;
  @Column('text') kind!: string;
  @Column('date') startsOn!: string;
  @Column('date') endsOn!: string;
  @Column('text') cancelReason!: string | null;
}

export const placements = aggregate('placement.placement', PlacementRow, {
  payload: ({ id, org, state, studentId, positionId, enterpriseOrg, kind, startsOn, endsOn, cancelReason }) => ({
    id,
    org,
    state,
    public: { studentId, positionId, enterpriseOrg, kind, startsOn, endsOn, cancelReason: cancelReason ?? '' },
  }),
  constraints: { placements_one_live_per_student: () => refuse.student_taken({ field: 'studentId' }) },
});

/** The ledger: one row a taken seat, unique across all colleges although none sees another's rows. */
@Entity('seats')
@RowPolicy({ shape: 'own' })
export class SeatRow {
  @PrimaryColumn('uuid') positionId!: string;
  @PrimaryColumn('integer') seatNo!: number;
  @Column('uuid') org!: string;
  @Column('uuid') placementId!: string;
}
