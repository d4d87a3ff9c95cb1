// Keeps one projection: of each batch the newest event of each aggregate, upserted as its owner.
import { topicOf, UndecodableEvent, type Event, type Wire } from '@tandem/contracts';
import type { DeliveredEvent } from '@tandem/event-log';
import type { Tx } from '@tandem/persistence';
import { groupBy } from '../group-by.js';
import { traceIdOf } from '../write/call.js';
import { Consumer, type ConsumerContext, type Moved } from './consumer.js';
import { decode, WrongOwner } from './decoded.js';
import { release, wireOf, type HeldRow } from './held.js';
import { saveProgress } from './progress.js';
import { upsertText, type Projection } from './projection.js';

export class ProjectionConsumer extends Consumer {
  constructor(
    readonly projection: Projection,
    context: ConsumerContext,
  ) {
    super(projection.table.name, topicOf(projection.source), context, 'beginning');
  }

  protected async apply(tx: Tx, wires: readonly DeliveredEvent[]): Promise<Moved> {
    const newest = new Map<string, Event>();
    for (const wire of wires) {
      const item = decode(wire);
      if ('reason' in item) {
        this.parkNow(tx, wire, new UndecodableEvent(item.reason));
        continue;
      }
      const known = newest.get(wire.key);
      // An aggregate keeps the owner that it first had; what is already a row, its unique id guards.
      if (known && known.org !== item.event.org) this.parkNow(tx, wire, new WrongOwner('the aggregate is another organisation’s'));
      else if ((known?.sequence ?? 0) < item.event.sequence) newest.set(wire.key, item.event);
    }
    return this.upsert(tx, [...newest.values()]);
  }

  /** Order does not matter to a projection: a held event is only one that could not be read. */
  protected async applyHeld(tx: Tx, _key: string, rows: readonly HeldRow[]): Promise<Moved | null> {
    const row = rows.find(({ action }) => action !== null);
    if (!row) return null;
    release(tx, this.name, [row.event_id]);
    if (row.action === 'discard') return { progress: new Map() };
    const item = decode(wireOf(row));
    if ('reason' in item) throw new UndecodableEvent(item.reason);
    return this.upsert(tx, [item.event]);
  }

  private async upsert(tx: Tx, events: readonly Event[]): Promise<Moved> {
    const rows = events.map((event) => this.projection.toRow(event));
    for (const [org, own] of groupBy(rows, ({ org }) => org)) {
      tx.actAs({ org });
      tx.write(upsertText(this.projection.table), [JSON.stringify(own.map((row) => this.projection.table.toJson(row)))]);
    }
    const progress = new Map(events.map((event) => [event.key, event.sequence]));
    saveProgress(tx, this.name, progress);
    // Row security may refuse a row only now: that is this batch's failure, not the commit's.
    await tx.settled();
    for (const event of events) this.context.logger.debug({ traceId: traceIdOf(event.traceparent), eventId: event.id, type: event.type, projection: this.name }, 'event applied');
    return { progress, committed: () => this.projection.applied?.(rows) };
  }

  private parkNow(tx: Tx, wire: Wire, error: UndecodableEvent | WrongOwner): void {
    this.context.logger.error({ consumer: this.name, eventId: wire.id, alert: error instanceof WrongOwner, detail: error.message }, 'event parked');
    this.park(tx, wire, error, 1);
  }
}
