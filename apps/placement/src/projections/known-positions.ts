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
  @Column('integer') headcount!: number;
  @Column('integer') filled!: number;
  @Column('date') startsOn!: string | null;
  @Column('date') endsOn!: string | null;
  @Column('text') closeReason!: string | null;
}

export const knownPositions = projection('demand.position', KnownPositionRow, ({ state, public: it }) => ({
  isPublic: it !== undefined,
  state,
  parkOrg: it?.parkOrg || null,
  kind: it?.kind ?? '',
  region: it?.region ?? '',
  headcount: it?.headcount ?? 0,
  filled: it?.filled ?? 0,
  startsOn: it?.startsOn || null,
  endsOn: it?.endsOn || null,
  closeReason: it?.closeReason || null,
}));

export async function knownPositionsOf(tx: Tx, ids: readonly string[]): Promise<Map<string, KnownPositionRow>> {
  const raws = await tx.query('select * from known_positions where is_public and id = any($1::uuid[])', [[...new Set(ids)]]);
  return new Map(raws.map((raw) => [raw['id'] as string, knownPositions.table.hydrate(raw)]));
}
