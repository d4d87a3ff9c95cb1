// The same lists under another rule, before anything is announced.
import { Refused, type Instance, type Position } from '../instance/instance.js';
import { marketOf } from '../instance/market.js';
import { solveMarket } from '../solver/solve.js';
import { compareOutcomes, type Comparison } from './compare.js';
import { mostPlacedIn } from './most-placed.js';

export interface WhatIf extends Comparison {
  /** Who could be placed at all, whatever the priorities. */
  readonly most: readonly [before: number, after: number];
}

/** Two runs over the same lists, as figures. Refused by name like any instance: a change can leave an order missing or make reserves overlap. */
export function whatIf(instance: Instance, changed: Instance): WhatIf {
  const before = marketOf(instance);
  const after = marketOf(changed, changed.seed === instance.seed ? before.lottery : undefined);
  return { ...compareOutcomes(instance, solveMarket(before), solveMarket(after)), most: [mostPlacedIn(before), mostPlacedIn(after)] };
}

/** More seats at positions and hosts, by id; fewer with a negative number, but never less than none. Refused: an id that the instance does not know. */
export function withSeats(instance: Instance, added: { readonly positions?: Readonly<Record<string, number>>; readonly hosts?: Readonly<Record<string, number>> }): Instance {
  return {
    ...instance,
    positions: resized(instance.positions, added.positions ?? {}, 'position'),
    ...(instance.hosts && { hosts: resized(instance.hosts, added.hosts ?? {}, 'host') }),
  };
}

function resized<T extends { readonly id: string; readonly capacity: number }>(entries: readonly T[], added: Readonly<Record<string, number>>, kind: string): T[] {
  refuseUnknown(entries, added, kind);
  return entries.map((entry) => (Object.hasOwn(added, entry.id) ? { ...entry, capacity: Math.max(0, entry.capacity + added[entry.id]!) } : entry));
}

/** A reserve for the group at every position, of this percentage of its seats rounded down (so none where that is less than one seat); it takes the place of the group's own reserve there. */
export function withReserve(instance: Instance, group: string, percent: number): Instance {
  if (!(percent >= 0 && percent <= 100)) throw new Refused('instance.bad_value', { group, percent });
  const reserved = (position: Position): Position => {
    const seats = Math.floor((position.capacity * percent) / 100);
    const others = (position.reserves ?? []).filter((reserve) => reserve.group !== group);
    return { ...position, reserves: seats > 0 ? [...others, { group, seats }] : others };
  };
  return { ...instance, positions: instance.positions.map(reserved) };
}

/** Other priorities or scores, by position; the others keep theirs. Refused: an id that the instance does not know. */
export function withOrders(instance: Instance, orders: Readonly<Record<string, Pick<Position, 'priorities' | 'scores'>>>): Instance {
  refuseUnknown(instance.positions, orders, 'position');
  const without = ({ priorities: _list, scores: _scores, ...rest }: Position): Position => rest;
  return { ...instance, positions: instance.positions.map((position) => (Object.hasOwn(orders, position.id) ? { ...without(position), ...orders[position.id] } : position)) };
}

function refuseUnknown(entries: readonly { readonly id: string }[], changes: object, kind: string): void {
  const known = new Set(entries.map(({ id }) => id));
  const unknown = Object.keys(changes).find((id) => !known.has(id));
  if (unknown !== undefined) throw new Refused('instance.unknown_id', { [kind]: unknown });
}
