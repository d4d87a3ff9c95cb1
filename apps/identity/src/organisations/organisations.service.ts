import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { OPERATOR_ORG, type OrgKind, type Role } from '@tandem/contracts';
import { page, TenantDatabase, type PageOf, type PagePart } from '@tandem/persistence';
import { Commands, servicePrincipal, type Call, type Done, type TargetAt } from '@tandem/service-kit';
import { v5 as uuidv5 } from 'uuid';
import { admit, close, refuse, reinstate, suspend, verify } from './organisation.js';
import { organisations, type OrganisationRow } from './organisation.entity.js';

export interface NewOrganisation {
  readonly kind: OrgKind;
  readonly code: string;
  readonly name: string;
  readonly region: string;
  readonly invented: boolean;
}

export interface OrganisationFilter {
  readonly kind: string | null;
  readonly state: string | null;
  readonly region: string | null;
  readonly search: string | null;
  readonly importId: string | null;
  readonly orderBy: 'code' | 'name';
  readonly descending: boolean;
  readonly page: PagePart;
}

@Injectable()
export class OrganisationsService implements OnApplicationBootstrap {
  constructor(
    private readonly commands: Commands,
    private readonly database: TenantDatabase,
  ) {}

  /** The operator's own organisation; the same key each time, so that it happens once. */
  async onApplicationBootstrap(): Promise<void> {
    const call: Call = { principal: servicePrincipal('identity', OPERATOR_ORG), requestId: 'bootstrap', traceparent: null, now: new Date(), today: '', key: 'bootstrap.operator', requestHash: Buffer.from('operator') };
    if ((await this.batch(call, [OPERATOR_ORG])).length > 0) return;
    const operator = { kind: 'operator' as const, code: 'OPERATOR', name: 'Tandem operator', region: '100000', invented: false };
    await this.commands.create(call, organisations, 'registered', (fresh) => ({ ...fresh, ...operator, id: OPERATOR_ORG, selfOrg: OPERATOR_ORG, state: 'active' as const, isPublic: true, suspendedUntil: null, importId: null, undone: false }));
  }

  register(call: Call, organisation: NewOrganisation): Promise<Done> {
    return this.commands.create(call, organisations, 'registered', (fresh) => ({ ...fresh, ...organisation, selfOrg: fresh.id, state: 'pending' as const, isPublic: false, suspendedUntil: null, importId: null, undone: false }));
  }

  verify(call: Call, at: TargetAt): Promise<Done> {
    return this.commands.change(call, organisations, 'verified', at, verify);
  }

  suspend(call: Call, at: TargetAt, untilOn: string | null): Promise<Done> {
    return this.commands.change(call, organisations, 'suspended', at, (organisation) => suspend(organisation, untilOn));
  }

  reinstate(call: Call, at: TargetAt): Promise<Done> {
    return this.commands.change(call, organisations, 'reinstated', at, reinstate);
  }

  close(call: Call, at: TargetAt): Promise<Done> {
    return this.commands.change(call, organisations, 'closed', at, close);
  }

  async batch(call: Call, ids: readonly string[]): Promise<OrganisationRow[]> {
    const raws = await this.database.withTenant(call.principal, (tx) => tx.query('select * from organisations where id = any($1::uuid[])', [ids]));
    return raws.map((raw) => organisations.table.hydrate(raw));
  }

  list(call: Call, filter: OrganisationFilter): Promise<PageOf<OrganisationRow>> {
    const side = call.principal.orgKind === 'operator' ? { sql: 'org = $', value: call.principal.org } : { sql: 'is_public = $', value: true };
    const where = [
      side,
      ...(filter.kind ? [{ sql: 'kind = $', value: filter.kind }] : []),
      ...(filter.state ? [{ sql: 'state = $', value: filter.state }] : []),
      ...(filter.region ? [{ sql: 'region = $', value: filter.region }] : []),
      ...(filter.importId ? [{ sql: 'import_id = $', value: filter.importId }] : []),
      ...(filter.search ? [{ sql: 'position($ in name) > 0', value: filter.search }] : []),
    ];
    return this.database.withTenant(call.principal, (tx) => page(tx, organisations.table, { ...filter.page, where, orderBy: filter.orderBy, descending: filter.descending }));
  }

  /** Who a local token speaks for: its organisation by code, and an account that is the same each time. */
  async resolveCaller(call: Call, code: string, role: Role): Promise<{ org: string; kind: OrgKind; account: string }> {
    const [raw] = await this.database.withTenant(call.principal, (tx) => tx.query(`select * from organisations where org = $1 and code = $2 order by state = 'closed' limit 1`, [OPERATOR_ORG, code]));
    if (!raw) throw refuse.unknown_code();
    const organisation = organisations.table.hydrate(raw);
    admit(role, organisation.kind, organisation.state);
    return { org: organisation.id, kind: organisation.kind, account: uuidv5(`${role} ${code}`, OPERATOR_ORG) };
  }
}
