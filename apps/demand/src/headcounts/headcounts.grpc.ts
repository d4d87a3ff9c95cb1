import { services, type demand, type Done, type Outcomes } from '@tandem/contracts';
import { BatchGet, code, count, GrpcService, MAX_BATCH, optional, outcomes, pageInfo, pageOf, plainDate, Rpc, text, type Call, type Serves } from '@tandem/service-kit';
import { z } from 'zod';
import type { HeadcountRow } from './headcount.entity.js';
import { HeadcountsService } from './headcounts.service.js';

const definition = services['tandem.demand.v1.HeadcountService'];
const State = z.strictObject({ occupation: optional(code), staff: count(10_000_000), countedOn: plainDate, evidence: text(200) });
const StateMany = z.strictObject({ statements: z.array(State).min(1).max(MAX_BATCH), atomic: z.boolean() });
const List = z.strictObject({ page: pageOf, view: z.enum(['own', 'park']), state: optional(z.enum(['stated', 'superseded'])), occupation: optional(code), descending: z.boolean() });
const staters = ['enterprise_hr', 'park_operator'] as const;

@GrpcService(definition)
export class HeadcountsGrpc implements Serves<typeof definition> {
  constructor(private readonly headcounts: HeadcountsService) {}

  @Rpc(State, ...staters) stateHeadcount(call: Call, statement: z.infer<typeof State>): Promise<Done> {
    return this.headcounts.state(call, statement);
  }
  @Rpc(StateMany, ...staters) async stateHeadcounts(call: Call, { statements, atomic }: z.infer<typeof StateMany>): Promise<Outcomes> {
    return outcomes(await this.headcounts.stateMany(call, statements, atomic));
  }
  @Rpc(BatchGet, ...staters) async batchGetHeadcounts(call: Call, { ids }: z.infer<typeof BatchGet>): Promise<demand.BatchGetHeadcountsResponse> {
    return { statements: (await this.headcounts.batch(call, ids)).map(view) };
  }
  @Rpc(List, ...staters) async listHeadcounts(call: Call, filter: z.infer<typeof List>): Promise<demand.ListHeadcountsResponse> {
    const page = await this.headcounts.list(call, filter);
    return { statements: page.rows.map(view), pageInfo: pageInfo(page) };
  }
}

function view({ id, version, sequence, state, org, parkOrg, occupation, staff, countedOn, evidence }: HeadcountRow): demand.HeadcountStatementView {
  return { id, version, sequence, state, enterpriseOrg: org, parkOrg: parkOrg ?? '', occupation: occupation ?? '', staff, countedOn, evidence };
}
