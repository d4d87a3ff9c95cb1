import { services, type Done, type identity } from '@tandem/contracts';
import { BatchGet, GrpcService, optional, pageInfo, pageOf, plainDate, Rpc, Target, uuid, type Call, type Serves, type TargetAt } from '@tandem/service-kit';
import { z } from 'zod';
import { delegable } from './delegation.js';
import type { DelegationRow } from './delegation.entity.js';
import { DelegationsService } from './delegations.service.js';

const definition = services['tandem.identity.v1.DelegationService'];
const Grant = z.strictObject({ parkOrg: uuid, scopes: z.array(z.enum(delegable)).min(1).max(delegable.length), fromOn: plainDate, toOn: optional(plainDate) });
const List = z.strictObject({ page: pageOf, view: z.enum(['own', 'party']), state: optional(z.enum(['active', 'revoked', 'expired'])) });

@GrpcService(definition)
export class DelegationsGrpc implements Serves<typeof definition> {
  constructor(private readonly delegations: DelegationsService) {}

  @Rpc(Grant, 'enterprise_hr') grantDelegation(call: Call, delegation: z.infer<typeof Grant>): Promise<Done> {
    return this.delegations.grant(call, delegation);
  }
  @Rpc(Target, 'enterprise_hr') revokeDelegation(call: Call, at: TargetAt): Promise<Done> {
    return this.delegations.revoke(call, at);
  }
  @Rpc(BatchGet) async batchGetDelegations(call: Call, { ids }: z.infer<typeof BatchGet>): Promise<identity.BatchGetDelegationsResponse> {
    return { delegations: (await this.delegations.batch(call, ids)).map(view) };
  }
  @Rpc(List) async listDelegations(call: Call, { page: request, view: side, state }: z.infer<typeof List>): Promise<identity.ListDelegationsResponse> {
    const page = await this.delegations.list(call, side, state, request);
    return { delegations: page.rows.map(view), pageInfo: pageInfo(page) };
  }
}

function view({ id, version, state, org, parkOrg, scopes, fromOn, toOn }: DelegationRow): identity.DelegationView {
  return { id, version, state, enterpriseOrg: org, parkOrg, scopes: [...scopes], fromOn, toOn: toOn ?? '' };
}
