// Positions, as demand tells them: what the figures about filled needs are made of.
import { RowPolicy } from '@tandem/persistence';
import { projection, ProjectionRow } from '@tandem/service-kit';
import { Column, Entity } from 'typeorm';

@Entity('known_positions')
@RowPolicy({ shape: 'published', parties: [] })
export class KnownPositionRow extends ProjectionRow {
  @Column('boolean') isPublic!: boolean;
  @Column('text') state!: string;
  @Column('text') region!: string;
  @Column('text') occupation!: string;
  @Column('integer') headcount!: number;
  @Column('integer') filled!: number;
  @Column('date') startsOn!: string | null;
  @Column('text') closeReason!: string | null;
}

const nothing = { region: '', occupation: '', headcount: 0, filled: 0, startsOn: '', closeReason: '' };

export const knownPositions = projection('demand.position', KnownPositionRow, ({ state, public: it }) => {
  const { region, occupation, headcount, filled, startsOn, closeReason } = it ?? nothing;
  return { isPublic: it !== undefined, state, region, occupation, headcount, filled, startsOn: startsOn || null, closeReason: closeReason || null };
});
