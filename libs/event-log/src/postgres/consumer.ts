// One subscription: waits for its topic to move, reads a batch, has it handled, goes on.
import { setTimeout as after } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Batch, LogConsumer, Positions, Subscription } from '../port.js';
import { begin, read } from './read.js';
import { CaughtUp, type Tail, type Tails } from '../tails.js';

const MAX_BATCH = 250;
const RETRY_MS = 200;
const MAX_RETRY_MS = 1_000;

export class PostgresConsumer implements LogConsumer {
  readonly #stopping = new AbortController();
  /** Resolves when its loop has ended. */
  readonly ended: Promise<void>;
  /** What took effect or was skipped; null until asked for. */
  #positions: Map<number, bigint> | null = null;
  #incarnation = '';
  /** Delivered and not yet resolved: it is given again as it is. */
  #inHand: Batch | null = null;
  #seeks = 0;
  #failedReads = 0;
  /** Where the next read begins, so that a full partition does not keep the others waiting. */
  #turn = 0;
  readonly #caughtUp: CaughtUp;
  #ring: (() => void) | null = null;

  constructor(
    private readonly pool: Pool,
    private readonly tails: Tails,
    private readonly subscription: Subscription,
  ) {
    this.#caughtUp = new CaughtUp(
      () => tails.tail(subscription.topic),
      (tail) => !this.#positions || this.#short(tail).length > 0,
    );
    const unfollow = tails.follow(subscription.topic, { moved: () => this.#ring?.(), failed: (error) => this.#tell(error) });
    this.ended = this.#run().finally(unfollow);
  }

  get caughtUpAt(): number | null {
    return this.#caughtUp.at;
  }

  wake(): void {
    this.tails.look();
  }

  seek(): void {
    this.#seeks++;
    this.#positions = null;
    this.#inHand = null;
    this.#ring?.();
  }

  stop(): Promise<void> {
    this.#stopping.abort();
    this.#ring?.();
    return this.ended;
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const batch = await this.#next();
      if (batch && !this.#stopping.signal.aborted) await this.#deliver(batch);
    }
  }

  /** Null: look again. Never rejects. */
  async #next(): Promise<Batch | null> {
    if (this.#inHand) return this.#inHand;
    try {
      if (!this.#positions) await this.#begin();
      else if (this.#waiting().length > 0) await this.#read();
      else await new Promise<void>((resolve) => (this.#ring = resolve));
      this.#failedReads = 0;
    } catch (error) {
      this.#tell(error);
      await this.#pause(Math.min(this.#retryMs * 2 ** this.#failedReads++, Math.max(this.#retryMs, MAX_RETRY_MS)));
    }
    this.#ring = null;
    return this.#inHand;
  }

  async #deliver(batch: Batch): Promise<void> {
    const seeks = this.#seeks;
    try {
      await this.subscription.handle(batch);
      if (seeks !== this.#seeks) return;
      this.#inHand = null;
      for (const [partition, position] of batch.advance) this.#positions?.set(partition, position);
      this.#caughtUp.settle();
    } catch (error) {
      this.#tell(error);
      await this.#pause(this.#retryMs);
    }
  }

  async #begin(): Promise<void> {
    const seeks = this.#seeks;
    const { topic, from } = this.subscription;
    const { incarnation, next } = await this.tails.read(topic);
    const stored = await this.subscription.positions(incarnation);
    const ahead = await this.#ahead(stored, next);
    const fresh = [...next.keys()].filter((partition) => !stored.has(partition));
    const start = await begin(this.pool, this.subscription, next, fresh);
    if (seeks !== this.#seeks) return;
    this.#positions = new Map([...stored, ...start]);
    this.#incarnation = incarnation;
    if (from !== 'beginning' && start.size > 0) this.#inHand = { topic, incarnation, events: [], advance: start };
    if (ahead.length > 0) this.#beginAgain(ahead);
  }

  /** Stored positions that the log has not reached; asked for twice, because another instance may have moved on since the first look. */
  async #ahead(stored: Positions, seen: readonly bigint[]): Promise<number[]> {
    const aheadOf = (next: readonly bigint[]): number[] => [...stored.keys()].filter((partition) => stored.get(partition)! >= (next[partition] ?? 1n));
    return aheadOf(seen).length === 0 ? [] : aheadOf((await this.tails.read(this.subscription.topic)).next);
  }

  /** The log has lost what the consumer has already seen (it was replaced or restored). Waiting for the old position would lose what comes until then. */
  #beginAgain(partitions: readonly number[]): void {
    for (const partition of partitions) this.#positions?.set(partition, 0n);
    this.#tell(new Error(`${this.subscription.group}: positions ahead of ${this.subscription.topic}, partitions ${partitions.join(' ')}; reading them from the beginning`));
  }

  async #read(): Promise<void> {
    const { topic, maxBatch = MAX_BATCH } = this.subscription;
    const [seeks, positions, tail, waiting] = [this.#seeks, this.#positions!, this.tails.tail(topic)!, this.#waiting()];
    const events = await read(this.pool, topic, waiting.map((partition) => [partition, positions.get(partition)!]), maxBatch);
    if (seeks !== this.#seeks) return;
    const last = events.at(-1);
    if (last) {
      this.#turn = last.partition + 1;
      this.#inHand = { topic, incarnation: this.#incarnation, events, advance: new Map(events.map(({ partition, position }) => [partition, position])) };
    } else {
      // Only where entries were removed by hand: compaction keeps the last of each partition. Without this the loop would read for ever.
      for (const partition of waiting) positions.set(partition, tail.next[partition]! - 1n);
    }
  }

  /** Partitions known to hold more than was handled, beginning with the one whose turn it is. */
  #waiting(): number[] {
    const tail = this.tails.tail(this.subscription.topic);
    const waiting = tail ? this.#short(tail) : [];
    const turn = waiting.findIndex((partition) => partition >= this.#turn);
    return turn > 0 ? [...waiting.slice(turn), ...waiting.slice(0, turn)] : waiting;
  }

  /** Partitions in which not everything up to this end was handled. */
  #short({ next }: Tail): number[] {
    return [...next.keys()].filter((partition) => (this.#positions?.get(partition) ?? 0n) < next[partition]! - 1n);
  }

  #tell(error: unknown): void {
    try {
      this.subscription.onError?.(error);
    } catch {
      // It promised not to throw; a loop that ended here would be a consumer that looks alive and is not.
    }
  }

  async #pause(ms: number): Promise<void> {
    await after(ms, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }

  get #retryMs(): number {
    return this.subscription.retryMs ?? RETRY_MS;
  }
}
