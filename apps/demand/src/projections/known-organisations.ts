// Organisations, as identity tells them; here above all: which bureau reviews a region's positions.
import { OPERATOR_ORG } from '@tandem/contracts';
import { RowPolicy, type Tx } from '@tandem/persistence';
import { projection, ProjectionRow } from '@tandem/service-kit';
import { regionAndWider } from '@tandem/taxonomy';
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

/** The bureau of each region, else the nearest up the tree; where none is, the operator. */
export async function reviewersOf(tx: Tx, regions: readonly string[]): Promise<Map<string, string>> {
  const wanted = [...new Set(regions.flatMap(regionAndWider))];
  const rows = await tx.query<{ id: string; kind: string; region: string }>(
    `select id, kind, region from known_organisations where org = $2 and is_public and state = 'active' and (kind = 'operator' or (kind = 'bureau' and region = any($1::text[]))) order by id`,
    [wanted, OPERATOR_ORG],
  );
  const bureaus = new Map(rows.filter(({ kind }) => kind === 'bureau').map(({ region, id }) => [region, id]));
  const operator = rows.find(({ kind }) => kind === 'operator')?.id;
  const pairs = regions.map((region) => [region, regionAndWider(region).map((code) => bureaus.get(code)).find(Boolean) ?? operator] as const);
  return new Map(pairs.filter((pair): pair is readonly [string, string] => pair[1] !== undefined));
}
