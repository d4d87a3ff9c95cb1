import { RowPolicy } from '@tandem/persistence';
import { aggregate, AggregateRow, endOfDay } from '@tandem/service-kit';
import { Column, Entity } from 'typeorm';
import { expire, type CloseReason, type Position, type PositionKind, type PositionState } from './position.js';

@Entity('positions')
@RowPolicy({ shape: 'published', parties: ['park_org', 'reviewer_org'] })
export class PositionRow extends AggregateRow implements Position {
  @Column('text') state!: PositionState;
  @Column('boolean') isPublic!: boolean;
  @Column('uuid') parkOrg!: string | null;
  @Column('uuid') reviewerOrg!: string | null;
  @Column('text') kind!: PositionKind;
  @Column('text') title!: string;
  @Column('text') occupation!: string;
  @Column('text') industry!: string;
  @Column('text') region!: string;
  @Column('integer') headcount!: number;
  @Column('integer') filled!: number;
  @Column('date') startsOn!: string;
  @Column('date') endsOn!: string;
  @Column('integer') weeklyHours!: number;
  @Column('boolean') hasNightWork!: boolean;
  @Column('integer') payFen!: number;
  @Column('jsonb') skills!: readonly { readonly code: string; readonly level: number }[];
  @Column('text', { array: true }) majors!: readonly string[];
  @Column('text', { array: true }) hazards!: readonly string[];
  @Column('boolean') hasBoard!: boolean;
  @Column('boolean') hasLodging!: boolean;
  @Column('text') closeReason!: CloseReason | null;
  @Column('text') withdrawnReason!: string | null;
  @Column('text') returnedField!: string | null;
  @Column('text') returnedReason!: string | null;
  @Column('uuid') reviewId!: string | null;
}

export const positions = aggregate('demand.position', PositionRow, {
  payload: (position) => ({ id: position.id, org: position.org, state: position.state, public: position.isPublic ? publicPart(position) : undefined }),
  timers: {
    expire: { at: ({ state, endsOn }) => (state === 'published' ? endOfDay(endsOn) : null), fact: 'closed', rule: expire },
  },
});

function publicPart({ closeReason, parkOrg, skills, majors, hazards, ...rest }: PositionRow) {
  const { kind, title, occupation, industry, region, headcount, filled, startsOn, endsOn, weeklyHours, hasNightWork, payFen, hasBoard, hasLodging } = rest;
  return {
    kind, title, occupation, industry, region, headcount, filled, startsOn, endsOn, weeklyHours, hasNightWork, payFen, hasBoard, hasLodging,
    skills: [...skills],
    majors: [...majors],
    hazards: [...hazards],
    closeReason: closeReason ?? '',
    parkOrg: parkOrg ?? '',
  };
}
