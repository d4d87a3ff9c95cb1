// The invented sample region at a first start: people, one finished and one open round, and some of everything that goes wrong.
import { ensureSampleRegion, sample, sampleColleges, sampleEnterprises } from '../sample/region.js';
import { decide, publishDemand, termsOf } from './demand.js';
import { documents } from './documents.js';
import { openRound, runRound } from './round.js';
import { enrolEverybody } from './schooling.js';
import { Stage, type Step, type Target } from './stage.js';
import { passGates } from './work.js';

export interface Seeding {
  readonly url: string;
  readonly home: string;
  readonly students?: number;
  readonly onStep: (step: Step) => void;
}

/** Once: where the colleges have students already nothing is added. Dates are relative to today; the clock does not move. */
export async function seedRegion({ url, home, students = 1_200, onStep }: Seeding): Promise<boolean> {
  const stage = new Stage(url, home, 'SAMPLE', onStep);
  await stage.readClock();
  const ids = await ensureSampleRegion(await stage.operator(), sampleEnterprises);
  await stage.quiet();
  const office = await stage.as('college_office', sample.collegeOne);
  if ((await office.query<{ totalCount: number }>(documents.studentsTotal)).totalCount > 0) return false;
  const { learners } = await enrolEverybody(stage, students);
  const early = learners.filter((_learner, n) => n % 3 !== 0);
  const needs = await publishDemand(stage, ids, { students: early.length });
  await runRound(stage, ids, { needs, learners: early, isOnTime: true });
  await passGates(stage);
  const late = learners.filter((_learner, n) => n % 3 === 0);
  const more = await publishDemand(stage, ids, { students: late.length, isFixed: false });
  await mishaps(stage, await openRound(stage, ids, { needs: more, learners: late }));
  return true;
}

/** Placements that are called off, and an enterprise that is suspended while its position stands in the open round. */
async function mishaps(stage: Stage, round: string): Promise<void> {
  for (const college of sampleColleges) {
    const office = await stage.as('college_office', college);
    const [ready] = await stage.all<Target>(office, documents.placements, { view: 'own', filter: { state: 'ready' } });
    if (ready) await stage.bulk(office, documents.cancelPlacements, 'placements', [{ id: ready.id, version: ready.version, reason: 'illness' }]);
  }
  await suspendOne(stage, round);
  stage.told('some of what goes wrong', 'a returned position, placements called off, an enterprise suspended');
}

const suspended = { kind: 'enterprise', code: 'SAMPLE-ENTERPRISE-SUSPENDED', name: '样例停牌企业有限公司（虚构）', region: '990101' } as const;

async function suspendOne(stage: Stage, round: string): Promise<void> {
  const operator = await stage.operator();
  await ensureSampleRegion(operator, [suspended]);
  await stage.quiet();
  const session = await stage.as('enterprise_hr', suspended);
  const drafted = await stage.bulk(session, documents.draftPositions, 'terms', [termsOf(stage, 0, { headcount: 3 })]);
  await stage.bulk(session, documents.submitPositions, 'targets', drafted.done.filter((target) => target !== null));
  await decide(stage);
  await stage.bulk(session, documents.enterPositions, 'entries', [{ round, position: drafted.done[0]?.id, seats: 3 }]);
  await stage.quiet();
  const { edges } = await operator.query<{ edges: { node: Target & { code: string } }[] }>(documents.organisationByCode, { search: suspended.name });
  const [found] = edges;
  if (found) await operator.mutate(documents.suspend, { id: found.node.id, version: found.node.version, reason: '样例：证照过期（虚构）', untilOn: stage.day(365) });
  await stage.quiet();
}
