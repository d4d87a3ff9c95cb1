// What every service says after nothing is under way any more, and whether they say the same.
import { sample, sampleColleges, sampleEnterprises } from '../sample/region.js';
import { documents } from './documents.js';
import type { Stage } from './stage.js';

export interface Totals {
  readonly published: number;
  readonly consumed: number;
  readonly parked: number;
  readonly seats: number;
  /** Filled seats as demand counts them. */
  readonly filledInDemand: number;
  /** Placements that hold or held a seat to its end, as the enterprises and as the colleges see them. */
  readonly placedForEnterprises: number;
  readonly placedForColleges: number;
  /** Placements that ever started, and the records that outcomes opened for them. */
  readonly started: number;
  readonly internships: number;
}

interface PlacementNode {
  readonly state: string;
  readonly endKind: string | null;
}

export async function readTotals(stage: Stage): Promise<Totals> {
  const services = await stage.quiet();
  const consumers = services.flatMap(({ consumers: all }) => all);
  const published = new Map(consumers.map(({ topic, published: events }) => [topic, events]));
  const seats = await Promise.all(sampleEnterprises.map(async (enterprise) => stage.all<{ headcount: number; filled: number }>(await stage.as('enterprise_hr', enterprise), documents.positions, { view: 'own' })));
  const positions = seats.flat();
  const forEnterprises = (await Promise.all(sampleEnterprises.map(async (enterprise) => stage.all<PlacementNode>(await stage.as('enterprise_hr', enterprise), documents.placements, { view: 'party' })))).flat();
  const forColleges = (await Promise.all(sampleColleges.map(async (college) => stage.all<PlacementNode>(await stage.as('college_office', college), documents.placements, { view: 'own' })))).flat();
  const internships = await Promise.all(sampleColleges.map(async (college) => (await (await stage.as('college_office', college)).query<{ totalCount: number }>(documents.internshipsTotal, { view: 'own' })).totalCount));
  return {
    published: sum([...published.values()]),
    consumed: sum(consumers.map(({ consumed }) => consumed)),
    parked: sum(consumers.map(({ parked }) => parked)),
    seats: sum(positions.map(({ headcount }) => headcount)),
    filledInDemand: sum(positions.map(({ filled }) => filled)),
    placedForEnterprises: forEnterprises.filter(holdsSeat).length,
    placedForColleges: forColleges.filter(holdsSeat).length,
    started: forColleges.filter(({ state }) => ['started', 'paused', 'ended'].includes(state)).length,
    internships: sum(internships),
  };
}

/** A cancelled placement, and one that left early, has given its seat back. */
function holdsSeat({ state, endKind }: PlacementNode): boolean {
  return state !== 'cancelled' && endKind !== 'left_early';
}

/** Every reason for which these totals are not to be trusted. */
export function disagreements({ parked, filledInDemand, placedForEnterprises, placedForColleges, started, internships }: Totals): string[] {
  return [
    ...(parked === 0 ? [] : [`${parked} events are parked`]),
    ...(filledInDemand === placedForEnterprises ? [] : [`demand counts ${filledInDemand} filled seats, enterprises see ${placedForEnterprises} placements that hold one`]),
    ...(placedForEnterprises === placedForColleges ? [] : [`enterprises see ${placedForEnterprises} placements that hold a seat, colleges ${placedForColleges}`]),
    ...(started === internships ? [] : [`${started} placements have started, outcomes has ${internships} records`]),
  ];
}

/** Another college and another enterprise look at what is not theirs. */
export async function othersSeeNothing(stage: Stage): Promise<void> {
  const [own] = await stage.all<{ id: string }>(await stage.as('college_office', sample.collegeOne), documents.placements, { view: 'own' });
  const looks = await Promise.all(
    [await stage.as('college_office', sample.collegeTwo), await stage.as('bureau_officer', sample.bureau), await stage.as('park_operator', sample.park)].map((stranger) => stranger.query(documents.node, { id: own?.id ?? '' })),
  );
  const leaked = looks.filter((node) => node !== null).length;
  if (leaked > 0) throw new Error(`${leaked} rows of others were visible`);
  stage.told('others look', `0 foreign rows in ${looks.length} looks`);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}
