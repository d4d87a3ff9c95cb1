// Runs a class of reactions over one topic: inbox first, in sequence, effects of a whole batch in one transaction.
import { decodeEvent, isUuid, topicOf, UndecodableEvent, type AggregateName, type Event, type Wire } from '@tandem/contracts';
import type { DeliveredEvent } from '@tandem/event-log';
import type { Tx } from '@tandem/persistence';
import { runReactions } from './run-reactions.js';
import { Consumer, type ConsumerContext, type Moved } from './consumer.js';
import { decode, type Readable } from './decoded.js';
import { hold, loadHeld, release, wireOf, type HeldRow } from './held.js';
import { loadProgress, saveProgress } from './progress.js';
import type { Handler } from './reaction.js';
import { sequence, type Waiting } from './sequencing.js';

export interface ReactionContext extends ConsumerContext {
  readonly today: () => string;
  /** Something went into the outbox. */
  readonly outbox: () => void;
}

export class ReactionConsumer extends Consumer {
  constructor(
    name: string,
    aggregate: AggregateName,
    private readonly handlers: ReadonlyMap<string, Handler>,
    protected override readonly context: ReactionContext,
  ) {
    super(name, topicOf(aggregate), context, 'beginning');
  }

  protected async apply(tx: Tx, wires: readonly DeliveredEvent[]): Promise<Moved> {
    const decoded = wires.map(decode);
    for (const item of decoded) if ('reason' in item) this.parkUnreadable(tx, item.wire, item.reason);
    const readableOnes = decoded.filter((item): item is Readable => 'event' in item);
    const keys = [...new Set(readableOnes.map(({ event }) => event.key))];
    // One round trip: what is asked needs no answer of the other.
    const [fresh, before, held] = await Promise.all([this.freshOnes(tx, readableOnes), loadProgress(tx, this.name, keys), loadHeld(tx, this.name, keys)]);
    const freshIds = new Set(fresh.map(({ id }) => id));
    const met = new Set(readableOnes.filter(({ event }) => !freshIds.has(event.id)).map(({ wire }) => wire));
    const again = met.size === 0 ? [] : wires.filter((wire) => met.has(wire));
    if (fresh.length === 0) return { progress: new Map(), again };
    const plan = sequence(fresh, before, held.map(waitingOf));
    const wireById = new Map(wires.map((wire) => [wire.id, wire]));
    const rowById = new Map(held.map((row) => [row.event_id, row]));
    const run = plan.run.map((item) => ('eventId' in item ? readable(rowById.get(item.eventId)) : item));
    const changed = await this.run(tx, run);
    // Also an event that was parked and, after a crash, came again and ran.
    release(tx, this.name, plan.run.map((item) => ('eventId' in item ? item.eventId : item.id)).filter((id) => rowById.has(id)));
    hold(tx, this.name, plan.hold.map((event) => ({ wire: wireOrFail(wireById, event.id), key: event.key, sequence: event.sequence, org: event.org, cause: null, detail: null, attempts: 0 })));
    saveProgress(tx, this.name, plan.progress);
    return { progress: plan.progress, again, ...(changed && { committed: this.context.outbox }) };
  }

  protected async applyHeld(tx: Tx, key: string, rows: readonly HeldRow[]): Promise<Moved | null> {
    const [row] = rows;
    if (!row) return null;
    // An event whose key is no id has no order to keep.
    const last = isUuid(key) ? ((await loadProgress(tx, this.name, [key])).get(key) ?? null) : null;
    if (!isFree(row, last)) return null;
    const done = isUuid(key) ? new Map([[key, Math.max(row.sequence, last ?? 0)]]) : new Map<string, number>();
    const runs = row.action !== 'discard' && (last === null || row.sequence > last);
    // An event that was parked by itself has no inbox row yet.
    tx.write('insert into inbox (consumer, event_id) values ($1, $2) on conflict do nothing', [this.name, row.event_id]);
    const changed = runs ? await this.run(tx, [readable(row)]) : false;
    release(tx, this.name, [row.event_id]);
    saveProgress(tx, this.name, done);
    return { progress: done, ...(changed && { committed: this.context.outbox }) };
  }

  /** The events that this consumer has not met: their inbox rows went in now. */
  private async freshOnes(tx: Tx, readable: readonly Readable[]): Promise<Event[]> {
    if (readable.length === 0) return [];
    const rows = await tx.query<{ event_id: string }>('insert into inbox (consumer, event_id) select $1, x from unnest($2::uuid[]) x on conflict do nothing returning event_id', [
      this.name,
      readable.map(({ event }) => event.id),
    ]);
    const ids = new Set(rows.map(({ event_id }) => event_id));
    return readable.filter(({ event }) => ids.delete(event.id)).map(({ event }) => event);
  }

  private async run(tx: Tx, events: readonly Event[]): Promise<boolean> {
    const { refused, changed } = await runReactions(tx, events, this.handlers, this.context);
    if (refused.length > 0) {
      tx.write('update inbox i set code = t.code from unnest($2::uuid[], $3::text[]) t(id, code) where i.consumer = $1 and i.event_id = t.id', [
        this.name,
        refused.map(({ eventId }) => eventId),
        refused.map(({ code }) => code),
      ]);
    }
    return changed;
  }

  private parkUnreadable(tx: Tx, wire: Wire, reason: string): void {
    this.context.logger.error({ consumer: this.name, eventId: wire.id, cause: 'decode', detail: reason }, 'event parked');
    this.park(tx, wire, new UndecodableEvent(reason), 1);
  }
}

/** Whether an operator has set it free, or nothing is left to wait for. */
function isFree({ action, cause, sequence: at }: HeldRow, last: number | null): boolean {
  if (action !== null) return true;
  const isParked = cause !== null && cause !== 'gap';
  return !isParked && (last === null || at <= last + 1);
}

function waitingOf(row: HeldRow): Waiting {
  return { key: row.key, sequence: row.sequence, eventId: row.event_id, cause: row.cause };
}

/** Throws `UndecodableEvent` when it still cannot be read. */
function readable(row: HeldRow | undefined): Event {
  if (!row) throw new Error('a held event vanished in its own transaction');
  return decodeEvent(wireOf(row));
}

function wireOrFail(wires: ReadonlyMap<string, Wire>, id: string): Wire {
  const wire = wires.get(id);
  if (!wire) throw new Error(`event ${id} is not of this batch`);
  return wire;
}
