import { services, type Done, type Outcomes, type outcomes } from '@tandem/contracts';
import { BatchGet, GrpcService, MAX_BATCH, optional, outcomes as answers, pageInfo, pageOf, plainDate, Rpc, target, text, uuid, type Call, type Serves } from '@tandem/service-kit';
import { isRegionCode } from '@tandem/taxonomy';
import { z } from 'zod';
import { categories, confirmers, evidenceKinds, wageBands } from './destination.js';
import { DestinationsService, type Shown } from './destinations.service.js';

const definition = services['tandem.outcomes.v1.DestinationService'];
const Terms = z.strictObject({
  studentId: uuid,
  category: z.enum(categories),
  employerOrg: optional(uuid),
  occupation: z.string().max(32).regex(/^[0-9A-Za-z_.-]*$/),
  region: z.string().refine(isRegionCode),
  fromOn: plainDate,
  toOn: optional(plainDate),
  wageBand: optional(z.enum(wageBands)),
  evidenceKind: z.enum(evidenceKinds),
  evidence: text(500),
});
const Report = z.strictObject({ destinations: z.array(Terms).min(1).max(MAX_BATCH), atomic: z.boolean() });
const Confirm = z.strictObject({ confirmations: z.array(z.strictObject({ ...target, by: z.enum(confirmers) })).min(1).max(MAX_BATCH), atomic: z.boolean() });
const Correct = z.strictObject({ ...target, terms: Terms, reason: text(500) });
const List = z.strictObject({ page: pageOf, state: optional(z.enum(['reported', 'confirmed', 'corrected'])), studentId: optional(uuid), descending: z.boolean() });

@GrpcService(definition)
export class DestinationsGrpc implements Serves<typeof definition> {
  constructor(private readonly destinations: DestinationsService) {}

  @Rpc(Report, 'college_office') async reportDestinations(call: Call, { destinations, atomic }: z.infer<typeof Report>): Promise<Outcomes> {
    return answers(await this.destinations.reportMany(call, destinations, atomic));
  }
  @Rpc(Confirm, 'college_office') async confirmDestinations(call: Call, { confirmations, atomic }: z.infer<typeof Confirm>): Promise<Outcomes> {
    return answers(await this.destinations.confirmMany(call, confirmations, atomic));
  }
  @Rpc(Correct, 'college_office') correctDestination(call: Call, { terms, reason, ...at }: z.infer<typeof Correct>): Promise<Done> {
    return this.destinations.correct(call, at, terms, reason);
  }
  @Rpc(BatchGet, 'college_office') async batchGetDestinations(call: Call, { ids }: z.infer<typeof BatchGet>): Promise<outcomes.BatchGetDestinationsResponse> {
    return { destinations: (await this.destinations.batch(call, ids)).map(view) };
  }
  @Rpc(List, 'college_office') async listDestinations(call: Call, filter: z.infer<typeof List>): Promise<outcomes.ListDestinationsResponse> {
    const page = await this.destinations.list(call, filter);
    return { destinations: page.rows.map(view), pageInfo: pageInfo(page) };
  }
}

function view({ id, version, sequence, state, confirmedBy, correctionReason, ...terms }: Shown): outcomes.DestinationView {
  const { studentId, category, employerOrg, occupation, region, fromOn, toOn, wageBand, evidenceKind, evidence } = terms;
  return {
    id, version, sequence, state, confirmedBy: confirmedBy ?? '', correctionReason: correctionReason ?? '',
    terms: { studentId, category, employerOrg: employerOrg ?? '', occupation, region, fromOn, toOn: toOn ?? '', wageBand: wageBand ?? '', evidenceKind, evidence },
  };
}
