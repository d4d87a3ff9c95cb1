// How many people enterprises say they have, as demand tells it: nobody's to see but their own, and what the caps on interns are taken of.
import { RowPolicy, type Tx } from '@tandem/persistence';
import { projection, ProjectionRow } from '@tandem/service-kit';
import { Column, Entity } from 'typeorm';

@Entity('known_headcounts')
@RowPolicy({ shape: 'parties', parties: ['park_org'] })
export class KnownHeadcountRow extends ProjectionRow {
  @Column('text') state!: string;
  @Column('uuid') parkOrg!: string | null;
  /** Empty: all on-post staff. */
  @Column('text') occupation!: string;
  @Column('integer') staff!: number;
  @Column('date') countedOn!: string | null;
}

export const knownHeadcounts = projection('demand.headcount_statement', KnownHeadcountRow, ({ state, public: it }) => {
  const { parkOrg, occupation, staff, countedOn } = it ?? { parkOrg: '', occupation: '', staff: 0, countedOn: '' };
  return { state: it ? state : 'superseded', parkOrg: parkOrg || null, occupation, staff, countedOn: countedOn || null };
});

/** The staff that an internship counts against; null where the enterprise has stated none. */
export interface StatedStaff {
  readonly post: number | null;
  readonly enterprise: number | null;
}

/** By position; of internships alone. The function looks as each enterprise, whoever asks: only numbers of heads come of it. */
export async function statedStaffOf(tx: Tx, positionIds: readonly string[]): Promise<Map<string, StatedStaff>> {
  const rows = await tx.query<StatedStaff & { position_id: string }>('select position_id, post, enterprise from stated_staff($1)', [[...new Set(positionIds)]]);
  return new Map(rows.map(({ position_id, post, enterprise }) => [position_id, { post, enterprise }]));
}
