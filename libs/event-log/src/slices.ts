import type { LogEvent } from './port.js';

/** Runs of events whose sizes add up to at most `most`, in order; an event that is larger stands alone. */
export function* slices(events: readonly LogEvent[], most: number, sizeOf: (event: LogEvent) => number): Generator<readonly LogEvent[]> {
  let from = 0;
  let bytes = 0;
  for (const [index, event] of events.entries()) {
    const size = sizeOf(event);
    if (index > from && bytes + size > most) {
      yield events.slice(from, index);
      [from, bytes] = [index, 0];
    }
    bytes += size;
  }
  if (from < events.length) yield events.slice(from);
}
