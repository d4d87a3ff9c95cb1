// What projections and reactions have in common: a subscription whose position moves in the transaction of the effect.
import { isUuid, type Wire } from '@tandem/contracts';
import type { Batch, DeliveredEvent, EventLog, LogConsumer, Positions, Subscription } from '@tandem/event-log';
import type { TenantDatabase, Tx } from '@tandem/persistence';
import type { Logger } from 'pino';
import { groupBy } from '../group-by.js';
import { failpoint } from '../run/failpoint.js';
import type { Metrics } from '../run/metrics.js';
import { isOutage } from '../write/database-errors.js';
import type { Applied } from './applied.js';
import { causeOf } from './decoded.js';
import { hold, lockHeld, wireOf, type HeldRow } from './held.js';
import { loadPositions, savePositions } from './progress.js';

export const TRIES = 5;
const MAX_BATCH = 500;
/** Transactions of different aggregates at the same time, where each event has its own. */
const SIDE_BY_SIDE = 6;

/** Which aggregates moved to which sequence, and what to do once that is committed. */
export interface Moved {
  readonly progress: ReadonlyMap<string, number>;
  readonly committed?: () => void;
  /** What it had met before. */
  readonly again?: readonly DeliveredEvent[];
}
const nothing: Moved = { progress: new Map() };

export interface ConsumerContext {
  readonly service: string;
  readonly log: EventLog;
  readonly database: TenantDatabase;
  readonly logger: Logger;
  readonly applied: Applied;
  readonly metrics?: Metrics;
  /** At most so many events in one transaction; 500 unless told. With 1, transactions of different aggregates run side by side. */
  readonly maxBatch?: number | undefined;
}

export abstract class Consumer {
  private running: LogConsumer | null = null;
  private rebuilds = 0;

  constructor(
    readonly name: string,
    readonly topic: string,
    protected readonly context: ConsumerContext,
    private readonly from: Subscription['from'],
  ) {}

  start(): void {
    const { log, service, logger, applied } = this.context;
    applied.watch(this.name, this.topic, (id) => this.sequenceOf(id));
    this.running = log.consume({
      group: `${service}.${this.name}`,
      topic: this.topic,
      from: this.from,
      maxBatch: this.isApart ? MAX_BATCH : (this.context.maxBatch ?? MAX_BATCH),
      positions: (incarnation) => this.positions(incarnation),
      handle: (batch) => this.handle(batch),
      onError: (error) => logger.warn({ consumer: this.name, topic: this.topic, err: error }, 'batch failed, will be delivered again'),
    });
  }

  private async positions(incarnation: string): Promise<Positions> {
    const { rebuilds, positions } = await this.context.database.withConsumer(this.name, (tx) => loadPositions(tx, this.name, this.topic, incarnation));
    this.rebuilds = rebuilds;
    return positions;
  }

  /** Another instance has emptied the projection: what this one has done counts no longer. */
  rebuiltElsewhere(rebuilds: number): void {
    if (rebuilds !== this.rebuilds) this.seek();
  }

  /** The last sequence of an aggregate that it has applied. */
  private async sequenceOf(id: string): Promise<number> {
    if (!isUuid(id)) return 0;
    const [row] = await this.context.database.withConsumer(this.name, (tx) => tx.query<{ sequence: number }>('select sequence from progress where consumer = $1 and key = $2', [this.name, id]));
    return row?.sequence ?? 0;
  }

  async stop(): Promise<void> {
    await this.running?.stop();
  }

  /** Asks for its positions again: after a rebuild. */
  seek(): void {
    this.running?.seek();
  }

  wake(): void {
    this.running?.wake();
  }

  /** Milliseconds since it last saw the end of its topic; infinite before the first time. */
  get behindMs(): number {
    const at = this.running?.caughtUpAt ?? null;
    return at === null ? Infinity : performance.now() - at;
  }

  /** Applies readable and parks unreadable events in the transaction. */
  protected abstract apply(tx: Tx, events: readonly DeliveredEvent[]): Promise<Moved>;

  /** Runs the first held event of an aggregate that an operator or the arrival of its predecessor has set free; null when none is. */
  protected abstract applyHeld(tx: Tx, key: string, rows: readonly HeldRow[]): Promise<Moved | null>;

  /** Goes on with an aggregate whose events were held, one transaction each; what fails again is parked again with its new cause. */
  async resume(key: string): Promise<void> {
    for (;;) {
      let first: HeldRow | undefined;
      try {
        const moved = await this.context.database.withConsumer(this.name, async (tx) => {
          const rows = await lockHeld(tx, this.name, key);
          first = rows.find(({ action }) => action !== null) ?? rows[0];
          return this.applyHeld(tx, key, rows);
        });
        if (!moved) return;
        this.done(moved);
      } catch (error) {
        if (isOutage(error) || !first) throw error;
        return this.parkAgain(first, error);
      }
    }
  }

  private async parkAgain(row: HeldRow, error: unknown): Promise<void> {
    await this.context.database.withConsumer(this.name, async (tx) => this.park(tx, wireOf(row), error, row.attempts + 1));
  }

  /** In the transaction: the event becomes a row with its cause; its aggregate's later events wait behind it. */
  protected park(tx: Tx, wire: Wire, error: unknown, attempts: number): void {
    const sequence = Number(wire.headers['ce_sequence']);
    const org = wire.headers['ce_org'] ?? '';
    hold(tx, this.name, [
      { wire, key: wire.key, sequence: Number.isSafeInteger(sequence) ? sequence : 0, org: isUuid(org) ? org : null, ...causeOf(error), attempts },
    ]);
  }

  private get isApart(): boolean {
    return this.context.maxBatch === 1;
  }

  private async handle(batch: Batch): Promise<void> {
    if (this.isApart && batch.events.length > 1) return this.apart(batch);
    try {
      await this.commit(batch.events, batch);
    } catch (error) {
      if (isOutage(error) || batch.events.length === 0) throw error;
      // One poisoned event must not stop the others: the batch again, a transaction an event.
      await this.apart(batch);
    }
  }

  /** A transaction an event: those of one aggregate in order, different aggregates side by side. The position is last: what a crash brings again, the inbox knows. */
  private async apart(batch: Batch): Promise<void> {
    const waiting = groupBy(batch.events, ({ key }) => key).values();
    const lane = async (): Promise<void> => {
      for (const ofOneKey of waiting) for (const event of ofOneKey) await this.single(event);
    };
    // All lanes end before a failure is told: what runs on must not meet its own second delivery.
    for (const outcome of await Promise.allSettled(Array.from({ length: SIDE_BY_SIDE }, lane))) if (outcome.status === 'rejected') throw outcome.reason;
    await this.commit([], batch);
  }

  private async single(event: DeliveredEvent): Promise<void> {
    for (let attempts = 1; ; attempts += 1) {
      try {
        return await this.commit([event]);
      } catch (error) {
        if (isOutage(error)) throw error;
        if (attempts < TRIES) continue;
        const { cause, detail } = causeOf(error);
        this.context.logger.error({ consumer: this.name, eventId: event.id, type: event.headers['ce_type'], cause, detail, alert: cause === 'owner', err: error }, 'event parked');
        return await this.context.database.withConsumer(this.name, async (tx) => this.park(tx, event, error, attempts));
      }
    }
  }

  private async commit(events: readonly DeliveredEvent[], passed?: Batch): Promise<void> {
    const moved = await this.context.database.withConsumer(this.name, async (tx) => {
      const keys = events.length > 0 ? await this.apply(tx, events) : nothing;
      if (passed) savePositions(tx, this.name, passed, this.rebuilds);
      await failpointWhen(events.length > 0, tx, 'consumer.before_commit');
      return keys;
    });
    if (events.length > 0) failpoint('consumer.after_commit');
    this.done(moved);
  }

  private done({ progress, committed, again = [] }: Moved): void {
    for (const { partition } of again) this.context.metrics?.redelivered.inc({ consumer: this.name, topic: this.topic, partition });
    committed?.();
    this.context.applied.moved(this.topic, this.name, progress);
  }
}

/** The crash that the fault matrix asks for: everything written, nothing committed. */
async function failpointWhen(active: boolean, tx: Tx, name: string): Promise<void> {
  if (!active || !failpoint.armed(name)) return;
  await tx.settled();
  failpoint(name);
}
