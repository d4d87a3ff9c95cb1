// Where each followed topic ends. One query per log instance looks for all its subscriptions; a subscription reads only what it knows to be there.
import { performance } from 'node:perf_hooks';
import type { Pool } from 'pg';
import { LogRefusal } from '../port.js';

/** `next` of each partition, and since when at the latest that is known (`performance.now()`). */
export interface Tail {
  readonly next: readonly bigint[];
  readonly at: number;
}

export interface Follower {
  /** The end of the topic moved. */
  moved(): void;
  /** Looking failed; told once until it succeeds again. */
  failed(error: unknown): void;
}

interface Followed {
  readonly followers: Set<Follower>;
  seen: string;
  tail: Tail | null;
}

// Idle looks are spaced out to this: 4 a second for all subscriptions of the instance together.
const IDLE_MS = 250;
const FAILED_MS = 1_000;

// One row a topic: 25 topics of 24 partitions are 25 strings to compare, not 600 rows to parse.
const LOOK = `select topic, array_to_string(array_agg(next order by partition), ' ') from partitions where topic = any($1) group by topic`;

export class Tails {
  readonly #topics = new Map<string, Followed>();
  #timer: NodeJS.Timeout | undefined;
  #interval: number;
  #looking = false;
  #lookAgain = false;
  #failing = false;
  #closed = false;

  constructor(
    private readonly pool: Pool,
    private readonly pollMs: number,
  ) {
    this.#interval = pollMs;
  }

  /** Looks at the topic from now on; the returned function ends that. */
  follow(topic: string, follower: Follower): () => void {
    const followed = this.#topics.get(topic) ?? { followers: new Set(), seen: '', tail: null };
    this.#topics.set(topic, followed);
    followed.followers.add(follower);
    if (this.#timer === undefined) this.#lookIn(this.pollMs);
    return () => {
      followed.followers.delete(follower);
      if (followed.followers.size === 0) this.#topics.delete(topic);
    };
  }

  tail(topic: string): Tail | null {
    return this.#topics.get(topic)?.tail ?? null;
  }

  /** The end of one topic, from the database now. */
  async read(topic: string): Promise<readonly bigint[]> {
    const at = performance.now();
    const { rows } = await this.pool.query<[string, string]>({ name: 'tails', text: LOOK, values: [[topic]], rowMode: 'array' });
    const row = rows[0];
    if (!row) throw new LogRefusal('log.unknown_topic', { topic });
    this.#learn(row, at);
    return numbers(row[1]);
  }

  /** What an append of this process just learnt; the followers need not wait for the next look. */
  moved(topic: string, partition: number, next: bigint): void {
    const followed = this.#topics.get(topic);
    const known = followed?.tail?.next[partition];
    if (!followed?.tail || known === undefined || known >= next) return;
    followed.tail = { next: followed.tail.next.with(partition, next), at: followed.tail.at };
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
    try {
      const moved = await this.#lookAtAll();
      this.#failing = false;
      this.#interval = moved ? this.pollMs : Math.min(this.#interval * 1.5, Math.max(IDLE_MS, this.pollMs));
    } catch (error) {
      this.#interval = Math.min(this.#interval * 2, Math.max(FAILED_MS, this.pollMs));
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
    const { rows } = await this.pool.query<[string, string]>({ name: 'tails', text: LOOK, values: [[...this.#topics.keys()]], rowMode: 'array' });
    return rows.map((row) => this.#learn(row, at)).includes(true);
  }

  /** Ends never go back here: an answer may be older than what an append has said since. */
  #learn([topic, seen]: [string, string], at: number): boolean {
    const followed = this.#topics.get(topic);
    if (!followed) return false;
    const known = followed.tail;
    if (known && seen === followed.seen) {
      followed.tail = { next: known.next, at };
      return false;
    }
    followed.seen = seen;
    const next = numbers(seen).map((end, partition) => (known && known.next[partition]! > end ? known.next[partition]! : end));
    followed.tail = { next, at };
    for (const follower of followed.followers) follower.moved();
    return true;
  }
}

function numbers(text: string): readonly bigint[] {
  return text.split(' ').map(BigInt);
}
