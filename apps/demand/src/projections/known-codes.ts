// The dated code lists, as identity tells them; positions are checked against these.
import { OPERATOR_ORG } from '@tandem/contracts';
import { RowPolicy, type Tx } from '@tandem/persistence';
import { projection, ProjectionRow } from '@tandem/service-kit';
import { Column, Entity } from 'typeorm';

@Entity('known_codes')
@RowPolicy({ shape: 'shared' })
export class KnownCodeRow extends ProjectionRow {
  @Column('text') state!: string;
  @Column('text') list!: string;
  @Column('text') code!: string;
  @Column('boolean') leaf!: boolean;
}

export const knownCodes = projection('identity.code', KnownCodeRow, ({ state, public: it }) => ({ state, list: it?.list ?? '', code: it?.code ?? '', leaf: it?.leaf ?? false }));

interface Naming {
  readonly occupation: string;
  readonly industry: string;
  readonly region: string;
  readonly majors: readonly string[];
}

/** Of the codes that these name, those in force: `list code` to whether it is of the lowest level. */
export function knownCodesOf(tx: Tx, items: readonly Naming[]): Promise<Map<string, boolean>> {
  return inForce(tx, items.flatMap((item) => [['occupations', item.occupation], ['industries', item.industry], ['regions', item.region], ...item.majors.map((major) => ['majors', major] as const)] as const));
}

/** Of these occupations those in force, to whether each is of the lowest level. */
export async function knownOccupationsOf(tx: Tx, codes: readonly string[]): Promise<Map<string, boolean>> {
  const known = await inForce(tx, codes.map((of) => ['occupations', of] as const));
  return new Map([...known].map(([key, leaf]) => [key.slice('occupations '.length), leaf]));
}

async function inForce(tx: Tx, named: readonly (readonly [list: string, code: string])[]): Promise<Map<string, boolean>> {
  const rows = await tx.query<{ list: string; code: string; leaf: boolean }>(
    `select list, code, leaf from known_codes k join (select distinct l, c from unnest($1::text[], $2::text[]) t(l, c)) t on k.list = t.l and k.code = t.c where k.org = $3 and state = 'active'`,
    [named.map(([list]) => list), named.map(([, of]) => of), OPERATOR_ORG],
  );
  return new Map(rows.map(({ list, code, leaf }) => [`${list} ${code}`, leaf]));
}
