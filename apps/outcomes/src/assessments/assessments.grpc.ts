import { services, type Done, type Outcomes, type outcomes } from '@tandem/contracts';
import { BatchGet, GrpcService, MAX_BATCH, optional, outcomes as answers, pageInfo, pageOf, Rpc, target, text, uuid, type Call, type Serves } from '@tandem/service-kit';
import { z } from 'zod';
import { assessors, stages } from './assessment.js';
import { AssessmentsService, type Shown } from './assessments.service.js';

const definition = services['tandem.outcomes.v1.AssessmentService'];
const ability = z.int().min(1).max(5);
const scores = z.strictObject({ practical: ability, analysis: ability, independence: ability, emergencies: ability });
const Submit = z.strictObject({
  assessments: z.array(z.strictObject({ internshipId: uuid, assessor: z.enum(assessors), stage: z.enum(stages), scores, evidence: text(2000) })).min(1).max(MAX_BATCH),
  atomic: z.boolean(),
});
const Reply = z.strictObject({ replies: z.array(z.strictObject({ assessmentId: uuid, reply: z.enum(['acknowledge', 'object']), text: optional(text(2000)) })).min(1).max(MAX_BATCH), atomic: z.boolean() });
const Settle = z.strictObject({ ...target, scores, text: text(2000) });
const List = z.strictObject({
  page: pageOf,
  view: z.enum(['own', 'college', 'enterprise']),
  internshipId: optional(uuid),
  state: optional(z.enum(['submitted', 'acknowledged', 'objected', 'settled'])),
  descending: z.boolean(),
});
const who = ['mentor', 'enterprise_hr', 'class_teacher', 'college_office', 'student'] as const;

@GrpcService(definition)
export class AssessmentsGrpc implements Serves<typeof definition> {
  constructor(private readonly assessments: AssessmentsService) {}

  @Rpc(Submit, ...who) async submitAssessments(call: Call, { assessments, atomic }: z.infer<typeof Submit>): Promise<Outcomes> {
    return answers(await this.assessments.submit(call, assessments, atomic));
  }
  @Rpc(Reply, 'student', 'college_office') async replyToAssessments(call: Call, { replies, atomic }: z.infer<typeof Reply>): Promise<Outcomes> {
    return answers(await this.assessments.reply(call, replies, atomic));
  }
  @Rpc(Settle, 'mentor', 'enterprise_hr', 'class_teacher', 'college_office') settleAssessment(call: Call, { scores: standing, text: why, ...at }: z.infer<typeof Settle>): Promise<Done> {
    return this.assessments.settle(call, at, standing, why);
  }
  @Rpc(BatchGet, ...who) async batchGetAssessments(call: Call, { ids }: z.infer<typeof BatchGet>): Promise<outcomes.BatchGetAssessmentsResponse> {
    return { assessments: (await this.assessments.batch(call, ids)).map(view) };
  }
  @Rpc(List, ...who) async listAssessments(call: Call, filter: z.infer<typeof List>): Promise<outcomes.ListAssessmentsResponse> {
    const page = await this.assessments.list(call, filter);
    return { assessments: page.rows.map(view), pageInfo: pageInfo(page) };
  }
}

function view({ id, version, sequence, state, org, internshipId, assessor, stage, practical, analysis, independence, emergencies, evidence, settledText }: Shown): outcomes.AssessmentView {
  return { id, version, sequence, state, org, terms: { internshipId, assessor, stage, scores: { practical, analysis, independence, emergencies }, evidence }, settledText };
}
