import { Injectable } from '@nestjs/common';
import { page, TenantDatabase, type PageOf, type PagePart, type Tx } from '@tandem/persistence';
import { Commands, type Call, type Done, type TargetAt } from '@tandem/service-kit';
import { assertGrant, revoke } from './delegation.js';
import { delegations, type DelegationRow } from './delegation.entity.js';

export interface NewDelegation {
  readonly parkOrg: string;
  readonly scopes: readonly string[];
  readonly fromOn: string;
  readonly toOn: string | null;
}

@Injectable()
export class DelegationsService {
  constructor(
    private readonly commands: Commands,
    private readonly database: TenantDatabase,
  ) {}

  grant(call: Call, delegation: NewDelegation): Promise<Done> {
    const facts = async (tx: Tx) => (await tx.query<{ kind: string; state: string }>('select kind, state from organisations where is_public and id = $1', [delegation.parkOrg]))[0];
    return this.commands.create(
      call,
      delegations,
      'granted',
      (fresh, park: { kind: string; state: string } | undefined) => {
        assertGrant(delegation.fromOn, delegation.toOn, park);
        return { ...fresh, ...delegation, state: 'active' as const };
      },
      { facts },
    );
  }

  revoke(call: Call, at: TargetAt): Promise<Done> {
    return this.commands.change(call, delegations, 'revoked', at, revoke);
  }

  async batch(call: Call, ids: readonly string[]): Promise<DelegationRow[]> {
    const raws = await this.database.withTenant(call.principal, (tx) => tx.query('select * from delegations where id = any($1::uuid[])', [ids]));
    return raws.map((raw) => delegations.table.hydrate(raw));
  }

  list(call: Call, view: 'own' | 'party', state: string | null, request: PagePart): Promise<PageOf<DelegationRow>> {
    const where = [{ sql: view === 'own' ? 'org = $' : 'park_org = $', value: call.principal.org }, ...(state ? [{ sql: 'state = $', value: state }] : [])];
    return this.database.withTenant(call.principal, (tx) => page(tx, delegations.table, { ...request, where, orderBy: 'fromOn', descending: true }));
  }
}
