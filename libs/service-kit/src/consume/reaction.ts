// A reaction is an effect on another aggregate: once per event, in the order of the event's aggregate.
import 'reflect-metadata';
import type { AggregateName, Event, EventName, Fact, PayloadOf } from '@tandem/contracts';
import type { Tx } from '@tandem/persistence';
import type { Aggregate, AggregateRow } from '../write/aggregate.js';
import type { Fresh } from '../write/commands.js';

/** What a handler answers: which aggregate changes, who owns it, and by which rule. Run by the kit, batched where it can. */
export interface Reaction<A extends AggregateName = AggregateName, Row extends AggregateRow = AggregateRow> {
  readonly aggregate: Aggregate<A, Row>;
  /** The fact, or a function of both states that names it; null when nothing happened. */
  readonly fact: (before: Row, after: Row) => string | null;
  /** `account`: the subject, where the row is sealed from everybody else. */
  readonly target: { readonly id: string; readonly org: string; readonly account?: string };
  /** A rule that returns its argument changes nothing and emits nothing; a refusal is kept with the event's inbox row. */
  readonly rule: (row: Row, today: string) => Row;
  /** For a target that is not there yet; where it is, nothing happens. */
  readonly make?: (fresh: Fresh) => Row;
}

/** `return react(positions, seatFact, { id, org }, fillSeat)`. */
export function react<A extends AggregateName, Row extends AggregateRow>(
  aggregate: Aggregate<A, Row>,
  fact: Fact<A> | ((before: Row, after: Row) => Fact<A> | null),
  target: Reaction['target'],
  rule: (row: Row, today: string) => NoInfer<Row>,
): Reaction {
  const named = typeof fact === 'function' ? fact : () => fact;
  // Stored among reactions to other aggregates; the pair (aggregate, rule) was checked here.
  return { aggregate, fact: named, target, rule } as unknown as Reaction;
}

/** `return open(internships, 'opened', { id, org }, (fresh) => ({ ...fresh, ... }))`: a new aggregate; one that is already there stays as it is. */
export function open<A extends AggregateName, Row extends AggregateRow>(aggregate: Aggregate<A, Row>, fact: Fact<A>, target: Reaction['target'], make: (fresh: Fresh) => NoInfer<Row>): Reaction {
  return { aggregate, fact: () => fact, target, rule: (row: Row) => row, make } as unknown as Reaction;
}

export type Handled = Reaction | readonly Reaction[] | null;
export type Handler = (event: Event, tx: Tx) => Handled | Promise<Handled>;

const handlersKey = Symbol('tandem:handlers');
const nameKey = Symbol('tandem:reactions');

/** Gives a class of handlers the name under which its position, progress and inbox are kept: renaming it starts a new consumer. */
export function Reactions(name: string): ClassDecorator {
  return (target) => Reflect.defineMetadata(nameKey, name, target);
}

/** Runs the method for each event of this name; the payload's type follows from it. */
export function On<E extends EventName>(event: E) {
  return <M extends (event: Event<PayloadOf<E>>, tx: Tx) => Handled | Promise<Handled>>(target: object, property: string, _descriptor: TypedPropertyDescriptor<M>): void => {
    const handlers = (Reflect.getMetadata(handlersKey, target) ?? []) as { event: EventName; property: string }[];
    Reflect.defineMetadata(handlersKey, [...handlers, { event, property }], target);
  };
}

/** The handlers of an instance by aggregate and fact, or null when its class is not one of reactions. */
export function reactionsOf(instance: object): { name: string; byAggregate: Map<AggregateName, Map<string, Handler>> } | null {
  const name = Reflect.getMetadata(nameKey, instance.constructor) as string | undefined;
  if (!name) return null;
  const byAggregate = new Map<AggregateName, Map<string, Handler>>();
  for (const { event, property } of (Reflect.getMetadata(handlersKey, instance) ?? []) as { event: EventName; property: string }[]) {
    const dot = event.lastIndexOf('.');
    const aggregate = event.slice(0, dot) as AggregateName;
    const facts = byAggregate.get(aggregate) ?? new Map<string, Handler>();
    const method = (instance as Record<string, Handler>)[property];
    if (method) facts.set(event.slice(dot + 1), method.bind(instance));
    byAggregate.set(aggregate, facts);
  }
  return { name, byAggregate };
}
