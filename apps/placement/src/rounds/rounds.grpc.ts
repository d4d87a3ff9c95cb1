import { services, type Done, type Outcomes, type placement } from '@tandem/contracts';
import { absentAsEmpty, asJob, BatchGet, GrpcService, optional, pageInfo, pageOf, plainDate, Rpc, Target, target, text, uuid, type Call, type Serves, type TargetAt } from '@tandem/service-kit';
import { z } from 'zod';
import { BundlesService } from './bundles.service.js';
import { ExplanationsService } from './explanations.service.js';
import { MatchingService } from './matching.service.js';
import { addDays, roundCancelReasons, roundStates } from './round.js';
import type { RoundRow } from './round.entity.js';
import { RoundRunner } from './runner.service.js';
import { RoundsService } from './rounds.service.js';

const definition = services['tandem.placement.v1.RoundService'];
const points = z.int().min(0).max(1000);
const GroupPoints = z.strictObject({ tag: z.string().regex(/^[a-z0-9_-]{1,30}$/i), points });
const Rules = z.strictObject({ sameMajor: points, sameClass: points, skill: points, sameCounty: points, samePrefecture: points, groups: z.array(GroupPoints).max(20), wishes: z.int().min(1).max(50) });
const Terms = z.strictObject({
  title: text(120),
  colleges: z.array(uuid).min(1).max(200),
  startsOn: plainDate,
  endsOn: plainDate,
  opensOn: plainDate,
  closesOn: plainDate,
  answerDays: z.int().min(1).max(60),
  settlesOn: optional(plainDate),
  refillDays: z.int().min(0).max(60),
  appealDays: z.int().min(0).max(60),
  rules: Rules,
}).transform(({ settlesOn, ...terms }) => ({ ...terms, settlesOn: settlesOn ?? addDays(terms.startsOn, -1) }));
const Draft = z.strictObject({ terms: Terms });
const Change = z.strictObject({ ...target, terms: Terms });
const Extend = z.strictObject({ ...target, closesOn: plainDate });
const Cancel = z.strictObject({ ...target, reason: z.enum(roundCancelReasons) });
const List = z.strictObject({ page: pageOf, view: z.enum(['own', 'published']), state: optional(z.enum(roundStates)), descending: z.boolean() });
const Bundle = z.strictObject({ roundId: uuid, run: z.int().min(0).max(10_000), part: z.int().min(0).max(10_000) });
const Explain = z.strictObject({ roundId: uuid, studentId: uuid });
const organisers = ['college_office', 'bureau_officer'] as const;

@GrpcService(definition)
export class RoundsGrpc implements Serves<typeof definition> {
  // oxlint-disable-next-line max-params -- what the container injects, one a line
  constructor(
    private readonly rounds: RoundsService,
    private readonly matching: MatchingService,
    private readonly runner: RoundRunner,
    private readonly explanations: ExplanationsService,
    private readonly bundles: BundlesService,
  ) {}

  @Rpc(Draft, ...organisers) draftRound(call: Call, { terms }: z.infer<typeof Draft>): Promise<Done> {
    return this.rounds.draft(call, terms);
  }
  @Rpc(Change, ...organisers) changeRound(call: Call, { terms, ...at }: z.infer<typeof Change>): Promise<Done> {
    return this.rounds.change(call, at, terms);
  }
  @Rpc(Target, ...organisers) announceRound(call: Call, at: TargetAt): Promise<Done> {
    return this.rounds.announce(call, at);
  }
  @Rpc(Target, ...organisers) openRound(call: Call, at: TargetAt): Promise<Done> {
    return this.rounds.open(call, at);
  }
  @Rpc(Extend, ...organisers) extendRound(call: Call, { closesOn, ...at }: z.infer<typeof Extend>): Promise<Done> {
    return this.rounds.extend(call, at, closesOn);
  }
  @Rpc(Target, ...organisers) closeRound(call: Call, at: TargetAt): Promise<Done> {
    return this.rounds.close(call, at);
  }
  @Rpc(Target, ...organisers) matchRound(call: Call, at: TargetAt): Promise<Done> {
    return this.matching.match(call, at);
  }
  @Rpc(Target, ...organisers) verifyRound(call: Call, at: TargetAt): Promise<Done> {
    return this.matching.verify(call, at);
  }
  @Rpc(Target, ...organisers) async publishRound(call: Call, at: TargetAt): Promise<Outcomes> {
    return asJob(await this.runner.publish(call, at));
  }
  @Rpc(Target, ...organisers) async refillRound(call: Call, at: TargetAt): Promise<Outcomes> {
    return asJob(await this.runner.refill(call, at));
  }
  @Rpc(Target, ...organisers) async settleRound(call: Call, at: TargetAt): Promise<Outcomes> {
    return asJob(await this.runner.settle(call, at));
  }
  @Rpc(Cancel, ...organisers) cancelRound(call: Call, { reason, ...at }: z.infer<typeof Cancel>): Promise<Done> {
    return this.rounds.cancel(call, at, reason);
  }
  @Rpc(BatchGet) async batchGetRounds(call: Call, { ids }: z.infer<typeof BatchGet>): Promise<placement.BatchGetRoundsResponse> {
    return { rounds: (await this.rounds.batch(call, ids)).map(view) };
  }
  @Rpc(List) async listRounds(call: Call, filter: z.infer<typeof List>): Promise<placement.ListRoundsResponse> {
    const page = await this.rounds.list(call, filter);
    return { rounds: page.rows.map(view), pageInfo: pageInfo(page) };
  }
  @Rpc(BatchGet) async batchGetProgress(call: Call, { ids }: z.infer<typeof BatchGet>): Promise<placement.BatchGetProgressResponse> {
    return { progress: await this.rounds.progress(call, ids) };
  }
  @Rpc(Bundle, 'bureau_officer') getBundle(call: Call, request: z.infer<typeof Bundle>): Promise<placement.BundlePart> {
    return this.bundles.part(call, request);
  }
  @Rpc(Explain, 'college_office', 'student') explainResult(call: Call, { roundId, studentId }: z.infer<typeof Explain>): Promise<placement.Explanation> {
    return this.explanations.explain(call, roundId, studentId);
  }
}

function view({ id, version, sequence, state, org, runs, applicants, assigned, findings, ...round }: RoundRow): placement.RoundView {
  const { title, colleges, startsOn, endsOn, opensOn, closesOn, answerDays, settlesOn, refillDays, appealDays, rules, answersUntil, refillOn, appealsUntil } = round;
  const { ruleHash, ruleSheet, inputHash, digest, secret, cancelReason } = round;
  return {
    id, version, sequence, state, org, runs, applicants, assigned, findings: [...findings],
    terms: { title, colleges: [...colleges], startsOn, endsOn, opensOn, closesOn, answerDays, settlesOn, refillDays, appealDays, rules: { ...rules, groups: [...rules.groups] } },
    ...absentAsEmpty({ answersUntil, refillOn, appealsUntil, ruleHash, ruleSheet, inputHash, digest, secret, cancelReason }),
  };
}
