// What a position does when the bureau decides and when placements come and go.
import { Injectable } from '@nestjs/common';
import type { Event, PayloadOf } from '@tandem/contracts';
import { On, react, Reactions, type Reaction } from '@tandem/service-kit';
import { decide, decisionFact, fillSeat, freeSeat, seatFact, type Decision } from './position.js';
import { positions } from './position.entity.js';

@Injectable()
@Reactions('positions')
export class PositionsEvents {
  @On('demand.review.decided')
  reviewDecided({ key, org, data }: Event<PayloadOf<'demand.review.decided'>>): Reaction | null {
    if (!data.public) return null;
    const { positionId, enterpriseOrg, positionVersion, decision, field, reason } = data.public;
    const decided: Decision = { id: key, by: org, positionVersion, decision: decision as Decision['decision'], field: field || null, reason: reason || null };
    return react(positions, decisionFact, { id: positionId, org: enterpriseOrg }, (position) => decide(position, decided));
  }

  @On('placement.placement.confirmed')
  placementConfirmed({ data }: Event<PayloadOf<'placement.placement.confirmed'>>): Reaction | null {
    return data.public ? react(positions, seatFact, { id: data.public.positionId, org: data.public.enterpriseOrg }, fillSeat) : null;
  }

  @On('placement.placement.cancelled')
  placementCancelled({ data }: Event<PayloadOf<'placement.placement.cancelled'>>): Reaction | null {
    return data.public ? react(positions, seatFact, { id: data.public.positionId, org: data.public.enterpriseOrg }, freeSeat) : null;
  }

  /** Who left early frees the seat; the other ends do not. */
  @On('placement.placement.ended')
  placementEnded({ data }: Event<PayloadOf<'placement.placement.ended'>>): Reaction | null {
    return data.public?.endKind === 'left_early' ? react(positions, seatFact, { id: data.public.positionId, org: data.public.enterpriseOrg }, freeSeat) : null;
  }
}
