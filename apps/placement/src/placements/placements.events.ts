import { Injectable } from '@nestjs/common';
import type { Event, PayloadOf } from '@tandem/contracts';
import type { Tx } from '@tandem/persistence';
import { On, open, react, Reactions, WrongOwner, type Reaction } from '@tandem/service-kit';
import { freeHeads, lockHeads } from '../ledger/heads.js';
import { freeSeats } from '../ledger/seats.js';
import { confirmed, leavingFact, liveStates, studentLeft } from './placement.js';
import { placements } from './placement.entity.js';

@Injectable()
@Reactions('placements')
export class PlacementsEvents {
  /** An accepted offer is a placement under the same id, so that it has the offer's seat; another's offer would take the id from its college. */
  @On('placement.offer.accepted')
  async offerAccepted({ key, org, data: { public: offer } }: Event<PayloadOf<'placement.offer.accepted'>>, tx: Tx): Promise<Reaction[]> {
    if (!offer) return [];
    const [[own], [gone]] = await Promise.all([
      tx.query('select 1 from offers where org = $1 and id = $2', [org, key]),
      tx.query(`select 1 from known_students where org = $1 and id = $2 and state = 'withdrawn'`, [org, offer.studentId]),
    ]);
    if (!own) throw new WrongOwner(`placement.offer ${key} is not a row of ${org}`);
    const { studentId, positionId, enterpriseOrg, kind, region, occupation, startsOn, endsOn, roundId, isMinor } = offer;
    const placed = open(placements, 'confirmed', { id: key, org }, (fresh) => ({ ...fresh, ...confirmed({ studentId, positionId, enterpriseOrg, kind, region, occupation, startsOn, endsOn, roundId, isMinor }) }));
    if (!gone) return [placed];
    // Who left in the same moment was told to this consumer first, when there was no placement to cancel.
    freeSeats(tx, [key]);
    lockHeads(tx, enterpriseOrg);
    freeHeads(tx, [key]);
    return [placed, react(placements, leavingFact, { id: key, org }, studentLeft)];
  }

  /** Locked here, so that a state that frees its seat is the one that the rule will see. */
  @On('programs.student.left')
  async studentLeft({ key, org, data }: Event<PayloadOf<'programs.student.left'>>, tx: Tx): Promise<Reaction[]> {
    if (data.state === 'graduated') return [];
    const rows = await tx.query<{ id: string }>('select id from placements where org = $1 and student_id = $2 and state = any($3::text[]) order by id for update', [org, key, liveStates]);
    freeSeats(tx, rows.map(({ id }) => id));
    return rows.map(({ id }) => react(placements, leavingFact, { id, org }, studentLeft));
  }
}
