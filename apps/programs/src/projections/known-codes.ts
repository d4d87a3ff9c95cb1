// The dated code lists, as identity tells them; programs are checked against the 专业目录, homes against the regions.
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
}

export const knownCodes = projection('identity.code', KnownCodeRow, ({ state, public: it }) => ({ state, list: it?.list ?? '', code: it?.code ?? '' }));

/** Of these codes those of the list that are in force. */
export async function codesInForce(tx: Tx, list: 'majors' | 'regions', codes: readonly string[]): Promise<Set<string>> {
  const rows = await tx.query<{ code: string }>(`select code from known_codes where org = $1 and list = $2 and state = 'active' and code = any($3::text[])`, [OPERATOR_ORG, list, [...new Set(codes)]]);
  return new Set(rows.map(({ code }) => code));
}
