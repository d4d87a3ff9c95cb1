import { roles, services, type Done, type identity, type Role } from '@tandem/contracts';
import { BatchGet, GrpcService, optional, pageInfo, pageOf, plainDate, Rpc, Target, text, uuid, type Call, type Serves, type TargetAt } from '@tandem/service-kit';
import { z } from 'zod';
import { MembershipsService, type Shown } from './memberships.service.js';

const definition = services['tandem.identity.v1.MembershipService'];
const role = z.enum(Object.keys(roles) as [Role, ...Role[]]);
const phone = z.string().regex(/^\+?\d{7,15}$/);
const Grant = z.strictObject({ account: uuid, role, name: text(60), phone, fromOn: plainDate, toOn: optional(plainDate) });
const List = z.strictObject({ page: pageOf, role: optional(role), state: optional(z.enum(['active', 'ended'])), phone: optional(phone) });
const offices = ['operator', 'bureau_officer', 'park_operator', 'enterprise_hr', 'college_office'] as const;

@GrpcService(definition)
export class MembershipsGrpc implements Serves<typeof definition> {
  constructor(private readonly memberships: MembershipsService) {}

  @Rpc(Grant, ...offices) grantMembership(call: Call, membership: z.infer<typeof Grant>): Promise<Done> {
    return this.memberships.grant(call, membership);
  }
  @Rpc(Target, ...offices) endMembership(call: Call, at: TargetAt): Promise<Done> {
    return this.memberships.end(call, at);
  }
  @Rpc(BatchGet, ...offices) async batchGetMemberships(call: Call, { ids }: z.infer<typeof BatchGet>): Promise<identity.BatchGetMembershipsResponse> {
    return { memberships: (await this.memberships.batch(call, ids)).map(view) };
  }
  @Rpc(List, ...offices) async listMemberships(call: Call, filter: z.infer<typeof List>): Promise<identity.ListMembershipsResponse> {
    const page = await this.memberships.list(call, filter);
    return { memberships: page.rows.map(view), pageInfo: pageInfo(page) };
  }
}

function view({ id, version, state, account, role: as, name, phone: number, fromOn, toOn }: Shown): identity.MembershipView {
  return { id, version, state, account, role: as, name, phone: number, fromOn, toOn: toOn ?? '' };
}
