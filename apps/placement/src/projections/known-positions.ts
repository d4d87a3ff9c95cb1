// Positions, as demand tells them. A private position arrives as id, owner and state: its public columns stay empty.
import { RowPolicy, type Tx } from '@tandem/persistence';
import { projection, ProjectionRow } from '@tandem/service-kit';
import { Column, Entity } from 'typeorm';

@Entity('known_positions')
@RowPolicy({ shape: 'published', parties: ['park_org'] })
export class KnownPositionRow extends ProjectionRow {
  @Column('boolean') isPublic!: boolean;
  @Column('text') state!: string;
  @Column('uuid') parkOrg!: string | null;
  @Column('text') kind!: string;
  @Column('text') region!: string;
  @Column('text') occupation!: string;
  @Column('boolean') hasNightWork!: boolean;
  @Column('jsonb') skills!: readonly { readonly code: string; readonly level: number }[];
  @Column('text', { array: true }) majors!: readonly string[];
  @Column('integer') headcount!: number;
  @Column('integer') filled!: number;
  @Column('date') startsOn!: string | null;
  @Column('date') endsOn!: string | null;
  @Column('text') closeReason!: string | null;
}

/** The public columns of a position that has no public part. */
const nothing = { kind: '', region: '', occupation: '', hasNightWork: false, skills: [], majors: [], headcount: 0, filled: 0, parkOrg: '', startsOn: '', endsOn: '', closeReason: '' };

export const knownPositions = projection('demand.position', KnownPositionRow, ({ state, public: it }) => {
  const { parkOrg, startsOn, endsOn, closeReason, kind, region, occupation, hasNightWork, skills, majors, headcount, filled } = it ?? nothing;
  const absent = { parkOrg: parkOrg || null, startsOn: startsOn || null, endsOn: endsOn || null, closeReason: closeReason || null };
  return { isPublic: it !== undefined, state, kind, region, occupation, hasNightWork, skills, majors, headcount, filled, ...absent };
});

export async function knownPositionsOf(tx: Tx, ids: readonly string[]): Promise<Map<string, KnownPositionRow>> {
  const raws = await tx.query('select * from known_positions where is_public and id = any($1::uuid[])', [[...new Set(ids)]]);
  return new Map(raws.map((raw) => [raw['id'] as string, knownPositions.table.hydrate(raw)]));
}
