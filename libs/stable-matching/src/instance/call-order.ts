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
  return Array.from(callSequence(members, shares), (at) => list[at]!.id);
}

/** For each candidate the shares whose group it belongs to, as bits: bit n is share n. */
export function membershipOf(groups: readonly (readonly string[])[], shares: readonly Share[]): Int32Array {
  const bits = new Map(shares.map(({ group }, n) => [group, 1 << n]));
  return Int32Array.from(groups, (own) => own.reduce((mask, group) => mask | (bits.get(group) ?? 0), 0));
}

/** One queue for each combination of groups: only their heads can be next, so a step costs as many comparisons as there are combinations. */
export function callSequence(members: Int32Array, shares: readonly Share[]): Int32Array {
  const percents = hundredths(shares);
  const queues = queuesOf(members);
  const left = percents.map((_, n) => members.reduce((count, mask) => count + ((mask >> n) & 1), 0));
  const called = percents.map(() => 0);
  const order = new Int32Array(members.length);
  for (let step = 0; step < order.length; step += 1) {
    let binding = 0;
    for (let n = 0; n < percents.length; n += 1) if (left[n]! > 0 && called[n]! * 10_000 < percents[n]! * (step + 1)) binding |= 1 << n;
    // The first binding group is the lowest bit.
    const queue = best(queues, binding) ?? best(queues, binding & -binding)!;
    order[step] = queue.waiting[queue.next]!;
    queue.next += 1;
    for (let n = 0; n < percents.length; n += 1) {
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

function queuesOf(members: Int32Array): Queue[] {
  const queues = new Map<number, Queue>();
  for (let at = 0; at < members.length; at += 1) {
    const mask = members[at]!;
    const queue = queues.get(mask);
    if (queue) queue.waiting.push(at);
    else queues.set(mask, { mask, waiting: [at], next: 0 });
  }
  return [...queues.values()];
}

/** The best-ranked candidate left who belongs to all these groups. */
function best(queues: readonly Queue[], groups: number): Queue | null {
  let found: Queue | null = null;
  for (const queue of queues) {
    if ((queue.mask & groups) !== groups || queue.next >= queue.waiting.length) continue;
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
