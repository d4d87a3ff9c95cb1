import { Injectable } from '@nestjs/common';
import type { Event, PayloadOf } from '@tandem/contracts';
import type { Tx } from '@tandem/persistence';
import { On, open, react, Reactions, type Reaction } from '@tandem/service-kit';
import { v5 as uuidv5 } from 'uuid';
import { isJob } from './destination.js';
import { drop, horizons, leftEarlier, leftFact, plan } from './retention-check.js';
import { retentionChecks } from './retention-check.entity.js';

/** One check a job and horizon, however often it is planned; with the owner in it, so that nobody takes another's id. */
const NAMESPACE = '7f0d5f1e-9f0b-5a3e-8c57-0d6a5d0f3c44';

@Injectable()
@Reactions('retention')
export class DestinationsEvents {
  @On('outcomes.destination.confirmed')
  confirmed({ key, org, data: { public: it } }: Event<PayloadOf<'outcomes.destination.confirmed'>>): Reaction[] {
    if (!it || !isJob(it.category)) return [];
    const { studentId, region, occupation, fromOn } = it;
    return horizons.map((months) =>
      open(retentionChecks, 'planned', { id: uuidv5(`${org} ${key} ${months}`, NAMESPACE), org }, (fresh) => ({ ...fresh, ...plan({ destinationId: key, studentId, region, occupation, fromOn }, months) })),
    );
  }

  /** No job after all: nothing is left to check. */
  @On('outcomes.destination.corrected')
  async corrected({ key, org, data: { public: it } }: Event<PayloadOf<'outcomes.destination.corrected'>>, tx: Tx): Promise<Reaction[]> {
    if (!it || isJob(it.category)) return [];
    return (await checksOf(tx, org, key)).map(({ id }) => react(retentionChecks, 'dropped', { id, org }, drop));
  }

  @On('outcomes.retention_check.recorded')
  async recorded({ org, data: { state, public: it } }: Event<PayloadOf<'outcomes.retention_check.recorded'>>, tx: Tx): Promise<Reaction[]> {
    if (!it || state !== 'left') return [];
    const later = (await checksOf(tx, org, it.destinationId)).filter(({ months }) => months > it.months);
    return later.map(({ id }) => react(retentionChecks, leftFact, { id, org }, (check) => leftEarlier(check, it.reason)));
  }
}

function checksOf(tx: Tx, org: string, destinationId: string): Promise<{ id: string; months: number }[]> {
  return tx.query<{ id: string; months: number }>(`select id, months from retention_checks where org = $1 and destination_id = $2 and state in ('planned', 'due') order by id`, [org, destinationId]);
}
