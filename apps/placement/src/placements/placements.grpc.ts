import { services, type Done, type Outcomes, type placement } from '@tandem/contracts';
import { BatchGet, GrpcService, MAX_BATCH, optional, outcomes, pageInfo, pageOf, plainDate, Rpc, target, uuid, type Call, type Serves } from '@tandem/service-kit';
import { z } from 'zod';
import { cancelReasons } from './placement.js';
import type { PlacementRow } from './placement.entity.js';
import { PlacementsService } from './placements.service.js';

const definition = services['tandem.placement.v1.PlacementService'];
const Confirm = z.strictObject({ positionId: uuid, studentId: uuid, startsOn: optional(plainDate), endsOn: optional(plainDate) });
const ConfirmMany = z.strictObject({ placements: z.array(Confirm).min(1).max(MAX_BATCH), atomic: z.boolean() });
const Cancel = z.strictObject({ ...target, reason: z.enum(cancelReasons) });
const CancelMany = z.strictObject({ placements: z.array(Cancel).min(1).max(MAX_BATCH), atomic: z.boolean() });
const List = z.strictObject({
  page: pageOf,
  view: z.enum(['own', 'party']),
  state: optional(z.enum(['confirmed', 'cancelled'])),
  positionId: optional(uuid),
  orderBy: z.enum(['starts_on', '']),
  descending: z.boolean(),
});

@GrpcService(definition)
export class PlacementsGrpc implements Serves<typeof definition> {
  constructor(private readonly placements: PlacementsService) {}

  @Rpc(Confirm, 'college_office') confirmPlacement(call: Call, wish: z.infer<typeof Confirm>): Promise<Done> {
    return this.placements.confirm(call, wish);
  }
  @Rpc(ConfirmMany, 'college_office') async confirmPlacements(call: Call, { placements: wishes, atomic }: z.infer<typeof ConfirmMany>): Promise<Outcomes> {
    return outcomes(await this.placements.confirmMany(call, wishes, atomic));
  }
  @Rpc(Cancel, 'college_office') cancelPlacement(call: Call, cancellation: z.infer<typeof Cancel>): Promise<Done> {
    return this.placements.cancel(call, cancellation);
  }
  @Rpc(CancelMany, 'college_office') async cancelPlacements(call: Call, { placements: items, atomic }: z.infer<typeof CancelMany>): Promise<Outcomes> {
    return outcomes(await this.placements.cancelMany(call, items, atomic));
  }
  @Rpc(BatchGet) async batchGetPlacements(call: Call, { ids }: z.infer<typeof BatchGet>): Promise<placement.BatchGetPlacementsResponse> {
    return { placements: (await this.placements.batch(call, ids)).map(view) };
  }
  @Rpc(List) async listPlacements(call: Call, filter: z.infer<typeof List>): Promise<placement.ListPlacementsResponse> {
    const page = await this.placements.list(call, filter);
    return { placements: page.rows.map(view), pageInfo: pageInfo(page) };
  }
}

function view({ id, version, sequence, state, org, enterpriseOrg, positionId, studentId, kind, startsOn, endsOn, cancelReason }: PlacementRow): placement.PlacementView {
  return { id, version, sequence, state, collegeOrg: org, enterpriseOrg, positionId, studentId, kind, startsOn, endsOn, cancelReason: cancelReason ?? '' };
}
