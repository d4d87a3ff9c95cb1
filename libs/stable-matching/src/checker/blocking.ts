// Blocking pairs by their definition: (a, p) blocks if a prefers p and p's tree, choosing from what it has and this pair, would take it.
import type { Market } from '../instance/market.js';
import { inTurn } from './in-turn.js';
import type { Violation } from './verify.js';

/** Ranks are whole numbers from 0 on, so that nobody is worse than this. */
const NOBODY_TO_REPLACE = -1;

export function blockingPairs(market: Market, held: Int32Array, taken: Int32Array): Violation[] {
  const { wishStart, wishPosition, wishRank, reserves } = market;
  const bars = reserves.wishGroups ? new ReservedBars(market, held, taken) : new Bars(market, held, taken);
  const chosenInTurn = reserves.overlaps.some(Boolean) ? inTurn(market, held) : null;
  const found: Violation[] = [];
  for (let a = 0; a + 1 < wishStart.length; a += 1) {
    const end = held[a]! >= 0 ? held[a]! : wishStart[a + 1]!;
    for (let w = wishStart[a]!; w < end; w += 1) {
      if (wishRank[w]! < 0) continue;
      const p = wishPosition[w]!;
      const group = chosenInTurn && reserves.overlaps[p] ? chosenInTurn(w) : bars.admits(w);
      if (group !== false) found.push(violation(market, { a, p, group }));
    }
  }
  return found;
}

/** True, or the group whose reserved seat would be filled; false where the tree would not take the pair. */
export type Admitted = boolean | string;

function violation({ applicants, positions }: Market, { a, p, group }: { a: number; p: number; group: Admitted }): Violation {
  const pair = { applicant: applicants[a]!, position: positions[p]! };
  return typeof group === 'string' ? { kind: 'unfilled_reserve', ...pair, group } : { kind: 'blocking_pair', ...pair };
}

/**
 * Without reserves a tree's choice is greedy on a laminar matroid: M and one pair more break no cap, or the lowest full node on its path drops the worst below
 * it. The pair is taken if there is no full node, or somebody below the lowest one is worse; a's own present seat below it, of the same rank, is worse by a's own wish.
 */
class Bars {
  private readonly worst: Int32Array;

  constructor(
    private readonly market: Market,
    held: Int32Array,
    taken: Int32Array,
  ) {
    const { nodeCapacity, nodeParent, wishPosition, wishRank } = market;
    this.worst = new Int32Array(nodeCapacity.length).fill(NOBODY_TO_REPLACE);
    for (const w of held) {
      if (w < 0) continue;
      for (let node = wishPosition[w]!; node >= 0; node = nodeParent[node]!) this.worst[node] = Math.max(this.worst[node]!, wishRank[w]!);
    }
    // The bar of a position: the worst rank below its lowest full node; above every rank where none is full.
    this.bar = Int32Array.from(market.positions, (_, p) => {
      for (let node = p; node >= 0; node = nodeParent[node]!) if (taken[node]! >= nodeCapacity[node]!) return this.worst[node]!;
      return ABOVE_ALL;
    });
  }

  private readonly bar: Int32Array;

  admits(w: number): boolean {
    return this.market.wishRank[w]! <= this.bar[this.market.wishPosition[w]!]!;
  }
}

const ABOVE_ALL = 0x7fffffff;

interface Seated {
  readonly rank: number;
  /** Whether a reserved seat would be empty without this person. */
  readonly isCounted: boolean;
  readonly cell: string;
}

/** With reserves the choice fills most reserved seats first: of the sets that lack one pair, the best is compared with what is there. */
class ReservedBars {
  private readonly below = new Map<number, { free: Seated[]; counted: Seated[] }>();
  private readonly members = new Map<string, number>();

  constructor(
    private readonly market: Market,
    held: Int32Array,
    private readonly taken: Int32Array,
  ) {
    for (const w of held) if (w >= 0) this.members.set(this.cellOf(w), (this.members.get(this.cellOf(w)) ?? 0) + 1);
    for (const w of held) {
      if (w < 0) continue;
      const cell = this.cellOf(w);
      const seated = { rank: market.wishRank[w]!, isCounted: this.members.get(cell)! <= this.seatsOf(w), cell };
      for (let node = market.wishPosition[w]!; node >= 0; node = market.nodeParent[node]!) {
        const lists = this.below.get(node) ?? { free: [], counted: [] };
        this.below.set(node, lists);
        (seated.isCounted ? lists.counted : lists.free).push(seated);
      }
    }
    for (const { free, counted } of this.below.values()) for (const list of [free, counted]) list.sort((x, y) => y.rank - x.rank);
  }

  admits(w: number): Admitted {
    const cell = this.cellOf(w);
    const seats = this.seatsOf(w);
    const members = this.members.get(cell) ?? 0;
    const fills = members < seats;
    const full = this.lowestFull(this.market.wishPosition[w]!);
    if (full < 0) return fills ? this.groupOf(w) : true;
    const { free = [], counted = [] } = this.below.get(full) ?? {};
    const rank = this.market.wishRank[w]!;
    const isWorse = (each: Seated | undefined): boolean => each !== undefined && rank <= each.rank;
    // It fills a reserved seat and somebody on none can go: one reserved seat more.
    if (fills) return free.length > 0 || isWorse(counted[0]) ? this.groupOf(w) : false;
    // It fills none. Somebody of its own cell may go in its place, and anybody who sits on no reserved seat.
    return isWorse(free[0]) || (members === seats && isWorse(counted.find((each) => each.cell === cell)));
  }

  private lowestFull(p: number): number {
    const { nodeCapacity, nodeParent } = this.market;
    let node = p;
    while (node >= 0 && this.taken[node]! < nodeCapacity[node]!) node = nodeParent[node]!;
    return node;
  }

  private cellOf(w: number): string {
    return `${this.market.wishPosition[w]!}/${this.reserveOf(w)}`;
  }

  private reserveOf(w: number): number {
    const groups = this.market.reserves.wishGroups![w]!;
    return groups === 0 ? -1 : 31 - Math.clz32(groups & -groups);
  }

  private seatsOf(w: number): number {
    const reserve = this.reserveOf(w);
    return reserve < 0 ? 0 : this.market.reserves.seats[this.market.reserves.start[this.market.wishPosition[w]!]! + reserve]!;
  }

  private groupOf(w: number): string {
    return this.market.reserves.groups[this.market.reserves.start[this.market.wishPosition[w]!]! + this.reserveOf(w)]!;
  }
}
