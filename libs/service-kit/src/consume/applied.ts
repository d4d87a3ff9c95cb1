// Read your writes: what the consumers of this process have applied, and waiting for them.
import { EventEmitter, once } from 'node:events';

export interface SeenEvent {
  readonly topic: string;
  readonly id: string;
  readonly sequence: number;
}

interface Watched {
  readonly topic: string;
  /** Sequence of an aggregate in the database, for what memory has forgotten. */
  readonly load: (id: string) => Promise<number>;
}

const REMEMBERED = 20_000;

export class Applied {
  private readonly sequences = new Map<string, number>();
  private readonly consumers = new Map<string, Watched>();
  private readonly changes = new EventEmitter().setMaxListeners(0);

  watch(consumer: string, topic: string, load: (id: string) => Promise<number>): void {
    this.consumers.set(`${consumer} ${topic}`, { topic, load });
  }

  moved(topic: string, consumer: string, keys: ReadonlyMap<string, number>): void {
    for (const [key, sequence] of keys) {
      const name = `${consumer} ${topic} ${key}`;
      this.sequences.delete(name);
      this.sequences.set(name, sequence);
    }
    for (const oldest of this.sequences.keys()) {
      if (this.sequences.size <= REMEMBERED) break;
      this.sequences.delete(oldest);
    }
    if (keys.size > 0) this.changes.emit('moved');
  }

  /** True when every consumer of each topic is past its event before the deadline; topics that nobody here listens to do not count. */
  async past(seen: readonly SeenEvent[], deadlineMs = 500): Promise<boolean> {
    const waits = seen.flatMap((event) => [...this.consumers].filter(([, { topic }]) => topic === event.topic).map(([name, watched]) => this.reaches(name, watched, event, deadlineMs)));
    return (await Promise.all(waits)).every(Boolean);
  }

  private async reaches(name: string, { load }: Watched, { id, sequence }: SeenEvent, deadlineMs: number): Promise<boolean> {
    const signal = AbortSignal.timeout(deadlineMs);
    const there = () => (this.sequences.get(`${name} ${id}`) ?? 0) >= sequence;
    if (there() || (await load(id)) >= sequence) return true;
    try {
      while (!there()) await once(this.changes, 'moved', { signal });
      return true;
    } catch {
      // The deadline. Another instance of this consumer may have moved it: the database knows.
      return there() || (await load(id)) >= sequence;
    }
  }
}
