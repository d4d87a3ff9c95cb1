// The order of a reaction's events, decided without I/O: run, skip, or hold.
import type { Event } from '@tandem/contracts';
import { groupBy } from '../group-by.js';
import type { Cause } from './decoded.js';

export interface Waiting {
  readonly key: string;
  readonly sequence: number;
  readonly eventId: string;
  readonly cause: Cause | null;
}

export interface Sequenced<E extends Pick<Event, 'id' | 'key' | 'sequence'>> {
  /** In the order in which they run. */
  readonly run: (E | Waiting)[];
  readonly hold: E[];
  /** The progress of each aggregate afterwards. */
  readonly progress: Map<string, number>;
}

/**
 * Runs `last + 1` and the first event ever seen of an aggregate, then what was held behind it; holds what is ahead or waits behind a
 * parked one; skips what is not above the progress (a second creator or a replayed log).
 */
export function sequence<E extends Pick<Event, 'id' | 'key' | 'sequence'>>(events: readonly E[], before: ReadonlyMap<string, number>, waiting: readonly Waiting[]): Sequenced<E> {
  const progress = new Map(before);
  const result: Sequenced<E> = { run: [], hold: [], progress: new Map() };
  const waitingOf = groupBy<Waiting & { event?: E }>(waiting, ({ key }) => key);
  for (const event of events) {
    const last = progress.get(event.key);
    if (last !== undefined && event.sequence <= last) continue;
    const behind = waitingOf.get(event.key) ?? [];
    const blocked = behind.some(({ cause, sequence }) => cause !== null && cause !== 'gap' && sequence < event.sequence);
    if (blocked || (last !== undefined && event.sequence > last + 1)) {
      result.hold.push(event);
      // What this batch holds, this batch can set free.
      waitingOf.set(event.key, [...behind, { key: event.key, sequence: event.sequence, eventId: event.id, cause: null, event }].sort((a, b) => a.sequence - b.sequence));
      continue;
    }
    advance(event, waitingOf.get(event.key) ?? [], result, progress);
  }
  return result;
}

function advance<E extends Pick<Event, 'id' | 'key' | 'sequence'>>(event: E, behind: readonly (Waiting & { event?: E })[], result: Sequenced<E>, progress: Map<string, number>): void {
  let last = event.sequence;
  result.run.push(event);
  for (const row of behind) {
    if (row.sequence !== last + 1 || (row.cause !== null && row.cause !== 'gap')) continue;
    last = row.sequence;
    result.run.push(row.event ?? row);
    if (row.event) result.hold.splice(result.hold.indexOf(row.event), 1);
  }
  progress.set(event.key, last);
  result.progress.set(event.key, last);
}
