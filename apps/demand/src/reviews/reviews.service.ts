import { Injectable } from '@nestjs/common';
import { TenantDatabase, type Tx } from '@tandem/persistence';
import { Commands, type Call, type Done, type Fresh, type Outcome } from '@tandem/service-kit';
import { assertDecidable, type Ruling, type Submitted } from './review.js';
import { reviews, type ReviewRow } from './review.entity.js';

type Positions = ReadonlyMap<string, Submitted>;

@Injectable()
export class ReviewsService {
  constructor(
    private readonly commands: Commands,
    private readonly database: TenantDatabase,
  ) {}

  decide(call: Call, ruling: Ruling): Promise<Done> {
    return this.commands.create(call, reviews, 'decided', (fresh, known: Positions) => decided(fresh, ruling, known), { facts: (tx) => submitted(tx, call, [ruling]) });
  }

  decideMany(call: Call, rulings: readonly Ruling[], atomic: boolean): Promise<Outcome[]> {
    return this.commands.createMany(call, reviews, 'decided', rulings, (fresh, ruling, known: Positions) => decided(fresh, ruling, known), { facts: (tx) => submitted(tx, call, rulings), atomic });
  }

  async batch(call: Call, ids: readonly string[]): Promise<ReviewRow[]> {
    const raws = await this.database.withTenant(call.principal, (tx) => tx.query('select * from reviews where id = any($1::uuid[])', [ids]));
    return raws.map((raw) => reviews.table.hydrate(raw));
  }
}

function decided(fresh: Fresh, ruling: Ruling, known: Positions): ReviewRow {
  const { org } = assertDecidable(ruling, known.get(ruling.positionId));
  return { ...fresh, ...ruling, state: 'decided', enterpriseOrg: org };
}

/** Only positions that were submitted to the caller's own bureau. */
async function submitted(tx: Tx, call: Call, rulings: readonly Ruling[]): Promise<Positions> {
  const ids = rulings.map(({ positionId }) => positionId);
  const rows = await tx.query<Submitted & { id: string }>('select id, org, state, version from positions where reviewer_org = $1 and id = any($2::uuid[])', [call.principal.org, ids]);
  return new Map(rows.map((row) => [row.id, row]));
}
