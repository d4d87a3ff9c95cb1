// A demand service with an invented region around it: a bureau, the code lists, an enterprise that publishes.
import { OPERATOR_ORG as OPERATOR, services, type demand, type Principal } from '@tandem/contracts';
import type { LogEvent } from '@tandem/event-log';
import { eventOf, someone, testService, until, type TestService, type TestServiceOptions } from '@tandem/test-kit';
import { v5 as uuidv5, v7 as uuidv7 } from 'uuid';
import { demandService } from './demand.module.js';

export interface DemandWorld {
  readonly kit: TestService;
  readonly positions: ReturnType<typeof positionClient>;
  readonly reviews: ReturnType<typeof reviewClient>;
  readonly bureau: Principal;
  readonly enterprise: Principal;
  /** Sends events and waits until demand is past them. */
  deliver(...events: readonly LogEvent[]): Promise<void>;
  /** Read by the enterprise. */
  read(id: string, as?: Principal): Promise<demand.PositionView | undefined>;
  aDraft(terms?: Partial<demand.PositionTerms>, as?: Principal): Promise<demand.PositionView>;
  aSubmitted(terms?: Partial<demand.PositionTerms>): Promise<demand.PositionView>;
  aPublished(terms?: Partial<demand.PositionTerms>): Promise<demand.PositionView>;
  stop(): Promise<void>;
}

const positionClient = (kit: TestService) => kit.client.rpc(services['tandem.demand.v1.PositionService']);
const reviewClient = (kit: TestService) => kit.client.rpc(services['tandem.demand.v1.ReviewService']);

export async function demandWorld(options: TestServiceOptions = {}): Promise<DemandWorld> {
  const kit = await testService(demandService, options);
  const bureau = someone('bureau_officer');
  const enterprise = someone('enterprise_hr');
  const positions = positionClient(kit);
  const reviews = reviewClient(kit);
  const read = async (id: string, as = enterprise) => (await positions.batchGetPositions(kit.call(as), { ids: [id] })).positions[0];
  const found = async (id: string, as = enterprise) => {
    const view = await read(id, as);
    if (!view) throw new Error(`position ${id} is not there`);
    return view;
  };
  await kit.deliver(...regionEvents(bureau.org));
  const aDraft = async (terms = {}, as = enterprise) => found((await positions.draftPosition(kit.call(as), { terms: { ...someTerms(), ...terms } })).id, as);
  const aSubmitted = async (terms = {}) => {
    const { id, version } = await aDraft(terms);
    await positions.submitPosition(kit.call(enterprise), { id, version });
    return found(id);
  };
  const aPublished = async (terms = {}) => {
    const { id, version } = await aSubmitted(terms);
    await reviews.decideReview(kit.call(bureau), { positionId: id, positionVersion: version, decision: 'publish', field: '', reason: '', text: '' });
    return until(async () => ((await found(id)).state === 'published' ? found(id) : null), { what: 'the position to be published' });
  };
  return { kit, positions, reviews, bureau, enterprise, deliver: (...events) => kit.deliver(...events), read, aDraft, aSubmitted, aPublished, stop: () => kit.stop() };
}

export function someTerms(): demand.PositionTerms {
  return {
    kind: 'internship', title: '样例岗位（虚构）', occupation: '9-01-01-01', industry: '9911', region: '990101', headcount: 2, startsOn: '2027-03-01', endsOn: '2027-08-31',
    weeklyHours: 40, hasNightWork: false, payFen: 300_000, skills: [], majors: ['990101'], hazards: [], hasBoard: false, hasLodging: true,
  };
}

export function confirmed(position: demand.PositionView, options: { placement?: string; sequence?: number; college?: string } = {}): LogEvent {
  return placementEvent('placement.placement.confirmed', 'confirmed', position, options);
}

export function cancelled(position: demand.PositionView, options: { placement?: string; sequence?: number; college?: string } = {}): LogEvent {
  return placementEvent('placement.placement.cancelled', 'cancelled', position, { sequence: 2, ...options });
}

export function leftEarly(position: demand.PositionView, options: { placement?: string; sequence?: number } = {}): LogEvent {
  return placementEvent('placement.placement.ended', 'ended', position, { sequence: 2, ...options });
}

function placementEvent(name: 'placement.placement.confirmed' | 'placement.placement.cancelled' | 'placement.placement.ended', state: string, position: demand.PositionView, { placement = uuidv7(), sequence = 1, college = uuidv7() }): LogEvent {
  const happened = { cancelReason: '', region: '990101', occupation: '9-01-01-01', roundId: '', startedOn: '', endedOn: '', endKind: state === 'ended' ? 'left_early' : '', endReason: '' };
  const part = { studentId: uuidv7(), positionId: position.id, enterpriseOrg: position.enterpriseOrg, kind: 'internship', startsOn: '2027-03-01', endsOn: '2027-08-31', ...happened };
  return eventOf(name, { id: placement, org: college, state, public: part }, { sequence, parties: [position.enterpriseOrg] });
}

export function organisation(kind: string, id: string, region: string): LogEvent {
  const part = { kind, code: id, name: '样例（虚构）', region, invented: true, suspendedUntil: '' };
  return eventOf('identity.organisation.verified', { id, org: OPERATOR, state: 'active', public: part }, { sequence: 2 });
}

function regionEvents(bureau: string): LogEvent[] {
  const codes: [string, string, boolean][] = [
    ['regions', '990000', false], ['regions', '990100', false], ['regions', '990101', true], ['occupations', '9-01', false],
    ['occupations', '9-01-01-01', true], ['industries', '9911', true], ['majors', '990101', true],
  ];
  return [organisation('operator', OPERATOR, '100000'), organisation('bureau', bureau, '990100'), ...codes.map(([list, code, leaf]) => codeEvent(list, code, leaf))];
}

function codeEvent(list: string, code: string, leaf: boolean): LogEvent {
  const id = uuidv5(`${list} ${code}`, OPERATOR);
  const part = { list, code, name: '样例（虚构）', parent: '', level: 1, leaf, fromOn: '2020-01-01', toOn: '' };
  return eventOf('identity.code.added', { id, org: OPERATOR, state: 'active', public: part });
}
