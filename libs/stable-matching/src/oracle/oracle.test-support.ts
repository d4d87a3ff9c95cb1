// Stability by its definition and by trying everything: every subset for a choice, every matching for the best one. For a handful of applicants.
import type { Assignments, Instance, Position } from '../instance/instance.js';
import { Rules, type Pair, type Tree } from './order.test-support.js';

export class Oracle {
  private readonly rules: Rules;
  private readonly byId: ReadonlyMap<string, Position>;
  readonly trees: readonly Tree[];

  constructor(private readonly instance: Instance) {
    this.rules = new Rules(instance);
    this.byId = new Map(instance.positions.map((position) => [position.id, position]));
    this.trees = this.rules.trees();
  }

  stableMatchings(): Assignments[] {
    return this.matchings().filter((assignments) => this.isStable(assignments));
  }

  /** Every way to give each applicant one acceptable wish or none. */
  matchings(): Assignments[] {
    let all: Record<string, string | null>[] = [{}];
    for (const { id } of this.instance.applicants) {
      const options = [null, ...this.wishes(id)];
      all = all.flatMap((partial) => options.filter((p) => p === null || Object.values(partial).filter((q) => q === p).length < this.position(p).capacity).map((p) => ({ ...partial, [id]: p })));
    }
    return all;
  }

  /** Over all assignments that keep the caps, stable or not. */
  mostPlaced(): number {
    return Math.max(...this.matchings().filter((assignments) => this.keepsCaps(assignments)).map((assignments) => Object.values(assignments).filter((p) => p !== null).length));
  }

  /** The one that is at least as good as each other one for everybody, if there is one. */
  best(stable: readonly Assignments[]): Assignments | undefined {
    return stable.find((mine) => stable.every((other) => this.instance.applicants.every(({ id }) => !this.prefers(id, other[id] ?? null, mine[id] ?? null))));
  }

  isStable(assignments: Assignments): boolean {
    if (!this.keepsCaps(assignments)) return false;
    return this.trees.every((tree) => {
      const matched = pairsIn(tree, assignments);
      return this.choice(tree, matched).length === matched.length && this.wanted(tree, assignments).every((pair) => !holds(this.choice(tree, [...matched, pair]), pair));
    });
  }

  /** No set of pairs, one for each of several applicants, that its tree would take all together. */
  isGroupStable(assignments: Assignments): boolean {
    return this.trees.every((tree) => {
      const matched = pairsIn(tree, assignments);
      const coalitions = subsets(this.wanted(tree, assignments)).filter((set) => set.length > 0 && new Set(set.map(({ applicant }) => applicant)).size === set.length);
      return coalitions.every((set) => {
        const chosen = this.choice(tree, [...matched, ...set]);
        return !set.every((pair) => holds(chosen, pair));
      });
    });
  }

  prefers(applicant: string, one: string | null, other: string | null): boolean {
    // What is not on the list is worse than nothing.
    const cost = (position: string | null): number => (position === null ? 1_000 : this.rules.wish({ applicant, position }) < 0 ? 2_000 : this.rules.wish({ applicant, position }));
    return cost(one) < cost(other);
  }

  private keepsCaps(assignments: Assignments): boolean {
    const seated = Object.values(assignments).filter((p) => p !== null).map((p) => this.position(p));
    const positionsKeep = this.instance.positions.every((position) => seated.filter((each) => each === position).length <= position.capacity);
    return positionsKeep && (this.instance.hosts ?? []).every((host) => seated.filter((each) => this.rules.hostsAbove(each).includes(host)).length <= host.capacity);
  }

  private wanted(tree: Tree, assignments: Assignments): Pair[] {
    return this.instance.applicants.flatMap(({ id }) =>
      this.wishes(id).filter((p) => tree.positions.some((position) => position.id === p) && this.prefers(id, p, assignments[id] ?? null)).map((position) => ({ applicant: id, position })));
  }

  private wishes(id: string): string[] {
    return this.instance.applicants.find((applicant) => applicant.id === id)!.preferences.filter((p) => this.rules.accepted(this.position(p)).includes(id));
  }

  private position(id: string): Position {
    return this.byId.get(id)!;
  }

  choice(tree: Tree, pairs: readonly Pair[]): Pair[] {
    const best = [...pairs].sort(tree.compare);
    const reserves = tree.positions.flatMap((position) => position.reserves ?? []);
    if (reserves.length === 0) return this.greedy(tree, best);
    if (!tree.root && this.overlaps(tree.positions[0]!)) return this.inTurn(tree.positions[0]!, best);
    return this.mostReserved(tree, best);
  }

  /** Without reserves: from best to worst, each that breaks no cap on its path. */
  private greedy(tree: Tree, best: readonly Pair[]): Pair[] {
    const taken: Pair[] = [];
    for (const pair of best) if (this.isFeasible(tree, [...taken, pair])) taken.push(pair);
    return taken;
  }

  /** The feasible set that fills most reserved seats and, among those, is best by the order. */
  private mostReserved(tree: Tree, best: readonly Pair[]): Pair[] {
    const feasible = subsets(best).filter((set) => this.isFeasible(tree, set));
    const most = Math.max(...feasible.map((set) => this.filled(tree, set)));
    const rest = feasible.filter((set) => this.filled(tree, set) === most);
    return rest.reduce((one, other) => (isBetter(other, one, best) ? other : one));
  }

  private filled(tree: Tree, set: readonly Pair[]): number {
    return tree.positions.flatMap(({ id, reserves = [] }) => reserves.map(({ group, seats }) => Math.min(seats, set.filter((pair) => pair.position === id && this.belongs(pair.applicant, group)).length))).reduce((sum, each) => sum + each, 0);
  }

  private inTurn({ capacity, reserves = [] }: Position, best: readonly Pair[]): Pair[] {
    const taken: Pair[] = [];
    for (const { group, seats } of reserves) {
      const members = best.filter((pair) => !taken.includes(pair) && this.belongs(pair.applicant, group));
      taken.push(...members.slice(0, Math.min(seats, capacity - taken.length)));
    }
    return [...taken, ...best.filter((pair) => !taken.includes(pair)).slice(0, capacity - taken.length)];
  }

  private overlaps(position: Position): boolean {
    return this.rules.accepted(position).some((id) => (position.reserves ?? []).filter(({ group }) => this.belongs(id, group)).length > 1);
  }

  private belongs(applicant: string, group: string): boolean {
    return this.instance.applicants.find(({ id }) => id === applicant)!.groups?.includes(group) ?? false;
  }

  private isFeasible(tree: Tree, set: readonly Pair[]): boolean {
    const count = (inside: (position: Position) => boolean): number => set.filter(({ position }) => inside(this.position(position))).length;
    const hosts = tree.root ? (this.instance.hosts ?? []) : [];
    return tree.positions.every((position) => count((each) => each === position) <= position.capacity) && hosts.every((host) => count((each) => this.rules.hostsAbove(each).includes(host)) <= host.capacity);
  }
}

export function pairsIn(tree: Tree, assignments: Assignments): Pair[] {
  return Object.entries(assignments).flatMap(([applicant, position]) => (position !== null && tree.positions.some(({ id }) => id === position) ? [{ applicant, position }] : []));
}

function holds(pairs: readonly Pair[], { applicant, position }: Pair): boolean {
  return pairs.some((pair) => pair.applicant === applicant && pair.position === position);
}

function subsets<T>(items: readonly T[]): T[][] {
  return items.reduce<T[][]>((sets, item) => [...sets, ...sets.map((set) => [...set, item])], [[]]);
}

/** Whoever has the best pair that the other one lacks. */
function isBetter(one: readonly Pair[], other: readonly Pair[], best: readonly Pair[]): boolean {
  const difference = best.find((pair) => one.includes(pair) !== other.includes(pair));
  return difference !== undefined && one.includes(difference);
}
