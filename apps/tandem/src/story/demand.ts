// Enterprises and a park publish what they need; the bureau decides; one position is returned and fixed.
import { sample, sampleEnterprises, type SampleOrganisation } from '../sample/region.js';
import type { Session } from '../commands/client.js';
import { documents } from './documents.js';
import { stateHeadcounts } from './headcounts.js';
import type { Stage, Target } from './stage.js';

/** One published position. */
export interface Need extends Target {
  readonly enterprise: SampleOrganisation;
  readonly seats: number;
  readonly occupation: string;
  /** Under which the park acts for it, where it does. */
  readonly onBehalfOf: string | null;
}

interface PositionNode extends Target {
  readonly title: string;
  readonly returnedField: string | null;
  readonly returnedReason: string | null;
}

const occupations = ['9-01-01-01', '9-01-01-02', '9-02-01-01'] as const;
const majors = ['990101', '990102K', '990201'] as const;
const skills = ['soldering', 'testing', 'service'] as const;
const PAY_FEN = 320_000;
const TOO_LITTLE_FEN = 80_000;
/** As many enterprises as publish through the park. */
const BY_PARK = 10;

/** Positions for so many students; the one that the bureau returns is fixed unless told. */
export async function publishDemand(stage: Stage, ids: ReadonlyMap<string, string>, { students, isFixed = true }: { readonly students: number; readonly isFixed?: boolean }): Promise<Need[]> {
  const positions = Math.max(12, Math.round(students / 20));
  const delegations = await delegate(stage, ids);
  const needs: Need[] = [];
  for (const [n, enterprise] of sampleEnterprises.entries()) {
    const own = Array.from({ length: positions }, (_, at) => at).filter((at) => at % sampleEnterprises.length === n);
    const onBehalfOf = delegations.get(enterprise.code) ?? null;
    const session = onBehalfOf ? await stage.as('park_operator', sample.park) : await stage.as('enterprise_hr', enterprise);
    const behalf = onBehalfOf ? { onBehalfOf } : {};
    const seats = own.map((at) => seatsOf(at, positions, students));
    const drafted = await stage.bulk(session, documents.draftPositions, 'terms', own.map((at, m) => termsOf(stage, at, { headcount: seats[m] ?? 1, payFen: at === 1 ? TOO_LITTLE_FEN : PAY_FEN })), behalf);
    const targets = drafted.done.filter((target) => target !== null);
    if (targets.length > 0) await stage.bulk(session, documents.submitPositions, 'targets', targets, behalf);
    targets.forEach((target, m) => needs.push({ ...target, enterprise, seats: seats[m] ?? 1, occupation: occupations[(own[m] ?? 0) % 3] ?? '', onBehalfOf }));
  }
  await decide(stage);
  if (isFixed) await returnedAndFixed(stage, positions, students);
  await stateHeadcounts(stage, needs);
  await stage.quiet();
  const published = isFixed ? needs : needs.filter((_need, n) => n !== needs.findIndex(({ enterprise }) => enterprise === sampleEnterprises[1]));
  const total = published.reduce((sum, { seats }) => sum + seats, 0);
  stage.told('positions published', `${published.length} with ${total} seats by ${new Set(published.map(({ enterprise }) => enterprise.code)).size} enterprises, ${published.filter(({ onBehalfOf }) => onBehalfOf).length} of them through the park`);
  return published;
}

async function delegate(stage: Stage, ids: ReadonlyMap<string, string>): Promise<Map<string, string>> {
  const delegations = new Map<string, string>();
  const park = await stage.as('park_operator', sample.park);
  for (const enterprise of sampleEnterprises.slice(-BY_PARK)) {
    const session = await stage.as('enterprise_hr', enterprise);
    const { node, seen } = await session.mutate<{ node: Target; seen: Parameters<Session['saw']>[0] }>(documents.grantDelegation, {
      park: ids.get(sample.park.code), scopes: ['demand.position', 'demand.headcount_statement', 'placement.entry'], fromOn: stage.day(0), toOn: stage.day(365),
    });
    park.saw(seen);
    delegations.set(enterprise.code, node.id);
  }
  await stage.quiet();
  return delegations;
}

/** In a county where there is little else: a figure about it is too small to be shown. */
const RARE = 5;

/** Three quarters as many seats as students, unevenly. */
function seatsOf(at: number, positions: number, students: number): number {
  if (at === RARE) return 4;
  const mean = (0.75 * students) / positions;
  return Math.max(1, Math.round(mean * (0.5 + (at % 5) * 0.25)));
}

/** What the n-th position asks for. */
export function termsOf(stage: Stage, at: number, { headcount, payFen = PAY_FEN }: { readonly headcount: number; readonly payFen?: number }): Record<string, unknown> {
  return {
    kind: 'internship', title: `样例岗位${at + 1}（虚构）`, occupation: occupations[at % 3], industry: '9911', region: at === RARE ? '990103' : at % 2 ? '990101' : '990102', headcount,
    startsOn: stage.day(30), endsOn: stage.day(210), weeklyHours: 40, payFen, skills: [{ code: skills[at % 3], level: 1 }], majors: [majors[at % 3]], hasBoard: true, hasLodging: at % 2 === 0,
    hasNightWork: at % 12 === 11,
  };
}

/** What was submitted: published, but for pay below the floor. */
export async function decide(stage: Stage): Promise<void> {
  const bureau = await stage.as('bureau_officer', sample.bureau);
  await stage.quiet();
  const submitted = await stage.all<PositionNode>(bureau, documents.positions, { view: 'review', filter: { state: 'submitted' } });
  const decisions = submitted.map(({ id, version, title }) => {
    const at = { position: id, positionVersion: version };
    return title === '样例岗位2（虚构）' ? { ...at, decision: 'return', field: 'payFen', reason: 'pay_too_low', text: '低于试用期工资的 80%（样例）' } : { ...at, decision: 'publish' };
  });
  await stage.bulk(bureau, documents.decideReviews, 'decisions', decisions);
  await stage.quiet();
}

async function returnedAndFixed(stage: Stage, positions: number, students: number): Promise<void> {
  const session = await stage.as('enterprise_hr', sampleEnterprises[1] ?? sample.equipment);
  const [returned] = await stage.all<PositionNode>(session, documents.positions, { view: 'own', filter: { state: 'returned' } });
  if (!returned) throw new Error('no position was returned');
  const { node } = await session.mutate<{ node: Target }>(documents.changePosition, { id: returned.id, version: returned.version, terms: termsOf(stage, 1, { headcount: seatsOf(1, positions, students) }) });
  await stage.bulk(session, documents.submitPositions, 'targets', [{ id: node.id, version: node.version }]);
  const bureau = await stage.as('bureau_officer', sample.bureau);
  await stage.quiet();
  const [again] = await stage.all<PositionNode>(bureau, documents.positions, { view: 'review', filter: { state: 'submitted' } });
  await stage.bulk(bureau, documents.decideReviews, 'decisions', [{ position: again?.id, positionVersion: again?.version, decision: 'publish' }]);
  stage.told('one position returned, fixed, published', `${returned.returnedField}: ${returned.returnedReason}`);
}
