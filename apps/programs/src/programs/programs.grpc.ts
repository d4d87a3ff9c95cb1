import { services, type Done, type Outcomes, type programs } from '@tandem/contracts';
import { BatchGet, code, GrpcService, MAX_BATCH, optional, outcomes, pageInfo, pageOf, Rpc, Target, target, uuid, type Call, type Serves } from '@tandem/service-kit';
import { z } from 'zod';
import { levels } from './program.js';
import type { ProgramRow } from './program.entity.js';
import { ProgramsService } from './programs.service.js';

const definition = services['tandem.programs.v1.ProgramService'];
export const skills = z.array(z.strictObject({ code, level: z.int().min(1).max(5) })).max(50);
const Terms = z.strictObject({ code, level: z.enum(levels), years: z.int().min(1).max(8), skills });
const Plan = z.strictObject({ programs: z.array(Terms).min(1).max(MAX_BATCH), atomic: z.boolean(), importId: optional(uuid) });
const Targets = z.strictObject({ targets: z.array(Target).min(1).max(MAX_BATCH), atomic: z.boolean() });
const Change = z.strictObject({ ...target, skills });
const List = z.strictObject({
  page: pageOf,
  view: z.enum(['own', 'published']),
  state: optional(z.enum(['planned', 'running', 'closed'])),
  code: optional(code),
  collegeOrg: optional(uuid),
  importId: optional(uuid),
  descending: z.boolean(),
});

@GrpcService(definition)
export class ProgramsGrpc implements Serves<typeof definition> {
  constructor(private readonly programs: ProgramsService) {}

  @Rpc(Plan, 'college_office') async planPrograms(call: Call, planning: z.infer<typeof Plan>): Promise<Outcomes> {
    return outcomes(await this.programs.plan(call, planning));
  }
  @Rpc(Targets, 'college_office') async openPrograms(call: Call, { targets, atomic }: z.infer<typeof Targets>): Promise<Outcomes> {
    return outcomes(await this.programs.openMany(call, targets, atomic));
  }
  @Rpc(Change, 'college_office') changeProgram(call: Call, { skills: taught, ...at }: z.infer<typeof Change>): Promise<Done> {
    return this.programs.change(call, at, taught);
  }
  @Rpc(Targets, 'college_office') async closePrograms(call: Call, { targets, atomic }: z.infer<typeof Targets>): Promise<Outcomes> {
    return outcomes(await this.programs.closeMany(call, targets, atomic));
  }
  @Rpc(BatchGet) async batchGetPrograms(call: Call, { ids }: z.infer<typeof BatchGet>): Promise<programs.BatchGetProgramsResponse> {
    return { programs: (await this.programs.batch(call, ids)).map((row) => view(row, call)) };
  }
  @Rpc(List) async listPrograms(call: Call, filter: z.infer<typeof List>): Promise<programs.ListProgramsResponse> {
    const page = await this.programs.list(call, filter);
    return { programs: page.rows.map((row) => view(row, call)), pageInfo: pageInfo(page) };
  }
}

function view({ id, version, sequence, state, org, code: of, level, years, skills: taught, importId }: ProgramRow, { principal }: Call): programs.ProgramView {
  return { id, version, sequence, state, collegeOrg: org, terms: { code: of, level, years, skills: [...taught] }, importId: maySeeImport(org, principal) ? (importId ?? '') : '' };
}

/** Which import brought it is the college's and the operator's business. */
function maySeeImport(org: string, { org: own, role }: Call['principal']): boolean {
  return org === own || role === 'operator';
}
