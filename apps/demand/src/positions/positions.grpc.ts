import { services, type demand, type Done, type Outcomes } from '@tandem/contracts';
import { asJob, BatchGet, code, count, GrpcService, MAX_BATCH, MAX_JOB, optional, outcomes, pageInfo, pageOf, plainDate, Rpc, Target, target, text, type Call, type Serves, type TargetAt } from '@tandem/service-kit';
import { z } from 'zod';
import { kinds } from './position.js';
import type { PositionRow } from './position.entity.js';
import { PositionsService } from './positions.service.js';

const definition = services['tandem.demand.v1.PositionService'];
const headcount = z.int().min(1).max(10_000);
const terms = z.strictObject({
  kind: z.enum(kinds),
  title: text(120),
  occupation: code,
  industry: code,
  region: code,
  headcount,
  startsOn: plainDate,
  endsOn: plainDate,
  weeklyHours: z.int().min(1).max(84),
  hasNightWork: z.boolean(),
  payFen: count(100_000_000),
  skills: z.array(z.strictObject({ code, level: z.int().min(1).max(5) })).max(30),
  majors: z.array(code).max(50),
  hazards: z.array(code).max(20),
  hasBoard: z.boolean(),
  hasLodging: z.boolean(),
});
const Draft = z.strictObject({ terms });
const DraftMany = z.strictObject({ terms: z.array(terms).min(1).max(MAX_JOB), atomic: z.boolean() });
const Change = z.strictObject({ ...target, terms });
const SubmitMany = z.strictObject({ targets: z.array(Target).min(1).max(MAX_BATCH), atomic: z.boolean() });
const Resize = z.strictObject({ ...target, headcount });
const Close = z.strictObject({ ...target, reason: text(200) });
const List = z.strictObject({
  page: pageOf,
  view: z.enum(['own', 'park', 'review', 'published']),
  state: optional(z.enum(['draft', 'submitted', 'returned', 'published', 'closed'])),
  kind: optional(z.enum(kinds)),
  region: optional(code),
  occupation: optional(code),
  search: optional(text(60)),
  orderBy: z.enum(['starts_on', 'headcount', 'pay', '']).transform((field) => ({ starts_on: 'startsOn', headcount: 'headcount', pay: 'payFen', '': 'startsOn' }) [field] as 'startsOn' | 'headcount' | 'payFen'),
  descending: z.boolean(),
});

@GrpcService(definition)
export class PositionsGrpc implements Serves<typeof definition> {
  constructor(private readonly positions: PositionsService) {}

  @Rpc(Draft, 'enterprise_hr', 'park_operator') draftPosition(call: Call, { terms: of }: z.infer<typeof Draft>): Promise<Done> {
    return this.positions.draft(call, of);
  }
  @Rpc(DraftMany, 'enterprise_hr', 'park_operator') async draftPositions(call: Call, { terms: many, atomic }: z.infer<typeof DraftMany>): Promise<Outcomes> {
    return many.length > MAX_BATCH ? asJob(await this.positions.draftJob(call, many, atomic)) : outcomes(await this.positions.draftMany(call, many, atomic));
  }
  @Rpc(Change, 'enterprise_hr', 'park_operator') changePosition(call: Call, { terms: to, ...at }: z.infer<typeof Change>): Promise<Done> {
    return this.positions.change(call, at, to);
  }
  @Rpc(Target, 'enterprise_hr', 'park_operator') submitPosition(call: Call, at: TargetAt): Promise<Done> {
    return this.positions.submit(call, at);
  }
  @Rpc(SubmitMany, 'enterprise_hr', 'park_operator') async submitPositions(call: Call, { targets, atomic }: z.infer<typeof SubmitMany>): Promise<Outcomes> {
    return outcomes(await this.positions.submitMany(call, targets, atomic));
  }
  @Rpc(Resize, 'enterprise_hr', 'park_operator') resizePosition(call: Call, { headcount: to, ...at }: z.infer<typeof Resize>): Promise<Done> {
    return this.positions.resize(call, at, to);
  }
  @Rpc(Close, 'enterprise_hr', 'park_operator') closePosition(call: Call, { reason, ...at }: z.infer<typeof Close>): Promise<Done> {
    return this.positions.close(call, at, reason);
  }
  @Rpc(BatchGet) async batchGetPositions(call: Call, { ids }: z.infer<typeof BatchGet>): Promise<demand.BatchGetPositionsResponse> {
    return { positions: (await this.positions.batch(call, ids)).map((row) => view(row, call)) };
  }
  @Rpc(List) async listPositions(call: Call, filter: z.infer<typeof List>): Promise<demand.ListPositionsResponse> {
    const page = await this.positions.list(call, filter);
    return { positions: page.rows.map((row) => view(row, call)), pageInfo: pageInfo(page) };
  }
}

/** How it was reviewed, and why it was withdrawn, is between the enterprise, its park and the bureau. */
function view(position: PositionRow, { principal }: Call): demand.PositionView {
  const { id, version, sequence, state, org, parkOrg, filled, kind, title, occupation, industry, region, headcount: seats, startsOn, endsOn, weeklyHours, hasNightWork, payFen, skills, majors, hazards, hasBoard, hasLodging } = position;
  const isInside = [org, parkOrg, position.reviewerOrg].includes(principal.org);
  const inside = (value: string | null): string => (isInside && value !== null ? value : '');
  return {
    id, version, sequence, state, filled,
    enterpriseOrg: org,
    parkOrg: parkOrg ?? '',
    terms: {
      kind, title, occupation, industry, region, headcount: seats, startsOn, endsOn, weeklyHours, hasNightWork, payFen, hasBoard, hasLodging,
      skills: [...skills], majors: [...majors], hazards: [...hazards],
    },
    closeReason: position.closeReason ?? '',
    withdrawnReason: inside(position.withdrawnReason),
    reviewerOrg: inside(position.reviewerOrg),
    returnedField: inside(position.returnedField),
    returnedReason: inside(position.returnedReason),
    reviewId: inside(position.reviewId),
  };
}
