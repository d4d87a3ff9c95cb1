import { services, type Outcomes, type placement } from '@tandem/contracts';
import { BatchGet, GrpcService, MAX_BATCH, optional, outcomes, pageInfo, pageOf, Rpc, target, uuid, type Call, type Serves } from '@tandem/service-kit';
import { z } from 'zod';
import { answers, declineReasons, offerStates } from './offer.js';
import type { OfferRow } from './offer.entity.js';
import { OffersService } from './offers.service.js';

const definition = services['tandem.placement.v1.OfferService'];
const Answer = z.strictObject({ answers: z.array(z.strictObject({ ...target, answer: z.enum(answers), reason: optional(z.enum(declineReasons)) })).min(1).max(MAX_BATCH), atomic: z.boolean() });
const List = z.strictObject({ page: pageOf, view: z.enum(['own', 'party']), roundId: optional(uuid), state: optional(z.enum(offerStates)), studentId: optional(uuid), descending: z.boolean() });
const readers = ['college_office', 'student', 'enterprise_hr', 'park_operator'] as const;

@GrpcService(definition)
export class OffersGrpc implements Serves<typeof definition> {
  constructor(private readonly offers: OffersService) {}

  @Rpc(Answer, 'college_office', 'student') async answerOffers(call: Call, { answers: given, atomic }: z.infer<typeof Answer>): Promise<Outcomes> {
    return outcomes(await this.offers.answerMany(call, given, atomic));
  }
  @Rpc(BatchGet, ...readers) async batchGetOffers(call: Call, { ids }: z.infer<typeof BatchGet>): Promise<placement.BatchGetOffersResponse> {
    return { offers: await this.views(call, await this.offers.batch(call, ids)) };
  }
  @Rpc(List, ...readers) async listOffers(call: Call, filter: z.infer<typeof List>): Promise<placement.ListOffersResponse> {
    const page = await this.offers.list(call, filter);
    return { offers: await this.views(call, page.rows), pageInfo: pageInfo(page) };
  }

  private async views(call: Call, rows: readonly OfferRow[]): Promise<placement.OfferView[]> {
    const tells = await this.offers.tellsWish(call, rows);
    return rows.map((row) => view(row, tells.has(row.id)));
  }
}

/** Which wish it was is a part of the list: not for who may not read that. */
function view({ id, version, sequence, state, org, enterpriseOrg, roundId, studentId, positionId, wish, answerBy, reason }: OfferRow, tellsWish: boolean): placement.OfferView {
  return { id, version, sequence, state, collegeOrg: org, enterpriseOrg, roundId, studentId, positionId, wish: tellsWish ? wish : 0, answerBy, reason: reason ?? '' };
}
