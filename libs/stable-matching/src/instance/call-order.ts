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
  const members = new Int32Array(groups.length);
  for (let n = 0; n < groups.length; n += 1) for (const group of groups[n]!) members[n]! |= bits.get(group) ?? 0;
  return members;
}

/** The same on numbers, as places in the list. One queue for each combination of groups: only their heads can be next, so a step costs as many comparisons as there are combinations. */
export function callSequence(members: Int32Array, shares: readonly Share[]): Int32Array {
  const percents = Float64Array.from(hundredths(shares));
  const queues = queuesOf(members, shares.length);
  const left = percents.map((_, n) => queues.reduce((count, { mask, waiting }) => count + ((mask >> n) & 1) * waiting.length, 0));
  const called = new Float64Array(percents.length);
  const order = new Int32Array(members.length);
  for (let step = 0; step < order.length; step += 1) {
    let binding = 0;
    for (let n = 0; n < percents.length; n += 1) if (left[n]! > 0 && called[n]! * 10_000 < percents[n]! * (step + 1)) binding |= 1 << n;
    // The first binding group is the lowest bit.
    const queue = best(queues, binding) ?? best(queues, binding & -binding)!;
    order[step] = queue.head;
    queue.next += 1;
    queue.head = queue.next < queue.waiting.length ? queue.waiting[queue.next]! : NOBODY;
    for (let n = 0; n < percents.length; n += 1) {
      if (((queue.mask >> n) & 1) === 0) continue;
      called[n]! += 1;
      left[n]! -= 1;
    }
  }
  return order;
}

interface Queue {
  readonly mask: number;
  readonly waiting: Int32Array;
  next: number;
  head: number;
}

const NOBODY = 0x7fffffff;

function queuesOf(members: Int32Array, shares: number): Queue[] {
  const sizes = new Int32Array(1 << shares);
  for (let at = 0; at < members.length; at += 1) sizes[members[at]!]! += 1;
  const masks = Array.from(sizes.keys()).filter((mask) => sizes[mask]! > 0);
  const queues = masks.map((mask): Queue => ({ mask, waiting: new Int32Array(sizes[mask]!), next: 0, head: NOBODY }));
  const byMask = new Int32Array(sizes.length);
  for (const [n, mask] of masks.entries()) byMask[mask] = n;
  for (let at = 0; at < members.length; at += 1) {
    const queue = queues[byMask[members[at]!]!]!;
    queue.waiting[queue.next] = at;
    queue.next += 1;
  }
  for (const queue of queues) [queue.next, queue.head] = [0, queue.waiting[0]!];
  return queues;
}

/** The best-ranked candidate left who belongs to all these groups. */
function best(queues: readonly Queue[], groups: number): Queue | null {
  let found: Queue | null = null;
  let head = NOBODY;
  for (let n = 0; n < queues.length; n += 1) {
    const queue = queues[n]!;
    if ((queue.mask & groups) !== groups || queue.head >= head) continue;
    found = queue;
    head = queue.head;
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
