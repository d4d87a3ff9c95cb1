import { services, type Outcomes, type outcomes } from '@tandem/contracts';
import { BatchGet, GrpcService, MAX_BATCH, optional, outcomes as answers, pageInfo, pageOf, Rpc, target, uuid, type Call, type Serves } from '@tandem/service-kit';
import { z } from 'zod';
import { DestinationsService } from './destinations.service.js';
import { checkAnswers, leavingReasons } from './retention-check.js';
import type { RetentionCheckRow } from './retention-check.entity.js';

const definition = services['tandem.outcomes.v1.RetentionService'];
const Record = z.strictObject({ records: z.array(z.strictObject({ ...target, answer: z.enum(checkAnswers), reason: optional(z.enum(leavingReasons)) })).min(1).max(MAX_BATCH), atomic: z.boolean() });
const List = z.strictObject({
  page: pageOf,
  state: optional(z.enum(['planned', 'due', 'still_there', 'left', 'unknown', 'dropped'])),
  destinationId: optional(uuid),
  months: z.int().transform((months) => months || null),
  descending: z.boolean(),
});

@GrpcService(definition)
export class RetentionGrpc implements Serves<typeof definition> {
  constructor(private readonly destinations: DestinationsService) {}

  @Rpc(Record, 'college_office') async recordRetention(call: Call, { records, atomic }: z.infer<typeof Record>): Promise<Outcomes> {
    return answers(await this.destinations.recordMany(call, records, atomic));
  }
  @Rpc(BatchGet, 'college_office') async batchGetRetentionChecks(call: Call, { ids }: z.infer<typeof BatchGet>): Promise<outcomes.BatchGetRetentionChecksResponse> {
    return { checks: (await this.destinations.batchChecks(call, ids)).map(view) };
  }
  @Rpc(List, 'college_office') async listRetentionChecks(call: Call, filter: z.infer<typeof List>): Promise<outcomes.ListRetentionChecksResponse> {
    const page = await this.destinations.listChecks(call, filter);
    return { checks: page.rows.map(view), pageInfo: pageInfo(page) };
  }
}

function view({ id, version, sequence, state, destinationId, studentId, months, dueOn, reason }: RetentionCheckRow): outcomes.RetentionCheckView {
  return { id, version, sequence, state, destinationId, studentId, months, dueOn, reason: reason ?? '' };
}
