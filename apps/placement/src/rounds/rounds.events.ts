import { Injectable } from '@nestjs/common';
import { OPERATOR_ORG, type Event, type PayloadOf } from '@tandem/contracts';
import type { Tx } from '@tandem/persistence';
import { groupBy, On, react, Reactions, servicePrincipal, WrongOwner, type Reaction } from '@tandem/service-kit';
import { disengage } from '../ledger/engagements.js';
import { freeHeads } from '../ledger/heads.js';
import { freeSeats } from '../ledger/seats.js';
import { knownStudentsOf } from '../projections/known-students.js';
import { withdraw } from './entry.js';
import { entries } from './entry.entity.js';
import { readAnew, strike } from './list.js';
import { lists } from './list.entity.js';
import { rescind } from './offer.js';
import { offers } from './offer.entity.js';
import { RoundRunner } from './runner.service.js';

interface Located {
  readonly id: string;
  readonly org: string;
}

/**
 * What a round does when somebody leaves it. Rows are locked here before their seats are given back, so that what is freed is what the rule
 * will change; each owner's rows are locked as that owner.
 */
@Injectable()
@Reactions('rounds')
export class RoundsEvents {
  constructor(private readonly runner: RoundRunner) {}

  /** Before the match the list is struck; afterwards open offers are taken back and the seat is free for a refill. */
  @On('programs.student.left')
  async studentLeft({ key, org, data }: Event<PayloadOf<'programs.student.left'>>, tx: Tx): Promise<Reaction[]> {
    if (data.state === 'graduated') return [];
    // A sealed list is visible to its student alone.
    tx.actAs({ org, account: key });
    const own = await tx.query<Located & object>(`select id, org from preference_lists where org = $1 and student_id = $2 and state = 'submitted' order by id for update`, [org, key]);
    disengage(tx, org, [key], null);
    const open = await this.openOffers(tx, org, { column: 'student_id', value: key });
    return [
      ...own.map(({ id }) => react(lists, 'struck', { id, org, account: key }, strike)),
      ...open.map((at) => react(offers, 'rescinded', at, (offer) => rescind(offer, 'student_withdrew'))),
    ];
  }

  /** Its positions leave every round that is not settled; the offers follow the entries. Organisations are the operator's rows: who else says so forges. */
  @On('identity.organisation.suspended')
  async enterpriseSuspended({ key, org }: Event<PayloadOf<'identity.organisation.suspended'>>, tx: Tx): Promise<Reaction[]> {
    if (org !== OPERATOR_ORG) throw new WrongOwner(`identity.organisation ${key} is not a row of ${org}`);
    return this.withdrawAll(tx, { column: 'org', value: key }, 'enterprise_suspended');
  }

  @On('identity.organisation.closed')
  async enterpriseClosed({ key, org }: Event<PayloadOf<'identity.organisation.closed'>>, tx: Tx): Promise<Reaction[]> {
    if (org !== OPERATOR_ORG) throw new WrongOwner(`identity.organisation ${key} is not a row of ${org}`);
    return this.withdrawAll(tx, { column: 'org', value: key }, 'enterprise_closed');
  }

  /** Lists are free for another round; positions have their seats back. Both are rows of others, so whose round it is is looked up first. */
  @On('placement.round.cancelled')
  async roundCancelled({ key, org, data: { public: round } }: Event<PayloadOf<'placement.round.cancelled'>>, tx: Tx): Promise<Reaction[]> {
    await assertOwned(tx, 'rounds', { org, key });
    for (const college of round?.colleges ?? []) {
      tx.actAs({ org: college });
      disengage(tx, college, null, key);
    }
    await this.giveBackWithdrawn(tx, key);
    return this.withdrawAll(tx, { column: 'round_id', value: key }, 'round_cancelled');
  }

  /** Open offers on it are rescinded with the enterprise's reason; who has accepted keeps the place. */
  @On('placement.entry.withdrawn')
  async entryWithdrawn({ key, org, data: { public: entry } }: Event<PayloadOf<'placement.entry.withdrawn'>>, tx: Tx): Promise<Reaction[]> {
    const found = await tx.query<Located & object>(`select id, org from offers where enterprise_org = $1 and entry_id = $2 and state in ('offered', 'waiting') order by id`, [org, key]);
    const reactions: Reaction[] = [];
    for (const college of groupBy(found, (offer) => offer.org).keys()) {
      const open = await this.openOffers(tx, college, { column: 'entry_id', value: key });
      reactions.push(...open.map((at) => react(offers, 'rescinded', at, (offer) => rescind(offer, entry?.reason ?? 'other'))));
    }
    return reactions;
  }

  /** The job's key is the event's: delivered again it finds the job that it started. */
  @On('placement.round.refill_due')
  async refillDue({ id, key, org, time, traceparent }: Event<PayloadOf<'placement.round.refill_due'>>, tx: Tx): Promise<null> {
    await assertOwned(tx, 'rounds', { org, key });
    const call = { principal: servicePrincipal('placement', org), requestId: id, traceparent, now: time, today: time.toISOString().slice(0, 10), key: id, requestHash: Buffer.from(id) };
    await this.runner.refillDue(call, key);
    return null;
  }

  /** The facts of the student as they are now; the frozen wishes stay. Counted by the next refill. */
  @On('placement.appeal.decided')
  async appealUpheld({ key, org, data: { public: appeal } }: Event<PayloadOf<'placement.appeal.decided'>>, tx: Tx): Promise<Reaction[]> {
    if (appeal?.outcome !== 'rerun') return [];
    tx.actAs({ org });
    await assertOwned(tx, 'appeals', { org, key });
    tx.actAs({ org, account: appeal.studentId });
    const [list] = await tx.query<Located & object>('select id, org from preference_lists where org = $1 and round_id = $2 and student_id = $3 for update', [org, appeal.roundId, appeal.studentId]);
    const student = (await knownStudentsOf(tx, org, [appeal.studentId])).get(appeal.studentId);
    if (!list || !student) return [];
    return [react(lists, 'replaced', { ...list, account: appeal.studentId }, (row) => readAnew(row, student))];
  }

  /** The seat of an offer that nobody answered. */
  @On('placement.offer.expired')
  offerExpired({ key }: Event<PayloadOf<'placement.offer.expired'>>, tx: Tx): null {
    freeSeats(tx, [key]);
    return null;
  }

  private async openOffers(tx: Tx, org: string, { column, value }: { readonly column: 'student_id' | 'entry_id'; readonly value: string }): Promise<Located[]> {
    tx.actAs({ org });
    const open = await tx.query<Located & object>(`select id, org from offers where org = $1 and ${column} = $2 and state in ('offered', 'waiting') order by id for update`, [org, value]);
    freeSeats(tx, open.map(({ id }) => id));
    return open;
  }

  /** Entries that left after the match held their seats for the settlement, which will not come. */
  private async giveBackWithdrawn(tx: Tx, roundId: string): Promise<void> {
    const left = await tx.query<Located & object>(`select id, org from entries where is_public and round_id = $1 and state = 'withdrawn' order by id`, [roundId]);
    for (const [org, own] of groupBy(left, (entry) => entry.org)) {
      tx.actAs({ org });
      freeSeats(tx, own.map(({ id }) => id));
      freeHeads(tx, own.map(({ id }) => id));
    }
  }

  /** Entries of an enterprise or of a round. Where the round was not matched yet the seats go back at once. */
  private async withdrawAll(tx: Tx, { column, value }: { readonly column: 'org' | 'round_id'; readonly value: string }, reason: string): Promise<Reaction[]> {
    const found = await tx.query<Located & { unmatched: boolean }>(
      `select e.id, e.org, r.state in ('announced', 'open', 'closed', 'rejected', 'cancelled') unmatched from entries e join rounds r on r.is_public and r.id = e.round_id
        where e.is_public and e.${column} = $1 and e.state = 'entered' and r.state <> 'settled' order by e.id`,
      [value],
    );
    for (const [org, own] of groupBy(found, (entry) => entry.org)) {
      tx.actAs({ org });
      await tx.query(`select id from entries where org = $1 and id = any($2::uuid[]) order by id for update`, [org, own.map(({ id }) => id)]);
      const released = own.filter(({ unmatched }) => unmatched).map(({ id }) => id);
      freeSeats(tx, released);
      freeHeads(tx, released);
    }
    return found.map(({ id, org, unmatched }) => react(entries, 'withdrawn', { id, org }, (entry) => withdraw(entry, reason, unmatched)));
  }
}

/** An event that names another owner than the row's is forged. */
async function assertOwned(tx: Tx, table: 'rounds' | 'appeals', { org, key }: { readonly org: string; readonly key: string }): Promise<void> {
  const [own] = await tx.query(`select 1 from ${table} where org = $1 and id = $2`, [org, key]);
  if (!own) throw new WrongOwner(`placement.${table.slice(0, -1)} ${key} is not a row of ${org}`);
}
