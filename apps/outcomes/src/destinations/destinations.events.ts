import { Injectable } from '@nestjs/common';
import type { Event, PayloadOf } from '@tandem/contracts';
import type { Tx } from '@tandem/persistence';
import { On, open, react, Reactions, type Reaction } from '@tandem/service-kit';
import { v5 as uuidv5 } from 'uuid';
import { isJob } from './destination.js';
import { drop, horizons, leftEarlier, leftFact, plan, replan } from './retention-check.js';
import { retentionChecks } from './retention-check.entity.js';

/** One check a job and horizon, however often it is planned; with the owner in it, so that nobody takes another's id. */
const NAMESPACE = '7f0d5f1e-9f0b-5a3e-8c57-0d6a5d0f3c44';

@Injectable()
@Reactions('retention')
export class DestinationsEvents {
  @On('outcomes.destination.confirmed')
  confirmed({ key, org, data: { public: it } }: Event<PayloadOf<'outcomes.destination.confirmed'>>): Reaction[] {
    return it && isJob(it.category) ? planned(org, { destinationId: key, ...it }) : [];
  }

  /** No job after all: nothing is left to check. A job after all, or from another day: it is checked like any other. */
  @On('outcomes.destination.corrected')
  async corrected({ key, org, data: { public: it } }: Event<PayloadOf<'outcomes.destination.corrected'>>, tx: Tx): Promise<Reaction[]> {
    if (!it) return [];
    const asked = await checksOf(tx, org, key);
    if (!isJob(it.category)) return asked.map(({ id }) => react(retentionChecks, 'dropped', { id, org }, drop));
    return [...planned(org, { destinationId: key, ...it }), ...asked.map(({ id }) => react(retentionChecks, 'planned', { id, org }, (check) => replan(check, it)))];
  }

  @On('outcomes.retention_check.recorded')
  async recorded({ org, data: { state, public: it } }: Event<PayloadOf<'outcomes.retention_check.recorded'>>, tx: Tx): Promise<Reaction[]> {
    if (!it || state !== 'left') return [];
    const later = (await checksOf(tx, org, it.destinationId)).filter(({ months }) => months > it.months);
    return later.map(({ id }) => react(retentionChecks, leftFact, { id, org }, (check) => leftEarlier(check, it.reason)));
  }
}

/** Those that are there already stay as they are. */
function planned(org: string, { destinationId, studentId, region, occupation, fromOn }: Parameters<typeof plan>[0]): Reaction[] {
  return horizons.map((months) =>
    open(retentionChecks, 'planned', { id: uuidv5(`${org} ${destinationId} ${months}`, NAMESPACE), org }, (fresh) => ({ ...fresh, ...plan({ destinationId, studentId, region, occupation, fromOn }, months) })),
  );
}

function checksOf(tx: Tx, org: string, destinationId: string): Promise<{ id: string; months: number }[]> {
  return tx.query<{ id: string; months: number }>(`select id, months from retention_checks where org = $1 and destination_id = $2 and state in ('planned', 'due') order by id`, [org, destinationId]);
}
