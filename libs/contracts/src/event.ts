import { catalogue, type Payloads } from './generated/catalogue.js';

export type AggregateName = keyof Payloads;
export type Fact<A extends AggregateName> = (typeof catalogue)[A]['facts'][number];
/** `demand.position.published` and all others that `proto/` declares; an unknown name does not compile. */
export type EventName = { [A in AggregateName]: `${A}.${Fact<A>}` }[AggregateName];
/** The aggregate of an event's name. */
export type AggregateOf<E extends EventName> = { [A in AggregateName]: E extends `${A}.${Fact<A>}` ? A : never }[AggregateName];
export type PayloadOf<E extends EventName> = Payloads[AggregateOf<E>];

/** A decoded domain event; `data` is the aggregate's whole public state after the change. */
export interface Event<Data = Payloads[AggregateName]> {
  readonly id: string;
  /** For example `tandem.demand.position.published.v1`. */
  readonly type: string;
  readonly aggregate: AggregateName;
  readonly fact: string;
  readonly topic: string;
  /** Aggregate id. */
  readonly key: string;
  /** Rises by one per event of the aggregate, from 1. */
  readonly sequence: number;
  /** Owner of the aggregate. */
  readonly org: string;
  /** At most three other organisations that may know of it. */
  readonly parties: readonly string[];
  readonly time: Date;
  readonly traceparent: string | null;
  readonly data: Data;
}

export function topicOf(aggregate: AggregateName): string {
  return `tandem.${aggregate}`;
}

export function eventType(aggregate: AggregateName, fact: string): string {
  return `tandem.${aggregate}.${fact}.v1`;
}

/** Null for a type this release does not know: another major version, or an aggregate of a newer release. */
export function parseEventType(type: string): { aggregate: AggregateName; fact: string } | null {
  const match = /^tandem\.([a-z_]+\.[a-z_]+)\.([a-z_]+)\.v1$/.exec(type);
  if (!match?.[1] || !match[2] || !(match[1] in catalogue)) return null;
  return { aggregate: match[1] as AggregateName, fact: match[2] };
}

export function isKnownFact(aggregate: AggregateName, fact: string): boolean {
  return (catalogue[aggregate].facts as readonly string[]).includes(fact);
}
