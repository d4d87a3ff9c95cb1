import { Injectable } from '@nestjs/common';
import type { Event, PayloadOf } from '@tandem/contracts';
import type { Tx } from '@tandem/persistence';
import { On, open, react, Reactions, type Reaction } from '@tandem/service-kit';
import { close, follow, opened, type Destination } from './internship.js';
import { internships } from './internship.entity.js';

@Injectable()
@Reactions('internships')
export class InternshipsEvents {
  @On('placement.placement.started')
  placementStarted({ key, org, data: { public: it } }: Event<PayloadOf<'placement.placement.started'>>): Reaction | null {
    if (!it) return null;
    const { studentId, positionId, enterpriseOrg, kind, region, occupation, startedOn } = it;
    return open(internships, 'opened', { id: key, org }, (fresh) => ({ ...fresh, ...opened({ studentId, positionId, enterpriseOrg, kind, region, occupation, startedOn }) }));
  }

  /** One that never started has no record. */
  @On('placement.placement.ended')
  async placementEnded({ key, org, data: { public: it } }: Event<PayloadOf<'placement.placement.ended'>>, tx: Tx): Promise<Reaction | null> {
    if (!it) return null;
    const known = await destinationsOf(tx, org, it.studentId);
    return react(internships, 'closed', { id: key, org }, (internship) => close(internship, { endedOn: it.endedOn, endKind: it.endKind }, known));
  }

  @On('outcomes.destination.confirmed')
  destinationConfirmed({ org, data: { public: it } }: Event<PayloadOf<'outcomes.destination.confirmed'>>, tx: Tx): Promise<Reaction[]> {
    return this.followed(tx, org, it?.studentId ?? '');
  }

  @On('outcomes.destination.corrected')
  destinationCorrected({ org, data: { public: it } }: Event<PayloadOf<'outcomes.destination.corrected'>>, tx: Tx): Promise<Reaction[]> {
    return this.followed(tx, org, it?.studentId ?? '');
  }

  private async followed(tx: Tx, org: string, studentId: string): Promise<Reaction[]> {
    const known = await destinationsOf(tx, org, studentId);
    const rows = await tx.query<{ id: string }>(`select id from internships where org = $1 and student_id = $2 and state = 'closed' order by id`, [org, studentId]);
    return rows.map(({ id }) => react(internships, 'changed', { id, org }, (internship) => follow(internship, known)));
  }
}

/** Those that somebody confirmed, the newest first; a report alone says nothing yet. */
function destinationsOf(tx: Tx, org: string, studentId: string): Promise<Destination[]> {
  return tx.query<Destination & object>(
    `select category, employer_org "employerOrg", from_on "fromOn" from destinations where org = $1 and student_id = $2 and state in ('confirmed', 'corrected') order by from_on desc, id desc`,
    [org, studentId],
  );
}
