// An outcomes service with what others have told it: students, positions, placements on their way.
import { OPERATOR_ORG, services, type outcomes, type Principal } from '@tandem/contracts';
import type { LogEvent } from '@tandem/event-log';
import { eventOf, someone, testService, type TestService } from '@tandem/test-kit';
import { v7 as uuidv7 } from 'uuid';
import { outcomesService } from './outcomes-service.module.js';

const clients = (kit: TestService) => ({
  internships: kit.client.rpc(services['tandem.outcomes.v1.InternshipService']),
  assessments: kit.client.rpc(services['tandem.outcomes.v1.AssessmentService']),
  destinations: kit.client.rpc(services['tandem.outcomes.v1.DestinationService']),
  retention: kit.client.rpc(services['tandem.outcomes.v1.RetentionService']),
  indicators: kit.client.rpc(services['tandem.outcomes.v1.IndicatorService']),
});

export interface OutcomesWorld extends ReturnType<typeof clients> {
  readonly kit: TestService;
  readonly college: Principal;
  readonly other: Principal;
  readonly enterprise: Principal;
  readonly bureau: Principal;
  deliver(...events: readonly LogEvent[]): Promise<void>;
  settle(): Promise<void>;
  stop(): Promise<void>;
}

export async function outcomesWorld(): Promise<OutcomesWorld> {
  const kit = await testService(outcomesService);
  const bureau = someone('bureau_officer');
  await kit.deliver(organisation(bureau.org, 'bureau', '990100'));
  return { kit, ...clients(kit), college: someone('college_office'), other: someone('college_office'), enterprise: someone('enterprise_hr'), bureau, deliver: (...events) => kit.deliver(...events), settle: () => kit.settle(), stop: () => kit.stop() };
}

export function organisation(id: string, kind: string, region: string): LogEvent {
  return eventOf('identity.organisation.verified', { id, org: OPERATOR_ORG, state: 'active', public: { kind, code: id, name: '样例（虚构）', region, invented: true, suspendedUntil: '' } }, { sequence: 2 });
}

export function student(college: Principal, id: string = uuidv7(), classId = ''): LogEvent {
  const part = { kind: 'student', programId: '', programCode: '990101', cohortId: '', classId, region: '990101', skills: [], tags: [], minorThrough: '2025-01', workableFrom: '2023-01', reason: '' };
  return eventOf('programs.student.enrolled', { id, org: college.org, state: 'enrolled', public: part });
}

export function aClass(college: Principal, id: string, teacherAccount: string): LogEvent {
  return eventOf('programs.class.formed', { id, org: college.org, state: 'formed', public: { cohortId: uuidv7(), teacherAccount } });
}

export function position(headcount: number, filled: number, where: { org?: string; region?: string; occupation?: string; id?: string; sequence?: number; state?: string; closeReason?: string } = {}): LogEvent {
  const { org = uuidv7(), region = '990101', occupation = '9-01-01-01', id = uuidv7(), sequence = 3, state = 'published', closeReason = '' } = where;
  const part = {
    kind: 'internship', title: '样例岗位（虚构）', occupation, industry: '9911', region, headcount, filled, startsOn: '2027-03-01', endsOn: '2027-08-31', weeklyHours: 40,
    hasNightWork: false, payFen: 300_000, skills: [], majors: [], hazards: [], hasBoard: false, hasLodging: false, closeReason, parkOrg: '',
  };
  return eventOf('demand.position.seats_changed', { id, org, state, public: part }, { sequence });
}

export interface PlacementAt {
  readonly id: string;
  readonly studentId: string;
  readonly college: Principal;
  readonly enterprise: Principal;
}

export function placement(fact: 'started' | 'ended', { id, studentId, college, enterprise }: PlacementAt, more: { endKind?: string; endedOn?: string } = {}): LogEvent {
  const { endKind = '', endedOn = '' } = more;
  const part = {
    studentId, positionId: id, enterpriseOrg: enterprise.org, kind: 'internship', startsOn: '2025-03-01', endsOn: '2025-08-31', cancelReason: '', region: '990101', occupation: '9-01-01-01', roundId: '',
    startedOn: '2025-03-01', endedOn, endKind, endReason: endKind === 'left_early' ? 'pay' : '',
  };
  return eventOf(`placement.placement.${fact}`, { id, org: college.org, state: fact, public: part }, { sequence: fact === 'started' ? 3 : 4, parties: [enterprise.org] });
}

export function aJob(studentId: string, more: Partial<outcomes.DestinationTerms> = {}): outcomes.DestinationTerms {
  return { studentId, category: 'contract_job', employerOrg: '', occupation: '9-01-01-01', region: '990101', fromOn: '2025-09-01', toOn: '', wageBand: '3k_to_5k', evidenceKind: 'labour_contract', evidence: '合同编号（虚构）', ...more };
}

export const firstPage = { first: 100, after: '', skip: 0, withTotal: true };
