import { RowPolicy } from '@tandem/persistence';
import { aggregate, AggregateRow } from '@tandem/service-kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Gate } from '../gates.js';
import { refuse, type EndKind, type Placement, type PlacementState } from './placement.js';

@Entity('placements')
@RowPolicy({ shape: 'parties', parties: ['enterprise_org'] })
export class PlacementRow extends AggregateRow implements Placement {
  @Column('text') state!: PlacementState;
  @Column('uuid') studentId!: string;
  @Column('uuid') positionId!: string;
  @Column('uuid') enterpriseOrg!: string;
  @Column('text') kind!: string;
  @Column('text') region!: string;
  @Column('text') occupation!: string;
  @Column('date') startsOn!: string;
  @Column('date') endsOn!: string;
  @Column('uuid') roundId!: string | null;
  @Column('boolean') isMinor!: boolean;
  @Column('text') cancelReason!: string | null;
  @Column('date') startedOn!: string | null;
  @Column('text') pauseReason!: string | null;
  @Column('date') endedOn!: string | null;
  @Column('text') endKind!: EndKind | null;
  @Column('text') endReason!: string | null;
}

export const placements = aggregate('placement.placement', PlacementRow, {
  payload: ({ id, org, state, studentId, positionId, enterpriseOrg, kind, region, occupation, startsOn, endsOn, ...rest }) => ({
    id,
    org,
    state,
    public: { studentId, positionId, enterpriseOrg, kind, region, occupation, startsOn, endsOn, ...happened(rest) },
  }),
  constraints: { placements_one_live_per_student: () => refuse.student_taken({ field: 'studentId' }) },
});

function happened({ cancelReason, roundId, startedOn, endedOn, endKind, endReason }: Pick<Placement, 'cancelReason' | 'roundId' | 'startedOn' | 'endedOn' | 'endKind' | 'endReason'>) {
  return { cancelReason: cancelReason ?? '', roundId: roundId ?? '', startedOn: startedOn ?? '', endedOn: endedOn ?? '', endKind: endKind ?? '', endReason: endReason ?? '' };
}

/** Evidence that a gate is passed. */
@Entity('gates')
@RowPolicy({ shape: 'own' })
export class GateRow {
  @PrimaryColumn('uuid') org!: string;
  @PrimaryColumn('uuid') placementId!: string;
  @PrimaryColumn('text') gate!: Gate;
  @Column('text') evidence!: string;
  @Column('uuid') by!: string;
  @Column('timestamptz') at!: Date;
}
