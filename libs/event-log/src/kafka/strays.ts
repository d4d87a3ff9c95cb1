// Batches that do not begin where they should.

const TRIES = 3;

/**
 * A fetch that was under way before a seek, by the leader of before, is left and asked for again. One that comes again and again is where the log
 * really goes on: it has lost what was there.
 */
export class Strays {
  readonly #times = new Map<number, number>();

  judge(partition: number, from: bigint, expected: bigint): 'as expected' | 'stray' | 'the log has moved' {
    const times = from === expected ? 0 : (this.#times.get(partition) ?? 0) + 1;
    this.#times.set(partition, times);
    if (times === 0) return 'as expected';
    if (times <= TRIES) return 'stray';
    this.#times.delete(partition);
    return 'the log has moved';
  }
}
