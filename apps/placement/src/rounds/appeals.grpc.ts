import { services, type Done, type Outcomes, type placement } from '@tandem/contracts';
import { absentAsEmpty, BatchGet, GrpcService, MAX_BATCH, optional, outcomes, pageInfo, pageOf, Rpc, Target, target, text, uuid, type Call, type Serves, type TargetAt } from '@tandem/service-kit';
import { z } from 'zod';
import { appealOutcomes, appealStates, grounds } from './appeal.js';
import type { AppealRow } from './appeal.entity.js';
import { AppealsService } from './appeals.service.js';

const definition = services['tandem.placement.v1.AppealService'];
const File = z.strictObject({ roundId: uuid, studentId: uuid, ground: z.enum(grounds), text: text(2_000) });
const Decide = z.strictObject({ decisions: z.array(z.strictObject({ ...target, outcome: z.enum(appealOutcomes), decision: text(2_000) })).min(1).max(MAX_BATCH), atomic: z.boolean() });
const List = z.strictObject({ page: pageOf, roundId: optional(uuid), state: optional(z.enum(appealStates)), studentId: optional(uuid), descending: z.boolean() });
const who = ['college_office', 'student'] as const;

@GrpcService(definition)
export class AppealsGrpc implements Serves<typeof definition> {
  constructor(private readonly appeals: AppealsService) {}

  @Rpc(File, ...who) fileAppeal(call: Call, filing: z.infer<typeof File>): Promise<Done> {
    return this.appeals.file(call, filing);
  }
  @Rpc(Decide, 'college_office') async decideAppeals(call: Call, { decisions, atomic }: z.infer<typeof Decide>): Promise<Outcomes> {
    return outcomes(await this.appeals.decideMany(call, decisions, atomic));
  }
  @Rpc(Target, ...who) withdrawAppeal(call: Call, at: TargetAt): Promise<Done> {
    return this.appeals.withdraw(call, at);
  }
  @Rpc(BatchGet, ...who) async batchGetAppeals(call: Call, { ids }: z.infer<typeof BatchGet>): Promise<placement.BatchGetAppealsResponse> {
    return { appeals: (await this.appeals.batch(call, ids)).map(view) };
  }
  @Rpc(List, ...who) async listAppeals(call: Call, filter: z.infer<typeof List>): Promise<placement.ListAppealsResponse> {
    const page = await this.appeals.list(call, filter);
    return { appeals: page.rows.map(view), pageInfo: pageInfo(page) };
  }
}

function view({ id, version, sequence, state, roundId, studentId, ground, text: words, outcome, decision }: AppealRow): placement.AppealView {
  return { id, version, sequence, state, roundId, studentId, ground, text: words, ...absentAsEmpty({ outcome, decision }) };
}
