// How many could be placed at all, were nobody's order asked: what no rule for priorities can exceed, and only more seats or longer lists can.
import type { Instance } from '../instance/instance.js';
import { marketOf, type Market } from '../instance/market.js';
import { assign } from '../solver/solve.js';

/** The most applicants who can sit at acceptable wishes at once, every cap kept. Exact: a maximum flow from applicants through positions up the trees of caps. */
export function mostPlaced(instance: Instance): number {
  return mostPlacedIn(marketOf(instance));
}

/** The same for an instance that was read before. Starts from the stable matching, which is at least half of it and mostly nearly all. */
export function mostPlacedIn(market: Market): number {
  const flow = new Flow(market, assign(market));
  while (flow.phase() > 0);
  return flow.placed();
}

const NONE = -1;

/** Things that a path visits are numbered: nodes of the market first, then applicants. */
class Flow {
  /** By applicant the position, or -1. */
  private readonly at: Int32Array;
  private readonly count: Int32Array;
  private readonly children: number[][];
  private readonly holders: Set<number>[];
  private readonly from: Int32Array;
  private readonly visited: Uint8Array;
  private readonly nodes: number;

  constructor(
    private readonly market: Market,
    assigned: Int32Array,
  ) {
    const { nodeParent, nodeCapacity, positions, applicants } = market;
    this.nodes = nodeCapacity.length;
    this.at = assigned.slice();
    this.count = new Int32Array(this.nodes);
    this.children = Array.from(nodeCapacity, () => []);
    for (let n = 0; n < this.nodes; n += 1) if (nodeParent[n]! >= 0) this.children[nodeParent[n]!]!.push(n);
    this.holders = positions.map(() => new Set());
    for (const [a, p] of assigned.entries()) {
      if (p < 0) continue;
      this.holders[p]!.add(a);
      for (let n = p; n >= 0; n = nodeParent[n]!) this.count[n]! += 1;
    }
    this.from = new Int32Array(this.nodes + applicants.length);
    this.visited = new Uint8Array(this.from.length);
  }

  placed(): number {
    return this.at.reduce((sum, p) => sum + (p >= 0 ? 1 : 0), 0);
  }

  /** One search for each applicant without a seat, none of which visits what another one has; how many found one. When none does, there is no more. */
  phase(): number {
    this.visited.fill(0);
    let found = 0;
    for (let a = 0; a < this.at.length; a += 1) if (this.at[a]! < 0 && this.search(a)) found += 1;
    return found;
  }

  private search(asker: number): boolean {
    const queue = [this.nodes + asker];
    this.from[this.nodes + asker] = NONE;
    for (let n = 0; n < queue.length; n += 1) {
      const here = queue[n]!;
      if (here < this.nodes && this.hasRoom(here) && this.market.nodeParent[here]! < 0) {
        this.shift(here);
        return true;
      }
      for (const next of this.onward(here)) {
        if (this.visited[next]) continue;
        this.visited[next] = 1;
        this.from[next] = here;
        queue.push(next);
      }
    }
    return false;
  }

  private hasRoom(node: number): boolean {
    return this.count[node]! < this.market.nodeCapacity[node]!;
  }

  /** An applicant asks any acceptable wish; a seat too many at a node goes up if there is room, or pushes out somebody below. */
  private *onward(here: number): Generator<number> {
    const { wishStart, wishPosition, wishRank, nodeParent, positions } = this.market;
    if (here >= this.nodes) {
      const a = here - this.nodes;
      for (let w = wishStart[a]!; w < wishStart[a + 1]!; w += 1) if (wishRank[w]! >= 0 && wishPosition[w] !== this.at[a]) yield wishPosition[w]!;
      return;
    }
    if (this.hasRoom(here) && nodeParent[here]! >= 0) yield nodeParent[here]!;
    if (here < positions.length) for (const a of this.holders[here]!) yield this.nodes + a;
    for (const child of this.children[here]!) if (this.count[child]! > 0) yield child;
  }

  /** Along the path back from a root: a step up fills a seat of the node below, a step down frees one, and applicants move to where they asked. */
  private shift(root: number): void {
    const { nodeParent } = this.market;
    this.count[root]! += 1;
    for (let here = root; this.from[here] !== NONE; here = this.from[here]!) {
      const before = this.from[here]!;
      if (before >= this.nodes) {
        this.at[before - this.nodes] = here;
        this.holders[here]!.add(before - this.nodes);
      } else if (here >= this.nodes) this.holders[before]!.delete(here - this.nodes);
      else if (nodeParent[before] === here) this.count[before]! += 1;
      else this.count[here]! -= 1;
    }
  }
}
