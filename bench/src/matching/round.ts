// What the library does in a region's round: read, match, verify, explain to each student and position, and to the coordinator what would help.
import { explainer, marketOf, nearestChangesIn, positionExplainer, solveMarket, verifyMarket, type Instance, type Matching, type NearestChange } from '@tandem/stable-matching';
import { isQuick, median, short, spread, table, type Report } from '../report.js';
import { random, randomNumbers, withIds } from './instance.js';

const SIZE = isQuick ? { applicants: 500, positions: 50, fill: 0.9 } : { applicants: 20_000, positions: 2_000, fill: 0.9 };
const POSITIONS_OF_HOST = 5;

export function measureRound(report: Report, { rounds, seed }: { rounds: number; seed: number }): void {
  const instance = region(seed);
  const times: Record<string, number[]> = {};
  const timed = <T>(name: string, work: () => T): T => {
    const started = performance.now();
    const done = work();
    (times[name] ??= []).push(performance.now() - started);
    return done;
  };
  let found: { matching: Matching; changes: readonly NearestChange[] } | null = null;
  for (let round = 0; round < rounds; round += 1) {
    const market = timed('orders', () => marketOf(instance));
    const matching = timed('matching', () => solveMarket(market));
    const violations = timed('verification', () => verifyMarket(market, matching.assignments, matching.digest));
    report.check('violations in the round', violations.length, 0);
    timed('explanations to students', () => {
      const why = explainer(market, matching);
      for (const { id } of instance.applicants) why(id);
    });
    timed('explanations to positions', () => {
      const of = positionExplainer(market, matching);
      for (const { id } of instance.positions) of(id);
    });
    found = { matching, changes: timed('nearest changes', () => nearestChangesIn(market)) };
  }
  const { matching, changes } = found!;
  const unplaced = Object.keys(matching.unassigned).length;
  console.log(`\na round of ${SIZE.applicants} students, ${SIZE.positions} positions under enterprises with caps, reserves, ties: ${unplaced} without a place, of whom a seat more would place ${changes.filter(({ seats }) => seats).length} and a longer list ${changes.filter(({ listing }) => listing).length}; milliseconds`);
  table(['step', 'min/median/max'], Object.entries(times).map(([name, each]) => [name, spread(each)]));
  const all = Object.values(times).map(median).reduce((sum, ms) => sum + ms, 0);
  console.log(`in all ${short(all)} ms`);
  report.goal('seconds of the library in a round of 20,000', [all / 1_000], '<=', 3);
}

/** Positions accept those who list them and as many others; enterprises have nine tenths of the seats of their positions, and one order for all. */
function region(seed: number): Instance {
  const draw = randomNumbers(seed);
  const { applicants, positions } = withIds(random(SIZE, seed));
  const hosts = Array.from({ length: Math.ceil(positions.length / POSITIONS_OF_HOST) }, (_, h) => {
    const own = positions.slice(h * POSITIONS_OF_HOST, (h + 1) * POSITIONS_OF_HOST);
    const listed = own.flatMap(({ priorities = [] }) => priorities.flat());
    const others = listed.map(() => applicants[Math.floor(draw() * applicants.length)]!.id);
    const people = [...new Set([...listed, ...others])].map((id) => ({ id, points: Math.floor(100 * draw()) })).sort((x, y) => y.points - x.points);
    const tied: string[][] = [];
    for (const [n, { id, points }] of people.entries()) {
      if (n > 0 && people[n - 1]!.points === points) tied.at(-1)!.push(id);
      else tied.push([id]);
    }
    return { id: `enterprise-${h}`, capacity: Math.max(1, Math.floor(0.9 * own.reduce((sum, { capacity }) => sum + capacity, 0))), priorities: tied };
  });
  return {
    applicants: applicants.map((applicant) => ({ ...applicant, groups: draw() < 0.2 ? ['rural'] : [] })),
    positions: positions.map(({ id, capacity }, p) => ({ id, capacity, host: hosts[Math.floor(p / POSITIONS_OF_HOST)]!.id, reserves: capacity >= 5 ? [{ group: 'rural', seats: Math.floor(capacity / 5) }] : [] })),
    hosts,
    seed: String(seed),
  };
}
