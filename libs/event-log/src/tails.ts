// Where each followed topic ends. One look per log instance serves all its subscriptions; a subscription reads only what it knows to be there.
import { performance } from 'node:perf_hooks';
import { EndsSeen } from './ends-seen.js';
import { LogRefusal, type TopicState } from './port.js';

/** `next` of each partition, and since when at the latest that is known (`performance.now()`). */
export interface Tail {
  readonly incarnation: string;
  readonly next: readonly bigint[];
  readonly at: number;
}

/** What an adapter's look finds of one topic. `ends` are the positions that the partitions give next, in order, separated by spaces: most looks find the text of before. */
export interface Seen {
  readonly topic: string;
  readonly incarnation: string;
  readonly ends: string;
}

/** Looks at these topics; those that do not exist are left out. */
export type Look = (topics: readonly string[]) => Promise<readonly Seen[]>;

export interface Follower {
  /** The end of the topic moved, or it is another topic. */
  moved(): void;
  /** Looking failed; told once until it succeeds again. */
  failed(error: unknown): void;
}

interface Followed {
  readonly followers: Set<Follower>;
  seen: string;
  tail: Tail | null;
  /** Of this making of the topic. */
  before: EndsSeen;
}

const FAILED_MS = 1_000;

/** Milliseconds between two looks: while topics move, and when nothing has moved for a while. */
export interface Pace {
  readonly busyMs: number;
  readonly idleMs: number;
}

export class Tails {
  readonly #topics = new Map<string, Followed>();
  #timer: NodeJS.Timeout | undefined;
  #interval: number;
  #looking = false;
  #lookAgain = false;
  #failing = false;
  #closed = false;

  constructor(
    private readonly lookAt: Look,
    private readonly pace: Pace,
  ) {
    this.#interval = pace.busyMs;
  }

  /** Looks at the topic from now on; the returned function ends that. */
  follow(topic: string, follower: Follower): () => void {
    const followed = this.#topics.get(topic) ?? { followers: new Set(), seen: '', tail: null, before: new EndsSeen() };
    this.#topics.set(topic, followed);
    followed.followers.add(follower);
    if (this.#timer === undefined) this.#lookIn(this.pace.busyMs);
    return () => {
      followed.followers.delete(follower);
      if (followed.followers.size === 0) this.#topics.delete(topic);
    };
  }

  tail(topic: string): Tail | null {
    return this.#topics.get(topic)?.tail ?? null;
  }

  /** The end of one topic, looked for now. */
  async read(topic: string): Promise<Tail> {
    const at = performance.now();
    const [seen] = await this.lookAt([topic]);
    if (!seen) throw new LogRefusal('log.unknown_topic', { topic });
    this.#learn(seen, at);
    return { incarnation: seen.incarnation, next: numbers(seen.ends), at };
  }

  /** Several topics, looked for now; those that do not exist are left out. */
  async states(topics: readonly string[]): Promise<ReadonlyMap<string, TopicState>> {
    if (topics.length === 0) return new Map();
    const seen = await this.lookAt(topics);
    return new Map(seen.map(({ topic, incarnation, ends }) => [topic, { incarnation, end: new Map(numbers(ends).map((next, partition) => [partition, next - 1n])), waitingMs: (...of) => this.#waitingMs(topic, incarnation, of) }]));
  }

  #waitingMs(topic: string, incarnation: string, [partition, position]: readonly [number, bigint]): number {
    const followed = this.#topics.get(topic);
    return followed?.tail?.incarnation === incarnation ? followed.before.waitingMs(partition, position, performance.now()) : 0;
  }

  /** What an append of this process just learnt; the followers need not wait for the next look. */
  moved(topic: string, partition: number, next: bigint): void {
    const followed = this.#topics.get(topic);
    const known = followed?.tail?.next[partition];
    if (!followed?.tail || known === undefined || known >= next) return;
    followed.tail = { ...followed.tail, next: followed.tail.next.with(partition, next) };
    for (const follower of followed.followers) follower.moved();
  }

  /** Looks now, and once more if a look is under way: that one may have started too early. */
  look(): void {
    if (this.#looking) this.#lookAgain = true;
    else void this.#lookNow();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #lookIn(ms: number): void {
    this.#timer = this.#closed ? undefined : setTimeout(() => void this.#lookNow(), ms);
  }

  async #lookNow(): Promise<void> {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    this.#looking = true;
    this.#lookAgain = false;
    const { busyMs, idleMs } = this.pace;
    try {
      const moved = await this.#lookAtAll();
      this.#failing = false;
      this.#interval = moved ? busyMs : Math.min(this.#interval * 1.5, Math.max(idleMs, busyMs));
    } catch (error) {
      this.#interval = Math.min(this.#interval * 2, Math.max(FAILED_MS, busyMs));
      if (!this.#failing) this.#tell(error);
      this.#failing = true;
    }
    this.#looking = false;
    if (this.#topics.size > 0) this.#lookIn(this.#lookAgain ? 0 : this.#interval);
    else this.#timer = undefined;
  }

  #tell(error: unknown): void {
    for (const { followers } of this.#topics.values()) for (const follower of followers) follower.failed(error);
  }

  async #lookAtAll(): Promise<boolean> {
    if (this.#topics.size === 0) return false;
    const at = performance.now();
    const seen = await this.lookAt([...this.#topics.keys()]);
    return seen.map((one) => this.#learn(one, at)).includes(true);
  }

  /** Ends of one incarnation never go back here: an answer may be older than what an append has said since. */
  #learn({ topic, incarnation, ends }: Seen, at: number): boolean {
    const followed = this.#topics.get(topic);
    if (!followed) return false;
    const known = followed.tail?.incarnation === incarnation ? followed.tail : null;
    if (known && ends === followed.seen) {
      followed.tail = { ...known, at };
      followed.before.note(followed.tail);
      return false;
    }
    if (!known) followed.before = new EndsSeen();
    followed.seen = ends;
    const next = numbers(ends).map((end, partition) => (known && known.next[partition]! > end ? known.next[partition]! : end));
    followed.tail = { incarnation, next, at };
    followed.before.note(followed.tail);
    for (const follower of followed.followers) follower.moved();
    return true;
  }
}

function numbers(text: string): readonly bigint[] {
  return text.split(' ').map(BigInt);
}

/** Since when a consumer is caught up. */
export class CaughtUp {
  #at: number | null = null;
  #goal: Tail | null = null;

  /** `isShort`: whether something up to this end is still to be done. */
  constructor(
    private readonly tail: () => Tail | null,
    private readonly isShort: (tail: Tail) => boolean,
  ) {}

  get at(): number | null {
    this.settle();
    return this.#at;
  }

  /**
   * Having done everything up to an end means: caught up when that end was seen. The end to reach stays the same until it is reached, because
   * with a steady stream there is always a batch in hand, and the newest end is never reached at the moment of asking.
   */
  settle(): void {
    const tail = this.tail();
    if (this.#goal?.incarnation !== tail?.incarnation) this.#goal = tail;
    for (const goal of [this.#goal, tail]) {
      if (!goal || this.isShort(goal)) return;
      this.#at = goal.at;
      this.#goal = tail;
    }
  }
}
