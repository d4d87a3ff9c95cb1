import { services, type Done, type Outcomes, type programs } from '@tandem/contracts';
import { BatchGet, count, GrpcService, MAX_BATCH, optional, outcomes, pageInfo, pageOf, plainDate, Rpc, Target, target, uuid, type Call, type Serves, type TargetAt } from '@tandem/service-kit';
import { z } from 'zod';
import { purposes } from './cohort.js';
import type { CohortRow } from './cohort.entity.js';
import { CohortsService } from './cohorts.service.js';

const definition = services['tandem.programs.v1.CohortService'];
const windows = z.array(z.strictObject({ fromOn: plainDate, toOn: plainDate, free: count(100_000), purpose: z.enum(purposes) })).max(20);
const Terms = z.strictObject({ programId: uuid, entryYear: z.int().min(1990).max(2100), graduatesOn: plainDate, windows });
const Plan = z.strictObject({ cohorts: z.array(Terms).min(1).max(MAX_BATCH), atomic: z.boolean() });
const Availability = z.strictObject({ ...target, windows });
const List = z.strictObject({ page: pageOf, state: optional(z.enum(['planned', 'enrolled', 'graduated'])), programId: optional(uuid), descending: z.boolean() });
const readers = ['college_office', 'class_teacher', 'training_officer'] as const;

@GrpcService(definition)
export class CohortsGrpc implements Serves<typeof definition> {
  constructor(private readonly cohorts: CohortsService) {}

  @Rpc(Plan, 'college_office') async planCohorts(call: Call, { cohorts, atomic }: z.infer<typeof Plan>): Promise<Outcomes> {
    return outcomes(await this.cohorts.plan(call, cohorts, atomic));
  }
  @Rpc(Target, 'college_office') enrolCohort(call: Call, at: TargetAt): Promise<Done> {
    return this.cohorts.enrol(call, at);
  }
  @Rpc(Availability, 'college_office') changeAvailability(call: Call, { windows: free, ...at }: z.infer<typeof Availability>): Promise<Done> {
    return this.cohorts.changeAvailability(call, at, free);
  }
  @Rpc(Target, 'college_office') graduateCohort(call: Call, at: TargetAt): Promise<Done> {
    return this.cohorts.graduate(call, at);
  }
  @Rpc(BatchGet, ...readers) async batchGetCohorts(call: Call, { ids }: z.infer<typeof BatchGet>): Promise<programs.BatchGetCohortsResponse> {
    return { cohorts: (await this.cohorts.batch(call, ids)).map(view) };
  }
  @Rpc(List, ...readers) async listCohorts(call: Call, filter: z.infer<typeof List>): Promise<programs.ListCohortsResponse> {
    const page = await this.cohorts.list(call, filter);
    return { cohorts: page.rows.map(view), pageInfo: pageInfo(page) };
  }
}

function view({ id, version, sequence, state, programCode, programId, entryYear, graduatesOn, windows: free }: CohortRow): programs.CohortView {
  return { id, version, sequence, state, programCode, terms: { programId, entryYear, graduatesOn, windows: [...free] } };
}
