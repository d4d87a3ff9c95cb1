// Small random instances of each accepted combination; what a draw makes inadmissible is drawn again by the caller.
import fc from 'fast-check';
import type { Applicant, Host, Instance, Position, Priorities } from '../instance/instance.js';

export type Combination = 'A lists' | 'A scores' | 'B lists' | 'B scores' | 'C' | 'D' | 'D host';
export const combinations: readonly Combination[] = ['A lists', 'A scores', 'B lists', 'B scores', 'C', 'D', 'D host'];

type Draw = fc.GeneratorValue;
const whole = (draw: Draw, min: number, max: number): number => draw(fc.integer, { min, max });
const some = <T>(draw: Draw, items: readonly T[], least = 0): T[] => draw(fc.shuffledSubarray<T>, [...items], { minLength: Math.min(least, items.length) });

export interface Size {
  readonly applicants: number;
  readonly positions: number;
}

export function instanceOf(draw: Draw, combination: Combination, size: Size = { applicants: 6, positions: 4 }): Instance {
  const ids = Array.from({ length: whole(draw, 3, size.applicants) }, (_, n) => `a${n}`);
  const names = Array.from({ length: whole(draw, 1, size.positions) }, (_, n) => `p${n}`);
  const applicants = ids.map((id): Applicant => ({ id, preferences: some(draw, names, 1).slice(0, 3), groups: groupsOf(draw, combination) }));
  const hosts = combination === 'C' || combination === 'D' ? [] : hostsOf(draw, combination, ids);
  const positions = names.map((id) => positionOf(draw, combination, { id, ids, hosts }));
  return { applicants, positions, ...(hosts.length > 0 && { hosts }), seed: `seed ${whole(draw, 0, 9)}` };
}

function groupsOf(draw: Draw, combination: Combination): string[] {
  if (combination.startsWith('A')) return [];
  return combination.startsWith('B') ? some(draw, ['f', 'g']).slice(0, 1) : some(draw, ['f', 'g', 'h']);
}

/** A chain or a fork of up to three; lists get shorter from the top down, so that none names whom the one above leaves out. */
function hostsOf(draw: Draw, combination: Combination, ids: readonly string[]): Host[] {
  const hosts: Host[] = [];
  const count = whole(draw, 0, 3);
  for (let n = 0; n < count; n += 1) {
    const parent = n === 0 || whole(draw, 0, 3) === 0 ? undefined : hosts[whole(draw, 0, n - 1)];
    const list = combination.endsWith('scores') ? null : parent?.priorities ? restricted(draw, parent.priorities) : orderOf(draw, ids);
    const shares = combination === 'D host' && !parent ? [{ group: 'f', percent: whole(draw, 0, 100) }, { group: 'g', percent: whole(draw, 0, 60) }] : null;
    hosts.push({ id: `h${n}`, capacity: whole(draw, 1, 3), ...(parent && { parent: parent.id }), ...(list && { priorities: list }), ...(shares && { shares }) });
  }
  return hosts;
}

function positionOf(draw: Draw, combination: Combination, { id, ids, hosts }: { id: string; ids: readonly string[]; hosts: readonly Host[] }): Position {
  const capacity = whole(draw, 1, 3);
  const host = hosts.length > 0 && whole(draw, 0, 4) > 0 ? hosts[whole(draw, 0, hosts.length - 1)] : undefined;
  const base = { id, capacity, ...(host && { host: host.id }), ...reservesOf(draw, combination, capacity) };
  const usesScores = combination.endsWith('scores') || (combination === 'D' && whole(draw, 0, 1) === 0);
  const shares = combination === 'D' ? { shares: [{ group: 'f', percent: whole(draw, 0, 100) }, { group: 'g', percent: whole(draw, 0, 100) }] } : {};
  if (usesScores) return { ...base, ...shares, scores: Object.fromEntries(some(draw, ids, 2).map((applicant) => [applicant, whole(draw, 0, 4)])) };
  if (host?.priorities) return whole(draw, 0, 1) === 0 ? base : { ...base, priorities: restricted(draw, host.priorities) };
  return { ...base, ...shares, priorities: orderOf(draw, some(draw, ids, 2)) };
}

function reservesOf(draw: Draw, combination: Combination, capacity: number): Pick<Position, 'reserves'> {
  if (!combination.startsWith('B') && combination !== 'C') return {};
  const first = whole(draw, 0, capacity);
  const second = whole(draw, 0, capacity - first);
  const reserves = [{ group: 'f', seats: first }, { group: 'g', seats: second }].filter(({ seats }) => seats > 0);
  return { reserves: whole(draw, 0, 1) === 0 ? reserves : reserves.toReversed() };
}

function orderOf(draw: Draw, ids: readonly string[]): Priorities {
  const order: (string | string[])[] = some(draw, ids, ids.length);
  if (order.length < 2 || whole(draw, 0, 1) === 0) return order;
  const at = whole(draw, 0, order.length - 2);
  return [...order.slice(0, at), order.slice(at, at + 2).flat(), ...order.slice(at + 2)];
}

function restricted(draw: Draw, list: Priorities): Priorities {
  const kept = new Set(some(draw, list.flat(), 2));
  return list.map((entry) => (typeof entry === 'string' ? entry : entry.filter((id) => kept.has(id)))).filter((entry) => (typeof entry === 'string' ? kept.has(entry) : entry.length > 0));
}
