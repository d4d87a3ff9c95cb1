// Hosts above positions: which caps can bind, and under which topmost one each position lies.
import { Refused, type Host, type Instance, type Priorities } from './instance.js';

/** The host or position whose list says whom a position accepts, and in which order. */
export type OrderSource = { readonly from: 'position' | 'host'; readonly list: Priorities; readonly host: number } | { readonly from: 'scores' } | { readonly from: 'nowhere' };

export interface Forest {
  readonly hosts: readonly Host[];
  readonly hostParent: Int32Array;
  readonly positionHost: Int32Array;
  /** Whether the host's capacity is smaller than what can come from below. */
  readonly canBind: Uint8Array;
  /** By position its acceptable applicants; by host what can come from below. */
  readonly accepts: Int32Array;
  readonly below: Float64Array;
  /** Hosts whose cap can bind, as they come in the instance; node = number of positions + place in this list. */
  readonly binding: readonly number[];
  readonly nodeOfHost: Int32Array;
  /** By position: the topmost host above whose cap can bind, -1 where the position is a tree of its own. */
  readonly rootHost: Int32Array;
  readonly sources: readonly OrderSource[];
}

const MAX_CAPACITY = 1_000_000_000;

/** eff(position) = min(capacity, applicants it accepts), eff(host) = min(capacity, sum below); a cap can bind if it is smaller than that sum. */
export function forestOf(instance: Instance): Forest {
  const hosts = instance.hosts ?? [];
  for (const { id, capacity } of [...instance.positions, ...hosts]) {
    if (!Number.isInteger(capacity) || capacity < 0 || capacity > MAX_CAPACITY) throw new Refused('instance.bad_value', { id, capacity });
  }
  const { hostParent, positionHost } = parents(instance, hosts);
  const fromTop = topDown(hosts, hostParent);
  const sources = instance.positions.map((position, p) => sourceOf(position, positionHost[p]!, { hosts, hostParent }));
  const accepts = Int32Array.from(instance.positions, ({ scores }, p) => size(sources[p]!, scores));
  const below = new Float64Array(hosts.length);
  for (const [p, { capacity }] of instance.positions.entries()) if (positionHost[p]! >= 0) below[positionHost[p]!]! += Math.min(capacity, accepts[p]!);
  const canBind = new Uint8Array(hosts.length);
  for (const h of fromTop.toReversed()) {
    canBind[h] = hosts[h]!.capacity < below[h]! ? 1 : 0;
    const parent = hostParent[h]!;
    if (parent >= 0) below[parent]! += Math.min(hosts[h]!.capacity, below[h]!);
  }
  const binding = hosts.map((_, h) => h).filter((h) => canBind[h]);
  const nodeOfHost = new Int32Array(hosts.length).fill(-1);
  for (const [n, h] of binding.entries()) nodeOfHost[h] = instance.positions.length + n;
  return { hosts, hostParent, positionHost, canBind, accepts, below, binding, nodeOfHost, sources, rootHost: rootsOf(positionHost, fromTop, { hostParent, canBind }) };
}

function parents(instance: Instance, hosts: readonly Host[]): { hostParent: Int32Array; positionHost: Int32Array } {
  const hostAt = new Map(hosts.map(({ id }, h) => [id, h]));
  if (hostAt.size < hosts.length) throw new Refused('instance.repeated', { host: hosts.find(({ id }, h) => hostAt.get(id) !== h)?.id });
  const place = (id: string | undefined, of: object): number => {
    if (id === undefined) return -1;
    if (typeof id !== 'string') throw new Refused('hosts.caps_cross', { ...of, hosts: id });
    const at = hostAt.get(id);
    if (at === undefined) throw new Refused('instance.unknown_id', { ...of, host: id });
    return at;
  };
  return {
    hostParent: Int32Array.from(hosts, ({ id, parent }) => place(parent, { host: id })),
    positionHost: Int32Array.from(instance.positions, ({ id, host }) => place(host, { position: id })),
  };
}

/** Every host behind its parent. */
function topDown(hosts: readonly Host[], hostParent: Int32Array): number[] {
  const children = new Map<number, number[]>();
  for (const [h, parent] of hostParent.entries()) children.set(parent, [...(children.get(parent) ?? []), h]);
  const order = [...(children.get(-1) ?? [])];
  for (let n = 0; n < order.length; n += 1) order.push(...(children.get(order[n]!) ?? []));
  if (order.length < hosts.length) {
    const reached = new Set(order);
    throw new Refused('hosts.cycle', { hosts: hosts.filter((_, h) => !reached.has(h)).map(({ id }) => id) });
  }
  return order;
}

/** A position without a list of its own takes that of the nearest host above that gives one. */
function sourceOf(position: { readonly id: string; readonly priorities?: Priorities; readonly scores?: object }, host: number, forest: Pick<Forest, 'hosts' | 'hostParent'>): OrderSource {
  if (position.priorities && position.scores) throw new Refused('order.mixed_forms', { position: position.id });
  if (position.priorities) return { from: 'position', list: position.priorities, host: -1 };
  if (position.scores) return { from: 'scores' };
  for (let h = host; h >= 0; h = forest.hostParent[h]!) {
    const list = forest.hosts[h]!.priorities;
    if (list) return { from: 'host', list, host: h };
  }
  return { from: 'nowhere' };
}

const sizes = new WeakMap<Priorities, number>();

function size(source: OrderSource, scores: object | undefined): number {
  if (source.from === 'scores') return Object.keys(scores ?? {}).length;
  if (source.from === 'nowhere') return 0;
  const known = sizes.get(source.list) ?? source.list.reduce((sum: number, each) => sum + (typeof each === 'string' ? 1 : each.length), 0);
  sizes.set(source.list, known);
  return known;
}

function rootsOf(positionHost: Int32Array, fromTop: readonly number[], { hostParent, canBind }: { hostParent: Int32Array; canBind: Uint8Array }): Int32Array {
  const root = new Int32Array(hostParent.length).fill(-1);
  for (const h of fromTop) {
    const above = hostParent[h]! >= 0 ? root[hostParent[h]!]! : -1;
    root[h] = above >= 0 ? above : canBind[h] ? h : -1;
  }
  return positionHost.map((h) => (h >= 0 ? root[h]! : -1));
}
