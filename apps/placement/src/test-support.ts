// A placement service that has learnt of some positions, and colleges that place.
import { services, type placement, type Principal } from '@tandem/contracts';
import type { LogEvent } from '@tandem/event-log';
import { eventOf, someone, testService, type TestService } from '@tandem/test-kit';
import { v7 as uuidv7 } from 'uuid';
import { placementService } from './placement.module.js';

export interface PlacementWorld {
  readonly kit: TestService;
  readonly placements: ReturnType<typeof client>;
  /** Sends events and waits until placement is past them. */
  deliver(...events: readonly LogEvent[]): Promise<void>;
  readonly college: Principal;
  readonly other: Principal;
  /** A published position of an enterprise, known to placement. */
  aPosition(headcount: number, terms?: Partial<Parameters<typeof positionEvent>[2]> & { enterprise?: string }): Promise<{ id: string; enterprise: string }>;
  /** The enterprise states its staff: in one kind of post, or all of it. */
  states(enterprise: string, staff: number, occupation?: string): Promise<void>;
  live(college: Principal): Promise<number>;
  stop(): Promise<void>;
}

const client = (kit: TestService) => kit.client.rpc(services['tandem.placement.v1.PlacementService']);

export async function placementWorld(): Promise<PlacementWorld> {
  const kit = await testService(placementService);
  const placements = client(kit);
  const live = async (college: Principal): Promise<number> => (await placements.listPlacements(kit.call(college), { ...own, state: 'confirmed' })).pageInfo?.totalCount ?? 0;
  return {
    kit, placements, live, deliver: (...events) => kit.deliver(...events),
    college: someone('college_office'),
    other: someone('college_office'),
    aPosition: async (headcount, { enterprise = uuidv7(), ...terms } = {}) => {
      const position = { id: uuidv7(), enterprise };
      await kit.deliver(positionEvent(position.id, position.enterprise, { headcount, ...terms }));
      return position;
    },
    states: (enterprise, staff, occupation = '') => kit.deliver(statementEvent(enterprise, staff, occupation)),
    stop: () => kit.stop(),
  };
}

export const own: placement.ListPlacementsRequest = { page: { first: 100, after: '', skip: 0, withTotal: true }, view: 'own', state: '', positionId: '', orderBy: '', descending: false, roundId: '', studentId: '' };

export function wish(positionId: string, more: Partial<placement.ConfirmPlacementRequest> = {}): placement.ConfirmPlacementRequest {
  return { positionId, studentId: uuidv7(), startsOn: '', endsOn: '', ...more };
}

const somewhere = { occupation: '9-01-01-01', kind: 'internship', headcount: 1, startsOn: '2027-03-01', endsOn: '2027-08-31', majors: [] as string[], region: '990101', hasNightWork: false, parkOrg: '', skills: [] as { code: string; level: number }[] };

function positionEvent(id: string, org: string, terms: Partial<typeof somewhere>): LogEvent {
  const part = {
    title: '样例岗位（虚构）', industry: '9911', filled: 0, weeklyHours: 40,
    payFen: 300_000, hazards: [], hasBoard: false, hasLodging: false, closeReason: '', ...somewhere, ...terms,
  };
  return eventOf('demand.position.published', { id, org, state: 'published', public: part }, { sequence: 3 });
}

let counted = 0;

/** Each later than the one before. */
function statementEvent(org: string, staff: number, occupation: string): LogEvent {
  counted += 1;
  const countedOn = new Date(Date.UTC(2026, 0, counted)).toISOString().slice(0, 10);
  return eventOf('demand.headcount_statement.stated', { id: uuidv7(), org, state: 'stated', public: { occupation, staff, countedOn, parkOrg: '' } });
}
