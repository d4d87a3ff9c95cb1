// A programs service that knows the invented code lists, and two colleges.
import { OPERATOR_ORG, services, type programs, type Principal } from '@tandem/contracts';
import type { LogEvent } from '@tandem/event-log';
import { idCheckCharacter } from '@tandem/taxonomy';
import { eventOf, someone, testService, type TestService } from '@tandem/test-kit';
import { v5 as uuidv5 } from 'uuid';
import { programsService } from './programs-service.module.js';

const clients = (kit: TestService) => ({
  programs: kit.client.rpc(services['tandem.programs.v1.ProgramService']),
  cohorts: kit.client.rpc(services['tandem.programs.v1.CohortService']),
  classes: kit.client.rpc(services['tandem.programs.v1.ClassService']),
  students: kit.client.rpc(services['tandem.programs.v1.StudentService']),
  jobs: kit.client.rpc(services['tandem.ops.v1.JobService']),
});

export interface ProgramsWorld extends ReturnType<typeof clients> {
  readonly kit: TestService;
  readonly college: Principal;
  readonly other: Principal;
  settle(): Promise<void>;
  aProgram(years?: number): Promise<string>;
  aCohort(programId: string): Promise<string>;
  stop(): Promise<void>;
}

export async function programsWorld(): Promise<ProgramsWorld> {
  const kit = await testService(programsService);
  const api = clients(kit);
  const college = someone('college_office');
  await kit.deliver(code('majors', '990101'), code('majors', '990102K'), code('regions', '990101'));
  return {
    kit, ...api, college, other: someone('college_office'), settle: () => kit.settle(),
    aProgram: async (years = 3) => {
      const { outcomes } = await api.programs.planPrograms(kit.call(college), { programs: [{ code: '990101', level: 'higher', years, skills: [{ code: 'soldering', level: 2 }] }], atomic: true, importId: '' });
      return outcomes[0]?.done?.id ?? '';
    },
    aCohort: async (programId) => {
      const { outcomes } = await api.cohorts.planCohorts(kit.call(college), { cohorts: [{ programId, entryYear: 2025, graduatesOn: '2028-06-30', windows: [] }], atomic: true });
      const { id = '', version = 0 } = outcomes[0]?.done ?? {};
      await api.cohorts.enrolCohort(kit.call(college), { id, version });
      return id;
    },
    stop: () => kit.stop(),
  };
}

function code(list: string, of: string): LogEvent {
  const part = { list, code: of, name: '样例（虚构）', parent: '', level: 3, leaf: true, fromOn: '2020-01-01', toOn: '' };
  return eventOf('identity.code.added', { id: uuidv5(`${list} ${of}`, OPERATOR_ORG), org: OPERATOR_ORG, state: 'active', public: part });
}

/** Of an invented region, with a right check character. */
export function idNumber(n: number, born = '20080517'): string {
  const digits = `990101${born}${String(n).padStart(3, '0')}`;
  return digits + idCheckCharacter(digits);
}

let numbered = 0;

export function someStudent(more: Partial<programs.StudentTerms> = {}): programs.StudentTerms {
  numbered += 1;
  return {
    kind: 'student', rollNo: `S${numbered}`, name: '样例学生（虚构）', idNumber: '', phone: '13900000001', guardianName: '样例家长（虚构）', guardianPhone: '13900000002', bornOn: '2008-05-17',
    programId: '', cohortId: '', classId: '', region: '990101', skills: [], tags: [], ...more,
  };
}

export const firstPage = { first: 100, after: '', skip: 0, withTotal: true };
export const everyone = { page: firstPage, state: '', programId: '', cohortId: '', classId: '', rollNo: '', importId: '', descending: false };
