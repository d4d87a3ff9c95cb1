// Solver, checker and guarantees against the definition, on random instances small enough to try everything. MATCHING_RUNS=10000 goes deep.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Refused, type Applicant, type Assignments, type Instance, type Priorities } from '../instance/instance.js';
import { solveHostOptimal } from '../solver/host-optimal.js';
import { solve } from '../solver/solve.js';
import { verify } from '../checker/verify.js';
import { combinations, instanceOf, type Combination, type Size } from './instances.test-support.js';
import { Oracle, pairsIn } from './oracle.test-support.js';

const numRuns = Number(process.env['MATCHING_RUNS'] ?? 200);
const MINUTES = 60_000;
const timeout = Math.max(2, numRuns / 100) * MINUTES;
const CHECKED_ONE_BY_ONE = 100;

/** Runs on instances that are admitted; a draw that is refused by name does not count. */
function each(combination: Combination, claim: (instance: Instance, solved: Assignments) => void, size?: Size): void {
  fc.assert(
    fc.property(fc.gen(), (draw) => {
      const instance = instanceOf(draw, combination, size);
      const solved = admitted(instance);
      fc.pre(solved !== null);
      claim(instance, solved);
    }),
    { numRuns, maxSkipsPerRun: 1_000 },
  );
}

function admitted(instance: Instance): Assignments | null {
  try {
    return solve(instance).assignments;
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}

describe.each(combinations)('combination %s', (combination) => {
  it('has a stable matching, and the solver finds the one that is best for every applicant', () => {
    each(combination, (instance, solved) => {
      const oracle = new Oracle(instance);
      expect(solved).toEqual(oracle.best(oracle.stableMatchings()));
    });
  }, timeout);

  it('is checked right: whatever assignment, the checker objects exactly if it is not stable', () => {
    each(combination, (instance) => {
      const oracle = new Oracle(instance);
      const all = oracle.matchings();
      const step = Math.ceil(all.length / CHECKED_ONE_BY_ONE);
      const some = all.filter((_, n) => n % step === 0);
      expect(some.filter((assignments) => (verify(instance, assignments).length === 0) !== oracle.isStable(assignments))).toEqual([]);
    });
  }, timeout);

  it('gains nobody anything by another list than the true one', () => {
    each(combination, (instance, solved) => {
      const oracle = new Oracle(instance);
      const lists = listsOver(instance.positions.map((position) => position.id));
      const lies = instance.applicants.flatMap(({ id }) => lists.map((preferences) => ({ id, preferences })));
      const lied = (lie: Applicant): Instance => ({ ...instance, applicants: instance.applicants.map((applicant) => (applicant.id === lie.id ? { ...applicant, ...lie } : applicant)) });
      expect(lies.filter((lie) => oracle.prefers(lie.id, solve(lied(lie)).assignments[lie.id]!, solved[lie.id]!))).toEqual([]);
    }, { applicants: 4, positions: 3 });
  }, timeout);

  it('places the same applicants, and fills as many seats of each tree, in every stable matching', () => {
    each(combination, (instance, solved) => {
      const oracle = new Oracle(instance);
      for (const stable of oracle.stableMatchings()) {
        expect(placed(stable)).toEqual(placed(solved));
        for (const tree of oracle.trees) expect(pairsIn(tree, stable).length).toBe(pairsIn(tree, solved).length);
      }
    });
  }, timeout);

  it('lets no group block together what no pair blocks', () => {
    each(combination, (instance) => {
      const oracle = new Oracle(instance);
      expect(oracle.stableMatchings().filter((stable) => !oracle.isGroupStable(stable))).toEqual([]);
    }, { applicants: 4, positions: 3 });
  }, timeout);

  it('hurts nobody by one seat more at a position on its own, or at a topmost host that still binds', () => {
    each(combination, (instance, solved) => {
      const oracle = new Oracle(instance);
      for (const more of withOneSeat(instance, oracle)) {
        const after = solve(more).assignments;
        expect(instance.applicants.filter(({ id }) => oracle.prefers(id, solved[id]!, after[id]!))).toEqual([]);
      }
    });
  }, timeout);
});

it.each(combinations)('the digest is the same in whatever order applicants, positions, hosts and those who tie come (%s)', (combination) => {
  each(combination, (instance) => {
    expect(solve(turnedRound(instance)).digest).toBe(solve(instance).digest);
  });
}, timeout);

it('the host-optimal variant for one level is stable, and no stable matching is worse for anybody', () => {
  each('A lists', (instance) => {
    const oracle = new Oracle(instance);
    fc.pre(oracle.trees.every(({ root }) => !root));
    const { assignments } = solveHostOptimal(instance);
    const stable = oracle.stableMatchings();
    expect(stable).toContainEqual(assignments);
    expect(stable.filter((other) => instance.applicants.some(({ id }) => oracle.prefers(id, assignments[id]!, other[id]!)))).toEqual([]);
  });
}, timeout);

function turnedRound({ applicants, positions, hosts = [], ...rest }: Instance): Instance {
  const turned = <T extends { readonly priorities?: Priorities; readonly scores?: Readonly<Record<string, number>> }>(entries: readonly T[]): T[] =>
    entries.toReversed().map((entry) => ({
      ...entry,
      ...(entry.priorities && { priorities: entry.priorities.map((each) => (typeof each === 'string' ? each : each.toReversed())) }),
      ...(entry.scores && { scores: Object.fromEntries(Object.entries(entry.scores).reverse()) }),
    }));
  return { ...rest, applicants: applicants.toReversed(), positions: turned(positions), hosts: turned(hosts) };
}

function placed(assignments: Assignments): string[] {
  return Object.keys(assignments).filter((id) => assignments[id] !== null).sort();
}

function listsOver(positions: readonly string[]): string[][] {
  return [[], ...positions.flatMap((first) => listsOver(positions.filter((other) => other !== first)).map((rest) => [first, ...rest]))];
}

/** Under a binding host a seat more at one position can cost another position its share of the cap: there theory promises nothing. */
function withOneSeat(instance: Instance, oracle: Oracle): Instance[] {
  const alone = oracle.trees.filter(({ root, positions }) => !root && !positions[0]!.host).map(({ positions }) => positions[0]!.id);
  const roots = oracle.trees.flatMap(({ root }) => (root ? [root.id] : []));
  const byPosition = alone.map((id) => ({ ...instance, positions: instance.positions.map((position) => (position.id === id ? { ...position, capacity: position.capacity + 1 } : position)) }));
  const byHost = roots.map((id) => ({ ...instance, hosts: instance.hosts!.map((host) => (host.id === id ? { ...host, capacity: host.capacity + 1 } : host)) }));
  const isSameTree = (more: Instance): boolean => new Oracle(more).trees.map(({ root }) => root?.id).join() === oracle.trees.map(({ root }) => root?.id).join();
  return [...byPosition, ...byHost.filter(isSameTree)];
}
