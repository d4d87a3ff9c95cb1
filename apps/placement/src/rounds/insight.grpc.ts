import { services, type placement } from '@tandem/contracts';
import { GrpcService, pageInfo, pageOf, Rpc, uuid, type Call, type Serves } from '@tandem/service-kit';
import { z } from 'zod';
import { PositionResultService, type PositionInRound } from './position-result.service.js';
import { ScenariosService } from './scenarios.service.js';
import { UnplacedService, type UnplacedHelp } from './unplaced.service.js';

const definition = services['tandem.placement.v1.InsightService'];
const Unplaced = z.strictObject({ roundId: uuid, page: pageOf });
const OfPosition = z.strictObject({ roundId: uuid, positionId: uuid });
const points = z.int().min(0).max(1000);
const tag = z.string().regex(/^[a-z0-9_-]{1,30}$/i);
const Weights = z.strictObject({ sameMajor: points, sameClass: points, skill: points, sameCounty: points, samePrefecture: points, groups: z.array(z.strictObject({ tag, points })).max(20) });
const Try = z.strictObject({
  roundId: uuid,
  seats: z.array(z.strictObject({ positionId: uuid, added: z.int().min(1).max(10_000) })).max(1_000),
  everywhere: z.int().min(0).max(1_000),
  weights: Weights.optional().transform((weights) => weights ?? null),
  reserve: z.strictObject({ tag, percent: z.int().min(1).max(100) }).optional().transform((reserve) => reserve ?? null),
});
const organisers = ['college_office', 'bureau_officer'] as const;

@GrpcService(definition)
export class InsightGrpc implements Serves<typeof definition> {
  constructor(
    private readonly unplaced: UnplacedService,
    private readonly positions: PositionResultService,
    private readonly scenarios: ScenariosService,
  ) {}

  @Rpc(Unplaced, ...organisers) async listUnplaced(call: Call, { roundId, page: request }: z.infer<typeof Unplaced>): Promise<placement.ListUnplacedResponse> {
    const { page, counts } = await this.unplaced.unplaced(call, roundId, request);
    return { students: page.rows.map(view), pageInfo: pageInfo(page), counts };
  }
  @Rpc(OfPosition, 'enterprise_hr', 'park_operator') getPositionResult(call: Call, at: PositionInRound): Promise<placement.PositionResult> {
    return this.positions.of(call, at);
  }
  @Rpc(Try, ...organisers) tryScenario(call: Call, { roundId, ...changes }: z.infer<typeof Try>): Promise<placement.Scenario> {
    return this.scenarios.try(call, roundId, changes);
  }
}

function view({ studentId, reason, sealed, nextRefill, seats, listing }: UnplacedHelp): placement.UnplacedStudent {
  return { studentId, reason, confirmed: sealed, nextRefill, seatsPositionId: seats?.positionId ?? '', seatsAdded: seats?.added ?? 0, listingPositionId: listing ?? '' };
}
