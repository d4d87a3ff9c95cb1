// The region's story, driven over GraphQL alone as its roles would: from a published demand to a retained graduate.
import { ensureSampleRegion, sample, sampleEnterprises } from '../sample/region.js';
import { publishDemand } from './demand.js';
import { documents } from './documents.js';
import { runRound, type RoundTold } from './round.js';
import { enrolEverybody } from './schooling.js';
import { Stage, type Step } from './stage.js';
import { othersSeeNothing, readTotals, type Totals } from './totals.js';
import { assess, finish, follow, passGates, work } from './work.js';

export interface Figures {
  readonly indicator: string;
  readonly rate: string;
  readonly denominator: string;
  readonly suppressed: number;
}

export interface Story {
  readonly steps: readonly Step[];
  readonly round: RoundTold;
  readonly summary: Readonly<Record<'seats' | 'matched' | 'refilled' | 'placed' | 'earlyLeavers' | 'converted' | 'retained' | 'suppressedCells', number>>;
  readonly figures: readonly Figures[];
  readonly totals: Totals;
  readonly operations: { readonly count: number; readonly p50Ms: number; readonly p99Ms: number };
  readonly seconds: number;
}

export interface Telling {
  readonly url: string;
  readonly home: string;
  readonly students?: number;
  readonly onStep?: (step: Step) => void;
}

export async function tellStory({ url, home, students = 1_200, onStep = () => undefined }: Telling): Promise<Story> {
  const started = performance.now();
  const stage = new Stage(url, home, `T${Date.now().toString(36)}`, onStep);
  await stage.readClock();
  const ids = await ensureSampleRegion(await stage.operator(), sampleEnterprises);
  await stage.quiet();
  const needs = await publishDemand(stage, ids, { students });
  const { learners, cohorts } = await enrolEverybody(stage, students);
  const round = await runRound(stage, ids, { needs, learners });
  await passGates(stage);
  const { left } = await work(stage);
  await assess(stage);
  const { converted } = await finish(stage, learners, cohorts);
  const { retained } = await follow(stage);
  await othersSeeNothing(stage);
  const figures = await readFigures(stage);
  const totals = await readTotals(stage);
  const summary = {
    seats: totals.seats, matched: round.matched, refilled: round.refilled, placed: totals.placedForColleges, earlyLeavers: left, converted, retained,
    suppressedCells: figures.reduce((sum, { suppressed }) => sum + suppressed, 0),
  };
  return { steps: stage.steps, round, summary, figures, totals, operations: stage.operations(), seconds: Math.round((performance.now() - started) / 100) / 10 };
}

interface FigureAnswer {
  readonly suppressed: number;
  readonly total: { readonly suppressed: boolean; readonly denominator: number | null; readonly ratePermille: number | null };
}

/** What the bureau reads: after suppression and rounding. */
async function readFigures(stage: Stage): Promise<Figures[]> {
  const bureau = await stage.as('bureau_officer', sample.bureau);
  const rows: Figures[] = [];
  for (const indicator of ['need_filled', 'internship_to_job', 'retention_3', 'retention_6', 'retention_12']) {
    const { total, suppressed } = await bureau.query<FigureAnswer>(documents.figures, { indicator, by: ['region', 'occupation', 'period'] });
    rows.push({ indicator, rate: total.ratePermille === null ? '-' : `${(total.ratePermille / 10).toFixed(1)} %`, denominator: total.denominator === null ? '-' : String(total.denominator), suppressed });
  }
  stage.told('the bureau reads its figures', rows.map(({ indicator, rate }) => `${indicator} ${rate}`).join(', '));
  return rows;
}
