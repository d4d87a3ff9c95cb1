// Stable matching: the kernel against C and plain typed arrays in the same run, end to end from string ids, the independent check, an explanation for every student;
// levels of caps and reserves; the call order; a region's round; CSV folders; memory. `--million` adds the largest, `--only NAME` runs one part.
import { deferredAcceptance, explainer, marketOf, solve, verifyMarket, type Instance, type Matching, type OneLevel } from '@tandem/stable-matching';
import { baseline, peer, plain, type Baseline } from './matching/baseline.js';
import { compareCallOrders } from './matching/call-order.js';
import { measureFolder } from './matching/folder.js';
import { random, withIds, type Size } from './matching/instance.js';
import { compareLevels } from './matching/levels.js';
import { measureMemory } from './matching/memory.js';
import { measureRound } from './matching/round.js';
import { isQuick, median, ratios, Report, short, spread, table } from './report.js';

const ROUNDS = isQuick ? 1 : 3;
const WARM_UP = isQuick ? 1 : 5;
const SEED = 20_261_125;
const MILLION = 1_000_000;
const sizes: readonly Size[] = isQuick
  ? [{ applicants: 1_000, positions: 100, fill: 1 }]
  : [
      { applicants: 1_000, positions: 10, fill: 1 }, { applicants: 1_000, positions: 100, fill: 1 },
      { applicants: 10_000, positions: 100, fill: 1 }, { applicants: 10_000, positions: 1_000, fill: 1 }, { applicants: 10_000, positions: 500, fill: 0.7 },
      { applicants: 100_000, positions: 1_000, fill: 1 }, { applicants: 100_000, positions: 10_000, fill: 1 }, { applicants: 100_000, positions: 5_000, fill: 0.7 },
      ...(process.argv.includes('--million') ? [{ applicants: MILLION, positions: 100_000, fill: 1 }, { applicants: MILLION, positions: 50_000, fill: 0.7 }] : []),
    ];
/** Small instances run often enough to be seen by the clock. */
const runsOf = ({ applicants }: Size): number => Math.max(1, Math.min(200, Math.floor(1_000_000 / applicants)));

interface Figures {
  readonly kernel: number[];
  readonly base: number[];
  /** Typed arrays without any art; not at a million. */
  readonly plain: number[];
  readonly whole: number[];
  readonly check: number[];
  readonly explain: number[];
}

const report = new Report('Stable matching, milliseconds');
const isMillion = process.argv.includes('--million');
const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1] : null;
const bySize = (applicants: number, positions: number): Size => (isQuick ? { applicants: 500, positions: 50, fill: 1 } : { applicants, positions, fill: 1 });
const parts: Readonly<Record<string, () => void>> = {
  kernel: compareKernels,
  levels: () => compareLevels(report, isQuick ? [bySize(0, 0)] : [bySize(1_000, 100), bySize(10_000, 1_000), bySize(100_000, 10_000), ...(isMillion ? [bySize(MILLION, 100_000)] : [])], { rounds: ROUNDS, seed: SEED }),
  'call-order': () => compareCallOrders(report, isQuick ? 1_000 : MILLION, SEED),
  round: () => measureRound(report, { rounds: ROUNDS, seed: SEED }),
  csv: () => {
    measureFolder(report, bySize(100_000, 10_000), { rounds: ROUNDS, seed: SEED, goal: isQuick ? null : 3 });
    if (isMillion) measureFolder(report, bySize(MILLION, 100_000), { rounds: 1, seed: SEED, goal: null });
  },
  memory: () => measureMemory(report, isMillion ? bySize(MILLION, 100_000) : bySize(100_000, 10_000), SEED),
  peer: comparePeer,
};
for (const [name, part] of Object.entries(parts)) if (only === null || only === name) part();
report.end();

function compareKernels(): void {
  const beside = baseline();
  const rows: string[][] = [];
  for (const size of sizes) {
    const { kernel, base, plain: simple, whole, check, explain } = measure(size, beside);
    const name = `${size.applicants} x ${size.positions}, fill ${size.fill}`;
    rows.push([name, spread(base), spread(simple), spread(kernel), spread(whole), spread(check), spread(explain)]);
    if (size.applicants >= 10_000) report.goal(`kernel, ${name}`, ratios(kernel, base), '<=', size.applicants >= 100_000 ? 1.5 : 2);
    report.goal(`check of the whole, ${name}`, ratios(check, whole), '<=', 0.15);
    report.goal(`explanations of the whole, ${name}`, ratios(explain, whole), '<=', 1);
    if (size.applicants === MILLION) report.goal(`seconds end to end, ${name}`, whole.map((ms) => ms / 1_000), '<=', 5);
  }
  beside.close();
  console.log(`\nmin/median/max over ${ROUNDS} interleaved rounds; beside: ${beside.name}`);
  table(['applicants x positions', beside.name, 'plain arrays', 'kernel', 'end to end', 'check', 'explain all'], rows);
}

function measure(size: Size, beside: Baseline): Figures {
  const level = random(size, SEED);
  const instance = withIds(level);
  const figures: Figures = { kernel: [], base: [], plain: [], whole: [], check: [], explain: [] };
  const runs = runsOf(size);
  for (let run = 0; run < WARM_UP; run += 1) deferredAcceptance(level);
  if (size.applicants < MILLION) for (let run = 0; run < WARM_UP; run += 1) once(instance);
  for (let round = 0; round < ROUNDS; round += 1) {
    const other = beside.run(level, WARM_UP + runs);
    figures.base.push(median(other.times.slice(WARM_UP)));
    if (size.applicants < MILLION) figures.plain.push(median(plain(level, Math.min(5, runs)).times));
    const times: number[] = [];
    let own: Int32Array = new Int32Array(0);
    for (let run = 0; run < runs; run += 1) times.push(timed(() => { own = deferredAcceptance(level); }));
    figures.kernel.push(median(times));
    const wholes = Array.from({ length: Math.min(5, runs) }, () => once(instance));
    for (const name of ['whole', 'check', 'explain'] as const) figures[name].push(median(wholes.map((each) => each[name])));
    report.check(`${size.applicants}: the same matching as ${beside.name}`, own.findIndex((p, a) => p !== other.positions[a]), -1);
    report.check(`${size.applicants}: the same end to end`, differences(instance, wholes[0]!.matching, own), 0);
    report.check(`${size.applicants}: violations`, wholes[0]!.violations, 0);
  }
  return figures;
}

function once(instance: Instance): { whole: number; check: number; explain: number; matching: Matching; violations: number } {
  let matching: Matching | null = null;
  const whole = timed(() => { matching = solve(instance); });
  const found = matching!;
  const market = marketOf(instance);
  let violations = -1;
  const check = timed(() => { violations = verifyMarket(market, found.assignments).length; });
  const explain = timed(() => {
    const why = explainer(market, found);
    for (const { id } of instance.applicants) why(id);
  });
  return { whole, check, explain, matching: found, violations };
}

function timed(work: () => void): number {
  const started = performance.now();
  work();
  return performance.now() - started;
}

function differences({ applicants, positions }: Instance, { assignments }: Matching, own: Int32Array): number {
  return applicants.filter(({ id }, a) => assignments[id] !== (own[a]! < 0 ? null : positions[own[a]!]!.id)).length;
}

function comparePeer(): void {
  const size = isQuick ? { applicants: 100, positions: 10, fill: 1 } : { applicants: 10_000, positions: 1_000, fill: 1 };
  const instance = withIds(random(size, SEED));
  const found = peer({
    residents: Object.fromEntries(instance.applicants.map(({ id, preferences }) => [id, preferences])),
    hospitals: Object.fromEntries(instance.positions.map(({ id, priorities }) => [id, priorities])),
    capacities: Object.fromEntries(instance.positions.map(({ id, capacity }) => [id, capacity])),
  });
  if (!found) {
    console.log('\nPyPI matching: skipped, this Python does not have it (TANDEM_PYTHON names another)');
    return;
  }
  const level: OneLevel = random(size, SEED);
  const kernel = Array.from({ length: 20 }, () => timed(() => void deferredAcceptance(level)));
  const whole = Array.from({ length: 5 }, () => timed(() => void solve(instance)));
  const { assignments } = solve(instance);
  report.check('PyPI matching: the same matching', instance.applicants.filter(({ id }) => (assignments[id] ?? undefined) !== found.placed[id]).length, 0);
  console.log(`\nPyPI matching, ${size.applicants}: build ${short(found.build)} ms, solve ${short(found.solve)} ms`);
  report.goal('PyPI solve by our kernel', [found.solve / median(kernel)], '>=', 400);
  report.goal('PyPI build and solve by ours end to end', [(found.build + found.solve) / median(whole)], '>=', 500);
}
