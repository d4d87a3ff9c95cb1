// An instance in dense integers: what the solver, the checker and the explanations all read. Ids become numbers once, here, because looking strings up costs ten times the matching itself.
import { forestOf, type Forest } from './forest.js';
import { Refused, type Instance } from './instance.js';
import { Lottery } from './lottery.js';
import { numbersOf } from './numbers.js';
import { ranksOf } from './orders.js';
import { reservesOf, type Reserves } from './reserves.js';
import { refuseUnsupported } from './unsupported.js';

/** Applicants, positions and wishes are numbered as they come in the instance; nodes are the positions and, behind them, the hosts whose cap can bind. */
export interface Market {
  readonly instance: Instance;
  readonly applicants: readonly string[];
  readonly positions: readonly string[];
  readonly applicantAt: ReadonlyMap<string, number>;
  readonly positionAt: ReadonlyMap<string, number>;
  readonly forest: Forest;
  /** Wishes of applicant a: wishStart[a] to wishStart[a + 1]. */
  readonly wishStart: Int32Array;
  readonly wishPosition: Int32Array;
  /** Of the pair in the one order of its tree, 0 or more, smaller is better; -1 where the position does not accept the applicant. */
  readonly wishRank: Int32Array;
  /** Places in the order of position p, if it is a tree of its own: orderStart[p + 1] - orderStart[p]. */
  readonly orderStart: Int32Array;
  readonly nodeCapacity: Int32Array;
  /** The nearest binding host above, -1 at a root. */
  readonly nodeParent: Int32Array;
  readonly reserves: Reserves;
  /** What was drawn so far. */
  readonly lottery: Lottery;
}

/** What is known before any order is. */
export interface Wishes {
  readonly wishStart: Int32Array;
  readonly wishPosition: Int32Array;
  readonly wishApplicant: Int32Array;
  /** Wishes for position p: wishAt[atStart[p]] to wishAt[atStart[p + 1]]. */
  readonly atStart: Int32Array;
  readonly wishAt: Int32Array;
}

/**
 * Reads an instance that holds no dirt (`readInstance` removes it). Refused by name: unknown or repeated ids, bad numbers, and each form that model.md
 * section 7 does not accept, with the reason. `lottery`: of another market of the same seed, so that nothing is drawn twice.
 */
export function marketOf(instance: Instance, lottery = new Lottery(instance.seed ?? '')): Market {
  // The reader has asked that of its own.
  if (!numbersOf(instance)) refuseUnsupported({ ...instance }, instance.hosts ?? []);
  const applicants = instance.applicants.map(({ id }) => id);
  const positions = instance.positions.map(({ id }) => id);
  const applicantAt = numbered(applicants, 'applicant');
  const positionAt = numbered(positions, 'position');
  const forest = forestOf(instance);
  const wishes = wishesOf(instance, positionAt);
  const { wishRank, orderStart, accepted } = ranksOf({ instance, applicants, applicantAt, forest, wishes, lottery });
  const reserves = reservesOf(instance, { forest, wishes, accepted });
  return { instance, applicants, positions, applicantAt, positionAt, forest, ...wishes, wishRank, orderStart, ...nodesOf(instance, forest), reserves, lottery };
}

function numbered(ids: readonly string[], what: string): Map<string, number> {
  const at = new Map<string, number>();
  for (const [n, id] of ids.entries()) {
    if (typeof id !== 'string' || id === '') throw new Refused('instance.bad_value', { [what]: id });
    at.set(id, n);
  }
  if (at.size < ids.length) throw new Refused('instance.repeated', { [what]: ids.find((id, n) => at.get(id) !== n) });
  return at;
}

function wishesOf(instance: Instance, positionAt: ReadonlyMap<string, number>): Wishes {
  const { applicants, positions } = instance;
  const wishStart = new Int32Array(applicants.length + 1);
  for (let a = 0; a < applicants.length; a += 1) wishStart[a + 1] = wishStart[a]! + applicants[a]!.preferences.length;
  const wishPosition = numbersOf(instance)?.wishPosition ?? lookedUp(instance, positionAt, wishStart[applicants.length]!);
  const wishApplicant = new Int32Array(wishPosition.length);
  for (let a = 0; a < applicants.length; a += 1) wishApplicant.fill(a, wishStart[a], wishStart[a + 1]);
  const atStart = new Int32Array(positions.length + 1);
  for (let w = 0; w < wishPosition.length; w += 1) atStart[wishPosition[w]! + 1]! += 1;
  for (let p = 0; p < positions.length; p += 1) atStart[p + 1]! += atStart[p]!;
  const filled = atStart.slice();
  const wishAt = new Int32Array(wishPosition.length);
  for (let w = 0; w < wishPosition.length; w += 1) {
    const p = wishPosition[w]!;
    wishAt[filled[p]!] = w;
    filled[p]! += 1;
  }
  return { wishStart, wishPosition, wishApplicant, atStart, wishAt };
}

function lookedUp({ applicants, positions }: Instance, positionAt: ReadonlyMap<string, number>, total: number): Int32Array {
  const wishPosition = new Int32Array(total);
  const lastListed = new Int32Array(positions.length).fill(-1);
  let w = 0;
  for (let a = 0; a < applicants.length; a += 1) {
    for (const id of applicants[a]!.preferences) {
      const p = positionAt.get(id);
      if (p === undefined) throw new Refused('instance.unknown_id', { applicant: applicants[a]!.id, position: id });
      if (lastListed[p] === a) throw new Refused('instance.repeated', { applicant: applicants[a]!.id, position: id });
      lastListed[p] = a;
      wishPosition[w] = p;
      w += 1;
    }
  }
  return wishPosition;
}

function nodesOf({ positions }: Instance, forest: Forest): Pick<Market, 'nodeCapacity' | 'nodeParent'> {
  const { binding, nodeOfHost } = forest;
  const nodeCapacity = Int32Array.from([...positions, ...binding.map((h) => forest.hosts[h]!)], ({ capacity }) => capacity);
  const above = (h: number): number => {
    for (let host = h; host >= 0; host = forest.hostParent[host]!) if (nodeOfHost[host]! >= 0) return nodeOfHost[host]!;
    return -1;
  };
  const nodeParent = Int32Array.from([...positions.map((_, p) => above(forest.positionHost[p]!)), ...binding.map((h) => above(forest.hostParent[h]!))]);
  return { nodeCapacity, nodeParent };
}
