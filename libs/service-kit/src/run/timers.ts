// Due timers become commands of the aggregate's owner. The row goes with the effect; a refused or doubled run leaves no trace.
import { Refusal, type AggregateName } from '@tandem/contracts';
import type { TenantDatabase, Tx } from '@tandem/persistence';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { newId } from '../write/new-id.js';
import { servicePrincipal } from '../consume/run-reactions.js';
import type { BusinessClock } from '../consume/business-clock.js';
import type { Aggregate, AggregateRow } from '../write/aggregate.js';
import { loadRows, next } from '../write/commands.js';
import { isRetryable } from '../write/database-errors.js';
import { write } from '../write/statement.js';
import type { Hints } from './hints.js';

interface Due {
  readonly org: string;
  readonly aggregate: AggregateName;
  readonly aggregate_id: string;
  readonly name: string;
  readonly due_at: string;
}

const BATCH = 200;
const SIDE_BY_SIDE = 4;
const TURN_MS = 1_000;
/** Before every timer. */
const FIRST: Pick<Due, 'due_at' | 'aggregate_id' | 'name'> = { due_at: '-infinity', aggregate_id: '00000000-0000-0000-0000-000000000000', name: '' };

export interface TimerParts {
  readonly service: string;
  /** The relay's role: it sees due timers of all organisations. */
  readonly pool: Pool;
  readonly database: TenantDatabase;
  readonly clock: BusinessClock;
  readonly hints: Hints;
  readonly logger: Logger;
}

export class Timers {
  private last = FIRST;
  private readonly byName: ReadonlyMap<string, Aggregate<AggregateName, AggregateRow>>;

  constructor(
    private readonly parts: TimerParts,
    aggregates: readonly Aggregate<AggregateName, AggregateRow>[],
  ) {
    this.byName = new Map(aggregates.map((aggregate) => [aggregate.name, aggregate]));
  }

  /** Business time. */
  now(): Date {
    return this.parts.clock.now();
  }

  /**
   * Runs what is due, the earliest first, for about a second; returns how many it ran. The next call goes on where this one stopped and begins
   * again after the last, so that those that fail, and stay due, keep nobody waiting.
   */
  async runDue(): Promise<number> {
    const [now, until] = [this.parts.clock.now(), performance.now() + TURN_MS];
    let ran = 0;
    do {
      const due = await this.dueAfter(now);
      this.last = due.length < BATCH ? FIRST : (due.at(-1) ?? FIRST);
      const waiting = due.values();
      const lane = async (): Promise<void> => {
        for (const one of waiting) await this.runOne(one);
      };
      await Promise.all(Array.from({ length: SIDE_BY_SIDE }, lane));
      ran += due.length;
    } while (this.last !== FIRST && performance.now() < until);
    if (ran > 0) this.parts.hints.outbox();
    return ran;
  }

  private async dueAfter(now: Date): Promise<Due[]> {
    const text = `select org, aggregate, aggregate_id, name, due_at::text from timers where due_at <= $1 and (due_at, aggregate_id, name) > ($2, $3, $4) order by timers.due_at, aggregate_id, name limit ${BATCH}`;
    const { rows } = await this.parts.pool.query<Due>(text, [now, this.last.due_at, this.last.aggregate_id, this.last.name]);
    return rows;
  }

  private async runOne(due: Due): Promise<void> {
    try {
      await this.parts.database.withTenant({ org: due.org }, (tx) => this.fire(tx, due));
    } catch (error) {
      // A command was quicker: the timer is due again at the next round, against the state that it left.
      if (!isRetryable(error)) this.parts.logger.error({ timer: due.name, aggregateId: due.aggregate_id, err: error }, 'timer failed');
    }
  }

  private async fire(tx: Tx, due: Due): Promise<void> {
    const aggregate = this.byName.get(due.aggregate);
    const timer = aggregate?.timers[due.name];
    const now = this.parts.clock.now();
    if (!aggregate || !timer) return forget(tx, due, now);
    const before = (await loadRows(tx, aggregate, due.org, [due.aggregate_id])).get(due.aggregate_id);
    const at = before ? timer.at(before) : null;
    if (!before || at === null || at > now) return forget(tx, due, now);
    try {
      const row = next(before, timer.rule(before));
      const actor = { principal: servicePrincipal(this.parts.service, due.org), requestId: newId(), traceparent: null };
      write(tx, aggregate, [{ row, expected: before.version, events: [{ fact: timer.fact, row }] }], actor, null);
      if (timer.at(row) !== null) return;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
    forget(tx, due, now);
  }
}

/** Only what is due: a command may have moved it meanwhile. */
function forget(tx: Tx, due: Due, now: Date): void {
  tx.write('delete from timers where aggregate_id = $1 and name = $2 and due_at <= $3', [due.aggregate_id, due.name, now]);
}
