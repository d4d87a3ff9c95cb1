import { services, type Done, type Outcomes, type placement } from '@tandem/contracts';
import { absentAsEmpty, BatchGet, GrpcService, MAX_BATCH, optional, outcomes, pageInfo, pageOf, plainDate, Rpc, Target, target, text, uuid, type Call, type Serves } from '@tandem/service-kit';
import { z } from 'zod';
import { gates } from '../gates.js';
import type { GatesRow } from './gates.service.js';
import { cancelReasons, endKinds, leavingReasons, missingGates, pauseReasons, placementStates } from './placement.js';
import type { PlacementRow } from './placement.entity.js';
import { PlacementsService } from './placements.service.js';

const definition = services['tandem.placement.v1.PlacementService'];
const many = <T extends z.ZodType>(item: T) => z.strictObject({ placements: z.array(item).min(1).max(MAX_BATCH), atomic: z.boolean() });
const Confirm = z.strictObject({ positionId: uuid, studentId: uuid, startsOn: optional(plainDate), endsOn: optional(plainDate) });
const ConfirmMany = many(Confirm);
const Cancel = z.strictObject({ ...target, reason: z.enum(cancelReasons) });
const CancelMany = many(Cancel);
const Record = many(z.strictObject({ ...target, gates: z.array(z.strictObject({ gate: z.enum(gates), evidence: text(200) })).min(1).max(gates.length) }));
const Targets = z.strictObject({ targets: z.array(Target).min(1).max(MAX_BATCH), atomic: z.boolean() });
const Pause = many(z.strictObject({ ...target, reason: z.enum(pauseReasons) }));
const End = many(z.strictObject({ ...target, kind: z.enum(endKinds), reason: optional(z.enum(leavingReasons).exclude(['left_college'])), endedOn: optional(plainDate) }));
const List = z.strictObject({
  page: pageOf,
  view: z.enum(['own', 'party']),
  state: optional(z.enum(placementStates)),
  positionId: optional(uuid),
  orderBy: z.enum(['starts_on', '']),
  descending: z.boolean(),
  roundId: optional(uuid),
  studentId: optional(uuid),
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
  @Rpc(Record, 'college_office') async recordGates(call: Call, { placements: items, atomic }: z.infer<typeof Record>): Promise<Outcomes> {
    return outcomes(await this.placements.recordGates(call, items, atomic));
  }
  @Rpc(Targets, 'college_office') async readyPlacements(call: Call, { targets, atomic }: z.infer<typeof Targets>): Promise<Outcomes> {
    return outcomes(await this.placements.readyMany(call, targets, atomic));
  }
  @Rpc(Targets, 'college_office') async startPlacements(call: Call, { targets, atomic }: z.infer<typeof Targets>): Promise<Outcomes> {
    return outcomes(await this.placements.startMany(call, targets, atomic));
  }
  @Rpc(Pause, 'college_office') async pausePlacements(call: Call, { placements: items, atomic }: z.infer<typeof Pause>): Promise<Outcomes> {
    return outcomes(await this.placements.pauseMany(call, items, atomic));
  }
  @Rpc(Targets, 'college_office') async resumePlacements(call: Call, { targets, atomic }: z.infer<typeof Targets>): Promise<Outcomes> {
    return outcomes(await this.placements.resumeMany(call, targets, atomic));
  }
  @Rpc(End, 'college_office') async endPlacements(call: Call, { placements: items, atomic }: z.infer<typeof End>): Promise<Outcomes> {
    return outcomes(await this.placements.endMany(call, items, atomic));
  }
  @Rpc(BatchGet) async batchGetPlacements(call: Call, { ids }: z.infer<typeof BatchGet>): Promise<placement.BatchGetPlacementsResponse> {
    return { placements: await this.views(call, await this.placements.batch(call, ids)) };
  }
  @Rpc(List) async listPlacements(call: Call, filter: z.infer<typeof List>): Promise<placement.ListPlacementsResponse> {
    const page = await this.placements.list(call, filter);
    return { placements: await this.views(call, page.rows), pageInfo: pageInfo(page) };
  }

  private async views(call: Call, rows: readonly PlacementRow[]): Promise<placement.PlacementView[]> {
    const own = rows.filter(({ org }) => org === call.principal.org);
    const passed = own.length > 0 ? await this.placements.gatesOf(call, own.map(({ id }) => id)) : new Map<string, GatesRow[]>();
    return rows.map((row) => view(row, row.org === call.principal.org ? (passed.get(row.id) ?? []) : null));
  }
}

function view(row: PlacementRow, passed: readonly GatesRow[] | null): placement.PlacementView {
  const { id, version, sequence, state, org, enterpriseOrg, positionId, studentId, kind, startsOn, endsOn } = row;
  const { cancelReason, roundId, startedOn, endedOn, endKind, endReason, pauseReason } = row;
  return {
    id, version, sequence, state, collegeOrg: org, enterpriseOrg, positionId, studentId, kind, startsOn, endsOn,
    ...absentAsEmpty({ cancelReason, roundId, startedOn, endedOn, endKind, endReason, pauseReason }),
    gates: (passed ?? []).map(({ gate, evidence, by, at }) => ({ gate, evidence, by, at: at.toISOString() })),
    missingGates: passed && state === 'confirmed' ? missingGates(row, new Set(passed.map(({ gate }) => gate))) : [],
  };
}
