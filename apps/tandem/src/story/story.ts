// The story of the spine, driven over GraphQL alone as its roles would, and what every service says of it afterwards.
import type { Role } from '@tandem/contracts';
import { Session } from '../commands/client.js';
import { ensureSampleRegion, sample } from '../sample/region.js';
import { documents, type PositionNode } from './steps.js';
import { readTotals, type Totals } from './totals.js';

export interface Step {
  readonly step: string;
  readonly result: string;
}

export interface Story {
  readonly steps: readonly Step[];
  readonly totals: Totals;
  readonly operations: { readonly count: number; readonly p50Ms: number; readonly p99Ms: number };
}

interface Cast {
  readonly operator: Session;
  readonly bureau: Session;
  readonly park: Session;
  readonly electronics: Session;
  readonly equipment: Session;
  readonly service: Session;
  readonly collegeOne: Session;
  readonly collegeTwo: Session;
}

export async function tellStory(url: string, home: string, onStep: (step: Step) => void = () => undefined): Promise<Story> {
  const cast = await castOf(url, home);
  const steps: Step[] = [];
  const told = (step: string, result: string): void => {
    steps.push({ step, result });
    onStep({ step, result });
  };
  const ids = await ensureSampleRegion(cast.operator);
  const published = await parkPublishes(cast, ids, told);
  await returnedAndFixed(cast, told);
  const placed = await placementsFill(cast, published, told);
  await seatOpensAgain(cast, published, placed, told);
  await othersSeeNothing(cast, published, placed, told);
  const totals = await readTotals({ operator: cast.operator, enterprises: [cast.electronics, cast.equipment, cast.service], colleges: [cast.collegeOne, cast.collegeTwo] });
  return { steps, totals, operations: operationsOf(Object.values(cast) as Session[]) };
}

async function castOf(url: string, home: string): Promise<Cast> {
  const as = (role: Role, { code }: { code: string }): Promise<Session> => Session.as(url, home, role, code);
  return {
    operator: await as('operator', { code: 'OPERATOR' }),
    bureau: await as('bureau_officer', sample.bureau),
    park: await as('park_operator', sample.park),
    electronics: await as('enterprise_hr', sample.electronics),
    equipment: await as('enterprise_hr', sample.equipment),
    service: await as('enterprise_hr', sample.service),
    collegeOne: await as('college_office', sample.collegeOne),
    collegeTwo: await as('college_office', sample.collegeTwo),
  };
}

type Told = (step: string, result: string) => void;

/** 1. A park publishes for an enterprise that delegated to it. */
async function parkPublishes({ electronics, park, bureau }: Cast, ids: ReadonlyMap<string, string>, told: Told): Promise<PositionNode> {
  const granted = await electronics.mutate<{ node: { id: string }; seen: PositionNode['seen'] }>(documents.grantDelegation, {
    park: ids.get(sample.park.code), scopes: ['demand.position'], fromOn: day(0), toOn: day(365),
  });
  park.saw(granted.seen);
  const onBehalfOf = granted.node.id;
  const draft = await park.mutate<{ node: PositionNode }>(documents.draft, { onBehalfOf, terms: terms({ title: '样例电子装配实习（虚构）', headcount: 3 }) });
  const submitted = await park.mutate<{ node: PositionNode }>(documents.submit, { onBehalfOf, id: draft.node.id, version: draft.node.version });
  const published = await decide(bureau, electronics, submitted.node, { decision: 'publish' });
  told('1 a park publishes for a delegating enterprise', `${published.state}, ${published.headcount} seats`);
  return published;
}

/** 2. A position is returned with reasons, fixed, published. */
async function returnedAndFixed({ equipment, bureau }: Cast, told: Told): Promise<void> {
  const draft = await equipment.mutate<{ node: PositionNode }>(documents.draft, { terms: terms({ title: '样例设备调试（虚构）', headcount: 2, payFen: 80_000 }) });
  const submitted = await equipment.mutate<{ node: PositionNode }>(documents.submit, { id: draft.node.id, version: draft.node.version });
  const returned = await decide(bureau, equipment, submitted.node, { decision: 'return', field: 'payFen', reason: 'pay_too_low', text: '低于试用期工资的 80%（样例）' });
  const fixed = await equipment.mutate<{ node: PositionNode }>(documents.change, { id: returned.id, version: returned.version, terms: terms({ title: '样例设备调试（虚构）', headcount: 2 }) });
  const again = await equipment.mutate<{ node: PositionNode }>(documents.submit, { id: fixed.node.id, version: fixed.node.version });
  const published = await decide(bureau, equipment, again.node, { decision: 'publish' });
  told('2 a position is returned with reasons, fixed, published', `${returned.state} (${returned.returnedField}: ${returned.returnedReason}), then ${published.state}`);
}

interface Placed {
  readonly id: string;
  readonly version: number;
}

/** 3. Placements fill it and it closes. */
async function placementsFill({ collegeOne, electronics }: Cast, position: PositionNode, told: Told): Promise<Placed[]> {
  collegeOne.saw(position.seen);
  await collegeOne.query(documents.placements, { view: 'own' });
  const wishes = Array.from({ length: position.headcount + 1 }, () => ({ position: position.id, studentId: crypto.randomUUID() }));
  const { results, seen } = await collegeOne.mutate<{ results: (Placed & { error: { code: string } | null })[]; seen: PositionNode['seen'][] }>(documents.confirm, { placements: wishes });
  electronics.saw(...seen);
  const full = await electronics.query<PositionNode>(documents.position, { id: position.id });
  const refused = results.filter(({ error }) => error !== null);
  told('3 placements fill it and it closes', `${full.filled} of ${full.headcount}, ${full.state} (${full.closeReason}); one too many: ${refused.map(({ error }) => error?.code).join(', ')}`);
  return results.filter(({ error }) => error === null);
}

/** 4. A placement is cancelled and the seat opens again. */
async function seatOpensAgain({ collegeOne, electronics }: Cast, position: PositionNode, [placed]: readonly Placed[], told: Told): Promise<void> {
  if (!placed) throw new Error('no placement to cancel');
  const { seen } = await collegeOne.mutate<{ seen: PositionNode['seen'] }>(documents.cancel, { id: placed.id, version: placed.version, reason: 'student_withdrew' });
  electronics.saw(seen);
  const open = await electronics.query<PositionNode>(documents.position, { id: position.id });
  told('4 a placement is cancelled and the seat opens again', `${open.filled} of ${open.headcount}, ${open.state}`);
}

/** 5. Another college and another enterprise look and see nothing that is not theirs. */
async function othersSeeNothing({ collegeTwo, service }: Cast, position: PositionNode, placed: readonly Placed[], told: Told): Promise<void> {
  const foreign = await Promise.all(placed.flatMap(({ id }) => [collegeTwo.query(documents.node, { id }), service.query(documents.node, { id })]));
  const own = await collegeTwo.query<{ totalCount: number }>(documents.placements, { view: 'own' });
  const party = await service.query<{ totalCount: number }>(documents.placements, { view: 'party' });
  const drafts = await service.query<{ totalCount: number }>(documents.positions, { view: 'own' });
  const visible = await collegeTwo.query<PositionNode | null>(documents.position, { id: position.id });
  const leaked = foreign.filter((node) => node !== null).length + own.totalCount + party.totalCount + drafts.totalCount;
  if (leaked > 0) throw new Error(`${leaked} rows of others were visible`);
  told('5 others look and see nothing that is not theirs', `0 foreign rows in ${foreign.length + 3} looks; the published position is visible: ${visible !== null}`);
}

async function decide(bureau: Session, owner: Session, position: PositionNode, decision: Record<string, unknown>): Promise<PositionNode> {
  const { seen } = await bureau.mutate<{ seen: PositionNode['seen'] }>(documents.decide, { decision: { position: position.id, positionVersion: position.version, ...decision } });
  owner.saw(seen);
  return owner.query<PositionNode>(documents.position, { id: position.id });
}

function terms(own: { title: string; headcount: number; payFen?: number }): Record<string, unknown> {
  return {
    kind: 'internship', occupation: '9-01-01-01', industry: '9911', region: '990101', startsOn: day(30), endsOn: day(210), weeklyHours: 40,
    payFen: 320_000, skills: [{ code: 'soldering', level: 2 }], majors: ['990101'], hasBoard: true, hasLodging: true, ...own,
  };
}

/** So many days from today, as a plain date. */
function day(offset: number): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', dateStyle: 'short' }).format(new Date(Date.now() + offset * 86_400_000));
}

function operationsOf(sessions: readonly Session[]): Story['operations'] {
  const sorted = sessions.flatMap(({ timings }) => timings).sort((a, b) => a - b);
  const at = (share: number): number => Math.round((sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0) * 10) / 10;
  return { count: sorted.length, p50Ms: at(0.5), p99Ms: at(0.99) };
}
