// Keeps what a consumer delivers, and resolves when what a claim waits for has come.
import { performance } from 'node:perf_hooks';
import type { Batch, DeliveredEvent } from '../port.js';

const DEADLINE_MS = 20_000;

export class Reader {
  readonly events: DeliveredEvent[] = [];
  readonly batches: Batch[] = [];
  readonly errors: unknown[] = [];
  readonly positions = new Map<number, bigint>();
  /** Runs before the batch takes effect; a rejection is the handler's. */
  before: (batch: Batch) => Promise<void> | void = () => undefined;
  #inHand = 0;
  mostInHand = 0;
  readonly #waiting = new Set<() => void>();

  readonly handle = async (batch: Batch): Promise<void> => {
    this.#inHand += 1;
    this.mostInHand = Math.max(this.mostInHand, this.#inHand);
    try {
      await this.before(batch);
      this.batches.push(batch);
      this.events.push(...batch.events);
      for (const [partition, position] of batch.advance) this.positions.set(partition, position);
    } finally {
      this.#inHand -= 1;
      this.#changed();
    }
  };

  readonly failed = (error: unknown): void => {
    this.errors.push(error);
    this.#changed();
  };

  get ids(): string[] {
    return this.events.map(({ id }) => id);
  }

  has(count: number): Promise<void> {
    return this.until(() => this.events.length >= count, () => `${this.events.length} of ${count} events`);
  }

  /** Looked at whenever something was handled or failed. */
  until(condition: () => boolean, state: () => string = () => `${this.events.length} events, ${this.errors.length} errors`): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (!condition()) return;
        this.#waiting.delete(look);
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        reject(new Error(`not within ${DEADLINE_MS} ms: ${state()}; last error: ${String(this.errors.at(-1))}`));
      }, DEADLINE_MS);
      this.#waiting.add(look);
      look();
    });
  }

  #changed(): void {
    for (const look of this.#waiting) look();
  }
}

/** For what nobody announces, such as the passing of time: looked at every few milliseconds, with a deadline. */
export function eventually(condition: () => boolean, deadlineMs = DEADLINE_MS): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  return new Promise((resolve, reject) => {
    const timer = setInterval(() => {
      const late = performance.now() > deadline;
      if (!late && !condition()) return;
      clearInterval(timer);
      if (late) reject(new Error(`not within ${deadlineMs} ms: ${condition.toString()}`));
      else resolve();
    }, 5);
  });
}

/** Something that a claim lets happen when it is time. */
export function gate(): { readonly passed: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { passed, open: () => open() };
}

/** Events per key, as numbers, in the order in which they came. */
export function byKey(events: readonly DeliveredEvent[]): Map<string, number[]> {
  const numbers = new Map<string, number[]>();
  for (const { key, payload } of events) {
    const known = numbers.get(key);
    if (known) known.push(Number(payload.toString()));
    else numbers.set(key, [Number(payload.toString())]);
  }
  return numbers;
}

/** How many positions are missing between the first and the last event of each partition. */
export function gaps(events: readonly DeliveredEvent[]): number {
  const seen = new Map<number, { first: bigint; last: bigint; count: bigint }>();
  for (const { partition, position } of events) {
    const range = seen.get(partition) ?? { first: position, last: position, count: 0n };
    seen.set(partition, {
      first: position < range.first ? position : range.first,
      last: position > range.last ? position : range.last,
      count: range.count + 1n,
    });
  }
  return [...seen.values()].reduce((sum, { first, last, count }) => sum + Number(last - first + 1n - count), 0);
}

export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n + 1);
}
