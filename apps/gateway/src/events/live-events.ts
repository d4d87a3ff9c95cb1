// What happens, for those who are watching: the tail of some topics, from now on. Nothing is kept, and a caller reads the state as itself.
import { EventEmitter, on } from 'node:events';
import { randomUUID } from 'node:crypto';
import { decodeEvent, topicOf, UndecodableEvent, type AggregateName, type Event } from '@tandem/contracts';
import type { EventLog, LogConsumer } from '@tandem/event-log';

const watched: readonly AggregateName[] = ['placement.round', 'placement.offer', 'demand.position'];

export class LiveEvents {
  private readonly emitter = new EventEmitter().setMaxListeners(0);
  private readonly consumers: readonly LogConsumer[];

  constructor(log: EventLog) {
    // A group of its own for each gateway: all of them see everything.
    const group = `gateway.${randomUUID()}`;
    this.consumers = watched.map((aggregate) => {
      let known = { incarnation: '', positions: new Map<number, bigint>() };
      return log.consume({
        group,
        topic: topicOf(aggregate),
        from: 'end',
        positions: async (incarnation) => (incarnation === known.incarnation ? known.positions : new Map()),
        handle: async ({ incarnation, events, advance }) => {
          known = { incarnation, positions: new Map([...(incarnation === known.incarnation ? known.positions : []), ...advance]) };
          for (const wire of events) this.tell(wire);
        },
      });
    });
  }

  /** Ids of aggregates that may have changed, by what the event is about; ends when the caller stops listening. */
  async *changes(aggregates: readonly AggregateName[], isAbout: (event: Event) => boolean, signal: AbortSignal): AsyncGenerator<void> {
    const names = new Set<string>(aggregates);
    try {
      for await (const [event] of on(this.emitter, 'event', { signal }) as AsyncIterable<[Event]>) if (names.has(event.aggregate) && isAbout(event)) yield;
    } catch (error) {
      if ((error as Error).name !== 'AbortError') throw error;
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.consumers.map((consumer) => consumer.stop()));
  }

  private tell(wire: Parameters<typeof decodeEvent>[0]): void {
    try {
      this.emitter.emit('event', decodeEvent(wire));
    } catch (error) {
      if (!(error instanceof UndecodableEvent)) throw error;
    }
  }
}
