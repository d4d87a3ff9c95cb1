// Organisations, as identity tells them: what a register says is taken only for colleges that are active.
import { OPERATOR_ORG } from '@tandem/contracts';
import { RowPolicy, type Tx } from '@tandem/persistence';
import { projection, ProjectionRow } from '@tandem/service-kit';
import { Column, Entity } from 'typeorm';

@Entity('known_organisations')
@RowPolicy({ shape: 'published', parties: [] })
export class KnownOrganisationRow extends ProjectionRow {
  @Column('boolean') isPublic!: boolean;
  @Column('text') state!: string;
  @Column('text') kind!: string;
}

export const knownOrganisations = projection('identity.organisation', KnownOrganisationRow, ({ state, public: it }) => ({ isPublic: it !== undefined, state, kind: it?.kind ?? '' }));

/** Of these organisations the active colleges. */
export async function activeColleges(tx: Tx, ids: readonly string[]): Promise<Set<string>> {
  const rows = await tx.query<{ id: string }>(`select id from known_organisations where org = $1 and id = any($2::uuid[]) and is_public and kind = 'college' and state = 'active'`, [OPERATOR_ORG, [...new Set(ids)]]);
  return new Set(rows.map(({ id }) => id));
}
