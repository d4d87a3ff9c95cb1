// Combination C: a position whose reserves overlap fills its seats group by group in the order listed, then by everyone.
import type { Market } from '../instance/market.js';
import type { Admitted } from './blocking.js';

interface Stage {
  readonly group: string | null;
  readonly bit: number;
  readonly isFull: boolean;
  readonly worst: number;
}

/** Whether the position, filling its seats anew with those who have one and this wish, takes the wish. */
export function inTurn(market: Market, held: Int32Array): (w: number) => Admitted {
  const { wishPosition, wishRank, reserves } = market;
  const seated = new Map<number, number[]>();
  for (const w of held) {
    if (w < 0 || !reserves.overlaps[wishPosition[w]!]) continue;
    seated.set(wishPosition[w]!, [...(seated.get(wishPosition[w]!) ?? []), w]);
  }
  const stages = new Map<number, Stage[]>();
  return (w) => {
    const p = wishPosition[w]!;
    const known = stages.get(p) ?? fill(market, p, seated.get(p) ?? []);
    stages.set(p, known);
    for (const { group, bit, isFull, worst } of known) {
      const mayEnter = group === null || ((reserves.wishGroups![w]! >> bit) & 1) === 1;
      if (mayEnter && (!isFull || wishRank[w]! <= worst)) return group ?? true;
    }
    return false;
  };
}

/** A wish enters the first stage that takes it, and the stages before it stay as they are; so the stages of the present holders decide. */
function fill({ wishRank, nodeCapacity, reserves }: Market, p: number, holders: readonly number[]): Stage[] {
  let waiting = holders.toSorted((v, w) => wishRank[v]! - wishRank[w]!);
  let left = nodeCapacity[p]!;
  const first = reserves.start[p]!;
  const stages: Stage[] = [];
  for (let n = first; n <= reserves.start[p + 1]!; n += 1) {
    const isOpen = n === reserves.start[p + 1]!;
    const limit = isOpen ? left : Math.min(left, reserves.seats[n]!);
    const bit = n - first;
    const inside = waiting.filter((w) => isOpen || ((reserves.wishGroups![w]! >> bit) & 1) === 1).slice(0, limit);
    const worst = inside.at(-1);
    stages.push({ group: isOpen ? null : reserves.groups[n]!, bit, isFull: inside.length >= limit, worst: worst === undefined ? -1 : wishRank[worst]! });
    waiting = waiting.filter((w) => !inside.includes(w));
    left -= inside.length;
  }
  return stages;
}
