// Organisations, as identity tells them; here: which region a bureau oversees.
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
  @Column('text') region!: string;
}

export const knownOrganisations = projection('identity.organisation', KnownOrganisationRow, ({ state, public: it }) => ({ isPublic: it !== undefined, state, kind: it?.kind ?? '', region: it?.region ?? '' }));

/** The region of an organisation; null for one that this service has not heard of. */
export async function regionOf(tx: Tx, id: string): Promise<string | null> {
  const [row] = await tx.query<{ region: string }>('select region from known_organisations where org = $1 and is_public and id = $2', [OPERATOR_ORG, id]);
  return row?.region ?? null;
}
