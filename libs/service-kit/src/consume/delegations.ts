// Acting on behalf: each command of a park checks its delegation against what this service has learnt of it, in its own transaction.
import { refusals, type AggregateName } from '@tandem/contracts';
import { RowPolicy, type Tx } from '@tandem/persistence';
import { Column, Entity } from 'typeorm';
import type { Call } from '../write/call.js';
import { projection, ProjectionRow } from './projection.js';

@Entity('known_delegations')
@RowPolicy({ shape: 'parties', parties: ['park_org'] })
export class KnownDelegationRow extends ProjectionRow {
  @Column('text') state!: string;
  @Column('uuid') parkOrg!: string | null;
  @Column('text', { array: true }) scopes!: readonly string[];
  @Column('date') fromOn!: string | null;
  @Column('date') toOn!: string | null;
}

export const knownDelegations = projection('identity.delegation', KnownDelegationRow, ({ state, public: it }) => ({
  state,
  parkOrg: it?.parkOrg ?? null,
  scopes: it?.scopes ?? [],
  fromOn: it?.fromOn || null,
  toOn: it?.toOn || null,
}));

export const refuse = refusals('delegation', {
  unknown: 'aborted',
  revoked: 'permission_denied',
  out_of_dates: 'permission_denied',
  out_of_scope: 'permission_denied',
});

/** More than this behind, and a revocation may have been missed. */
const FRESH_MS = 10_000;

/** The rule: what must hold of a delegation for a park to act on an aggregate today. */
export function checkDelegation(row: KnownDelegationRow | null, park: string, aggregate: AggregateName, today: string): void {
  if (!row || row.parkOrg !== park) throw refuse.unknown();
  if (row.state !== 'active') throw refuse.revoked({ delegation: row.id });
  if ((row.fromOn !== null && today < row.fromOn) || (row.toOn !== null && today > row.toOn)) throw refuse.out_of_dates({ delegation: row.id });
  if (!row.scopes.includes(aggregate)) throw refuse.out_of_scope({ delegation: row.id, scope: aggregate });
}

export class Delegations {
  /** `behindMs` of the consumer that keeps `known_delegations`. */
  constructor(private readonly behindMs: () => number) {}

  async check(tx: Tx, call: Call, aggregate: AggregateName): Promise<void> {
    const { onBehalfOf } = call.principal;
    if (!onBehalfOf) return;
    if (this.behindMs() > FRESH_MS) throw refuse.unknown({ behindMs: Math.round(Math.min(this.behindMs(), 1e9)) });
    const [raw] = await tx.query('select * from known_delegations where org = $1 and id = $2', [call.principal.org, onBehalfOf.delegation]);
    checkDelegation(raw ? knownDelegations.table.hydrate(raw) : null, onBehalfOf.org, aggregate, call.today);
  }
}
