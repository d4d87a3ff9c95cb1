// What an adapter gives to the suite.
import type { EventLog, Features, LogEvent } from '../port.js';

/** Known before anything is started: a claim that does not apply is not registered. */
export interface Declared extends Features {
  /** `compact` drops when it is called; else a broker does it in its own time and the claim is left out. */
  readonly compactsWhenAsked: boolean;
  /** The subject can hold a transaction open in another database of the same server. */
  readonly holdsForeignTransactions: boolean;
}

export interface Writer {
  publish(events: readonly LogEvent[]): Promise<void>;
  close(): Promise<void>;
}

export interface ConformanceSubject {
  /** A further instance over the same log, independent of those before as another process's would be. */
  open(): Promise<EventLog>;
  /** How another process opens the log: a module with `export function open(argument: string): Promise<EventLog>`. */
  readonly child: { readonly module: URL; readonly argument: string };
  /** A writer whose commits come `delay()` ms after its events were given to the log, if the log has such a moment; else `open` serves. */
  lateWriter?(delay: () => number): Promise<Writer>;
  /** Begins one that has written; the returned function says whether it is still open, and ends it. */
  holdForeignTransaction?(): Promise<() => Promise<boolean>>;
  dispose(): Promise<void>;
}
