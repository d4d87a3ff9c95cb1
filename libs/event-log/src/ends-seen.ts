// Since when events have been in a topic, from the ends that its looks have seen: nothing is read for it.

/** Two notes are at least so far apart; it bounds how exact an age is. */
const APART_MS = 1_000;
/** Beyond this, the note is left out that is missed least: the age of an hour need not be exact to the second, and is to some percent. */
const MOST = 120;

interface Seen {
  readonly at: number;
  readonly next: readonly bigint[];
}

export class EndsSeen {
  readonly #seen: Seen[] = [];

  /** The same array stands for the same ends. */
  note({ at, next }: Seen): void {
    const last = this.#seen.at(-1);
    if (last && (last.next === next || at - last.at < APART_MS)) return;
    this.#seen.push({ at, next });
    if (this.#seen.length > MOST) this.#seen.splice(this.#leastMissed(at), 1);
  }

  /** The smallest gap that would come of it, as a part of its age; the first and the last two stay. */
  #leastMissed(now: number): number {
    const missed = (n: number): number => (this.#seen[n + 1]!.at - this.#seen[n - 1]!.at) / (now - this.#seen[n]!.at);
    let least = 1;
    for (let n = 2; n < this.#seen.length - 1; n += 1) if (missed(n) < missed(least)) least = n;
    return least;
  }

  /** Milliseconds since the first event behind `position` was seen in the partition; at least so many where it was there before the first look. */
  waitingMs(partition: number, position: bigint, now: number): number {
    const first = this.#seen.find(({ next }) => (next[partition] ?? 1n) - 1n > position);
    return first ? now - first.at : 0;
  }
}
