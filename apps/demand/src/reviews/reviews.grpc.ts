import { services, type demand, type Done, type Outcomes } from '@tandem/contracts';
import { BatchGet, code, GrpcService, MAX_BATCH, optional, outcomes, Rpc, text, uuid, type Call, type Serves } from '@tandem/service-kit';
import { z } from 'zod';
import { returnReasons } from './review.js';
import type { ReviewRow } from './review.entity.js';
import { ReviewsService } from './reviews.service.js';

const definition = services['tandem.demand.v1.ReviewService'];
const Decide = z.strictObject({
  positionId: uuid,
  positionVersion: z.int().min(1),
  decision: z.enum(['publish', 'return']),
  field: optional(code),
  reason: optional(z.enum(returnReasons)),
  text: optional(text(1000)),
});
const DecideMany = z.strictObject({ decisions: z.array(Decide).min(1).max(MAX_BATCH), atomic: z.boolean() });

@GrpcService(definition)
export class ReviewsGrpc implements Serves<typeof definition> {
  constructor(private readonly reviews: ReviewsService) {}

  @Rpc(Decide, 'bureau_officer', 'operator') decideReview(call: Call, ruling: z.infer<typeof Decide>): Promise<Done> {
    return this.reviews.decide(call, ruling);
  }
  @Rpc(DecideMany, 'bureau_officer', 'operator') async decideReviews(call: Call, { decisions, atomic }: z.infer<typeof DecideMany>): Promise<Outcomes> {
    return outcomes(await this.reviews.decideMany(call, decisions, atomic));
  }
  @Rpc(BatchGet) async batchGetReviews(call: Call, { ids }: z.infer<typeof BatchGet>): Promise<demand.BatchGetReviewsResponse> {
    return { reviews: (await this.reviews.batch(call, ids)).map(view) };
  }
}

function view({ id, version, positionId, positionVersion, decision, field, reason, text: words, enterpriseOrg }: ReviewRow): demand.ReviewView {
  return { id, version, positionId, positionVersion, decision, field: field ?? '', reason: reason ?? '', text: words ?? '', enterpriseOrg };
}
