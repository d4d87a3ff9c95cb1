// Minimum shares by call order, as Parcoursup publishes it (algorithmes-de-parcoursup, sections 4.1 and 4.2): who is called next, so that every beginning of the call keeps each group's share.
import { Refused, type Share } from './instance.js';

export interface Candidate {
  readonly id: string;
  readonly groups: readonly string[];
}

/**
 * The ids of a ranked list in the order in which they are called. Step n + 1 takes the best-ranked candidate left who belongs to every binding group,
 * that is one with somebody left and called * 100 < percent * (n + 1); where nobody belongs to all of them, to the first binding one in the order
 * of the shares; where none binds, the best-ranked. Refused: a percentage outside 0..100 or with more than two decimals, a group named twice.
 */
export function callOrder(list: readonly Candidate[], shares: readonly Share[]): string[] {
  const members = membershipOf(list.map(({ groups }) => groups), shares);
  return callSequence(members, shares).map((at) => list[at]!.id);
}

/** For each candidate the shares whose group it belongs to, as bits: bit n is share n. */
export function membershipOf(groups: readonly (readonly string[])[], shares: readonly Share[]): Int32Array {
  const bits = new Map(shares.map(({ group }, n) => [group, 1 << n]));
  return Int32Array.from(groups, (own) => own.reduce((mask, group) => mask | (bits.get(group) ?? 0), 0));
}

/** One queue for each combination of groups: only their heads can be next, so a step costs as many comparisons as there are combinations. */
export function callSequence(members: Int32Array, shares: readonly Share[]): number[] {
  const percents = hundredths(shares);
  const queues = new Map<number, Queue>();
  const left = shares.map(() => 0);
  members.forEach((mask, at) => {
    const queue = queues.get(mask) ?? { mask, waiting: [], next: 0 };
    queues.set(mask, queue);
    queue.waiting.push(at);
    left.forEach((count, n) => { left[n] = count + ((mask >> n) & 1); });
  });
  const called = shares.map(() => 0);
  const order: number[] = [];
  while (order.length < members.length) {
    const binding = percents.map((_, n) => n).filter((n) => left[n]! > 0 && called[n]! * 10_000 < percents[n]! * (order.length + 1));
    const queue = next([...queues.values()], binding);
    order.push(queue.waiting[queue.next]!);
    queue.next += 1;
    for (let n = 0; n < shares.length; n += 1) {
      const one = (queue.mask >> n) & 1;
      called[n]! += one;
      left[n]! -= one;
    }
  }
  return order;
}

interface Queue {
  readonly mask: number;
  readonly waiting: number[];
  next: number;
}

function next(queues: readonly Queue[], binding: readonly number[]): Queue {
  const all = binding.reduce((mask, n) => mask | (1 << n), 0);
  const queue = best(queues, all) ?? best(queues, 1 << (binding[0] ?? 0));
  if (!queue) throw new Error('a group with somebody left has a queue');
  return queue;
}

function best(queues: readonly Queue[], mask: number): Queue | null {
  let found: Queue | null = null;
  for (const queue of queues) {
    if ((queue.mask & mask) !== mask || queue.next >= queue.waiting.length) continue;
    if (!found || queue.waiting[queue.next]! < found.waiting[found.next]!) found = queue;
  }
  return found;
}

const MAX_SHARES = 16;

/** Whole numbers, so that no step hangs on how a decimal is rounded. */
function hundredths(shares: readonly Share[]): number[] {
  if (shares.length > MAX_SHARES || new Set(shares.map(({ group }) => group)).size < shares.length) throw new Refused('shares.bad_percent', { shares: shares.length, limit: MAX_SHARES });
  return shares.map(({ group, percent }) => {
    const whole = Math.round(percent * 100);
    if (!(percent >= 0 && percent <= 100) || Math.abs(whole - percent * 100) > 1e-6) throw new Refused('shares.bad_percent', { group, percent });
    return whole;
  });
}
