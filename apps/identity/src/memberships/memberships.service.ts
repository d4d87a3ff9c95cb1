import { Inject, Injectable } from '@nestjs/common';
import type { Role } from '@tandem/contracts';
import { page, TenantDatabase, type KeyRing, type PageOf, type PagePart } from '@tandem/persistence';
import { Commands, KEY_RING, type Call, type Done, type TargetAt } from '@tandem/service-kit';
import { assertPeriod, assertRole, end, masked } from './membership.js';
import { memberships, type MembershipRow } from './membership.entity.js';

export interface NewMembership {
  readonly account: string;
  readonly role: Role;
  readonly name: string;
  readonly phone: string;
  readonly fromOn: string;
  readonly toOn: string | null;
}

export interface MembershipFilter {
  readonly role: string | null;
  readonly state: string | null;
  readonly phone: string | null;
  readonly page: PagePart;
}

/** A membership as its organisation may see it: the name in clear, the phone masked. */
export type Shown = Omit<MembershipRow, 'name' | 'phone'> & { readonly name: string; readonly phone: string };

@Injectable()
export class MembershipsService {
  constructor(
    private readonly commands: Commands,
    private readonly database: TenantDatabase,
    @Inject(KEY_RING) private readonly keys: KeyRing,
  ) {}

  grant(call: Call, { name, phone, ...rest }: NewMembership): Promise<Done> {
    const { org, orgKind } = call.principal;
    assertRole(rest.role, orgKind);
    assertPeriod(rest.fromOn, rest.toOn);
    const sealed = { name: this.keys.seal(org, name), phone: this.keys.seal(org, phone), phoneHash: this.keys.searchHash(org, phone) };
    return this.commands.create(call, memberships, 'granted', (fresh) => ({ ...fresh, ...rest, ...sealed, state: 'active' as const }));
  }

  end(call: Call, at: TargetAt): Promise<Done> {
    return this.commands.change(call, memberships, 'ended', at, (membership) => end(membership, call.today));
  }

  async batch(call: Call, ids: readonly string[]): Promise<Shown[]> {
    const raws = await this.database.withTenant(call.principal, (tx) => tx.query('select * from memberships where org = $1 and id = any($2::uuid[])', [call.principal.org, ids]));
    return raws.map((raw) => this.show(memberships.table.hydrate(raw)));
  }

  async list(call: Call, { role, state, phone, page: request }: MembershipFilter): Promise<PageOf<Shown>> {
    const { org } = call.principal;
    const where = [
      { sql: 'org = $', value: org },
      ...(role ? [{ sql: 'role = $', value: role }] : []),
      ...(state ? [{ sql: 'state = $', value: state }] : []),
      ...(phone ? [{ sql: 'phone_hash = $', value: this.keys.searchHash(org, phone) }] : []),
    ];
    const found = await this.database.withTenant(call.principal, (tx) => page(tx, memberships.table, { ...request, where, orderBy: 'id', descending: false }));
    return { ...found, rows: found.rows.map((row) => this.show(row)) };
  }

  private show(row: MembershipRow): Shown {
    return { ...row, name: this.keys.open(row.name), phone: masked(this.keys.open(row.phone)) };
  }
}
