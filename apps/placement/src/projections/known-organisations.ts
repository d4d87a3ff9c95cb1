// Organisations, as identity tells them.
import { RowPolicy } from '@tandem/persistence';
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

export const knownOrganisations = projection('identity.organisation', KnownOrganisationRow, ({ state, public: it }) => ({
  isPublic: it !== undefined,
  state,
  kind: it?.kind ?? '',
  region: it?.region ?? '',
}));
