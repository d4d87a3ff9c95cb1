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
/** Between two looks into the database, while nothing is heard from this process' own consumers. */
const LOOK_MS = 100;

export class Applied {
  private readonly sequences = new Map<string, number>();
  private readonly consumers = new Map<string, Watched>();
  private readonly changes = new EventEmitter().setMaxListeners(0);

  /** `isShared`: other instances apply events as well. */
  constructor(private readonly isShared = false) {}

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
    const deadline = performance.now() + deadlineMs;
    const there = () => (this.sequences.get(`${name} ${id}`) ?? 0) >= sequence;
    if (there()) return true;
    // The database knows what another instance of this consumer has moved.
    while ((await load(id)) < sequence) {
      const left = deadline - performance.now();
      if (left <= 0) return there();
      if (await this.moves(there, Math.ceil(this.isShared ? Math.min(left, LOOK_MS) : left))) return true;
    }
    return true;
  }

  /** Whether it is there before so many milliseconds have passed. */
  private async moves(there: () => boolean, ms: number): Promise<boolean> {
    const signal = AbortSignal.timeout(ms);
    try {
      while (!there()) await once(this.changes, 'moved', { signal });
      return true;
    } catch {
      return false;
    }
  }
}
