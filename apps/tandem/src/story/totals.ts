// What both services say after nothing is under way any more, and whether they say the same.
import type { Session } from '../commands/client.js';
import { documents } from './steps.js';

export interface Totals {
  readonly published: number;
  readonly consumed: number;
  readonly parked: number;
  readonly seats: number;
  /** Filled seats as demand counts them. */
  readonly filledInDemand: number;
  /** Live placements as placement counts them, seen by the enterprises and by the colleges. */
  readonly liveForEnterprises: number;
  readonly liveForColleges: number;
}

interface OpsService {
  readonly service: string;
  readonly unsent: number;
  readonly consumers: readonly { readonly consumer: string; readonly topic: string; readonly lag: number; readonly published: number; readonly consumed: number; readonly held: number; readonly parked: number }[];
}
interface Looking {
  readonly operator: Session;
  readonly enterprises: readonly Session[];
  readonly colleges: readonly Session[];
}

export async function readTotals({ operator, enterprises, colleges }: Looking): Promise<Totals> {
  const services = await quiet(operator);
  const consumers = services.flatMap(({ consumers: all }) => all);
  const published = new Map(consumers.map(({ topic, published: events }) => [topic, events]));
  const counts = await Promise.all(enterprises.map(seatsOf));
  return {
    published: sum([...published.values()]),
    consumed: sum(consumers.map(({ consumed }) => consumed)),
    parked: sum(consumers.map(({ parked }) => parked)),
    seats: sum(counts.map(({ seats }) => seats)),
    filledInDemand: sum(counts.map(({ filled }) => filled)),
    liveForEnterprises: sum(await Promise.all(enterprises.map((enterprise) => live(enterprise, 'party')))),
    liveForColleges: sum(await Promise.all(colleges.map((college) => live(college, 'own')))),
  };
}

/** Every reason for which these totals are not to be trusted. */
export function disagreements({ parked, filledInDemand, liveForEnterprises, liveForColleges }: Totals): string[] {
  return [
    ...(parked === 0 ? [] : [`${parked} events are parked`]),
    ...(filledInDemand === liveForEnterprises ? [] : [`demand counts ${filledInDemand} filled seats, enterprises see ${liveForEnterprises} live placements`]),
    ...(liveForEnterprises === liveForColleges ? [] : [`enterprises see ${liveForEnterprises} live placements, colleges ${liveForColleges}`]),
  ];
}

const DEADLINE_MS = 30_000;

/** Waits until the relays have sent everything and every consumer has passed the end of its topic. */
async function quiet(operator: Session): Promise<readonly OpsService[]> {
  const deadline = performance.now() + DEADLINE_MS;
  for (;;) {
    const services = await operator.query<readonly OpsService[]>(documents.consumers);
    const late = services.some(({ unsent, consumers }) => unsent > 0 || consumers.some(({ lag }) => lag > 0));
    if (!late) return services;
    if (performance.now() > deadline) throw new Error('consumers are still behind after 30 s');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

interface Positions {
  readonly edges: readonly { readonly node: { readonly headcount: number; readonly filled: number } }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

async function seatsOf(enterprise: Session): Promise<{ seats: number; filled: number }> {
  const nodes: { headcount: number; filled: number }[] = [];
  let after: string | null = null;
  do {
    const { edges, pageInfo }: Positions = await enterprise.query<Positions>(documents.positions, { view: 'own', after });
    nodes.push(...edges.map(({ node }) => node));
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  } while (after !== null);
  return { seats: sum(nodes.map(({ headcount }) => headcount)), filled: sum(nodes.map(({ filled }) => filled)) };
}

async function live(session: Session, view: 'own' | 'party'): Promise<number> {
  return (await session.query<{ totalCount: number }>(documents.placements, { view })).totalCount;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}
