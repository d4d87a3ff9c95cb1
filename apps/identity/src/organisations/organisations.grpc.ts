import { orgKinds, roles, services, type identity, type Done, type ImportState, type Outcomes, type Role, type UndoResponse } from '@tandem/contracts';
import { BatchGet, code, GrpcService, MAX_BATCH, optional, outcomes, pageInfo, pageOf, plainDate, Rpc, Target, target, text, uuid, type Call, type Serves, type TargetAt } from '@tandem/service-kit';
import { isRegionCode } from '@tandem/taxonomy';
import { z } from 'zod';
import type { OrganisationRow } from './organisation.entity.js';
import { ImportsService } from './imports.service.js';
import { OrganisationsService } from './organisations.service.js';

const definition = services['tandem.identity.v1.OrganisationService'];
const Register = z.strictObject({ kind: z.enum(orgKinds).exclude(['operator']), code, name: text(120), region: z.string().refine(isRegionCode), invented: z.boolean() });
const RegisterMany = z.strictObject({ organisations: z.array(Register).min(1).max(MAX_BATCH), atomic: z.boolean(), verified: z.boolean(), importId: optional(uuid) });
const OfImport = z.strictObject({ importId: uuid });
const Undo = z.strictObject({ importId: uuid, ids: z.array(uuid).min(1).max(MAX_BATCH) });
const Suspend = z.strictObject({ ...target, reason: text(500), untilOn: optional(plainDate) });
const List = z.strictObject({
  page: pageOf,
  kind: optional(z.enum(orgKinds)),
  state: optional(z.enum(['pending', 'active', 'suspended', 'closed'])),
  region: optional(z.string().refine(isRegionCode)),
  search: optional(text(60)),
  orderBy: z.enum(['code', 'name', '']).transform((field) => field || ('code' as const)),
  descending: z.boolean(),
  importId: optional(uuid),
});
const Resolve = z.strictObject({ code, role: z.enum(Object.keys(roles) as [Role, ...Role[]]) });

@GrpcService(definition)
export class OrganisationsGrpc implements Serves<typeof definition> {
  constructor(
    private readonly organisations: OrganisationsService,
    private readonly imports: ImportsService,
  ) {}

  @Rpc(Register, 'operator') registerOrganisation(call: Call, organisation: z.infer<typeof Register>): Promise<Done> {
    return this.organisations.register(call, organisation);
  }
  @Rpc(RegisterMany, 'operator') async registerOrganisations(call: Call, registration: z.infer<typeof RegisterMany>): Promise<Outcomes> {
    return outcomes(await this.imports.register(call, registration));
  }
  @Rpc(OfImport, 'operator') getImport(call: Call, { importId }: z.infer<typeof OfImport>): Promise<ImportState> {
    return this.imports.state(call, importId);
  }
  @Rpc(Undo, 'operator') undoRegistrations(call: Call, { importId, ids }: z.infer<typeof Undo>): Promise<UndoResponse> {
    return this.imports.undo(call, importId, ids);
  }
  @Rpc(Target, 'operator') verifyOrganisation(call: Call, at: TargetAt): Promise<Done> {
    return this.organisations.verify(call, at);
  }
  @Rpc(Suspend, 'operator') suspendOrganisation(call: Call, { untilOn, ...at }: z.infer<typeof Suspend>): Promise<Done> {
    return this.organisations.suspend(call, at, untilOn);
  }
  @Rpc(Target, 'operator') reinstateOrganisation(call: Call, at: TargetAt): Promise<Done> {
    return this.organisations.reinstate(call, at);
  }
  @Rpc(Target, 'operator') closeOrganisation(call: Call, at: TargetAt): Promise<Done> {
    return this.organisations.close(call, at);
  }
  @Rpc(BatchGet) async batchGetOrganisations(call: Call, { ids }: z.infer<typeof BatchGet>): Promise<identity.BatchGetOrganisationsResponse> {
    return { organisations: (await this.organisations.batch(call, ids)).map(view) };
  }
  @Rpc(List) async listOrganisations(call: Call, filter: z.infer<typeof List>): Promise<identity.ListOrganisationsResponse> {
    const page = await this.organisations.list(call, filter);
    return { organisations: page.rows.map(view), pageInfo: pageInfo(page) };
  }
  @Rpc(Resolve, 'service') resolveCaller(call: Call, { code: of, role }: z.infer<typeof Resolve>): Promise<identity.ResolveCallerResponse> {
    return this.organisations.resolveCaller(call, of, role);
  }
}

function view({ id, version, state, kind, code: of, name, region, invented, suspendedUntil }: OrganisationRow): identity.OrganisationView {
  return { id, version, state, kind, code: of, name, region, invented, suspendedUntil: suspendedUntil ?? '' };
}
