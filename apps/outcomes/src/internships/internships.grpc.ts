import { services, type outcomes } from '@tandem/contracts';
import { BatchGet, GrpcService, optional, pageInfo, pageOf, Rpc, uuid, type Call, type Serves } from '@tandem/service-kit';
import { z } from 'zod';
import type { InternshipRow } from './internship.entity.js';
import { InternshipsService } from './internships.service.js';

const definition = services['tandem.outcomes.v1.InternshipService'];
const List = z.strictObject({ page: pageOf, view: z.enum(['own', 'party']), state: optional(z.enum(['running', 'closed'])), studentId: optional(uuid), descending: z.boolean() });
const readers = ['college_office', 'class_teacher', 'student', 'enterprise_hr', 'mentor', 'park_operator'] as const;

@GrpcService(definition)
export class InternshipsGrpc implements Serves<typeof definition> {
  constructor(private readonly internships: InternshipsService) {}

  @Rpc(BatchGet, ...readers) async batchGetInternships(call: Call, { ids }: z.infer<typeof BatchGet>): Promise<outcomes.BatchGetInternshipsResponse> {
    return { internships: (await this.internships.batch(call, ids)).map(view) };
  }
  @Rpc(List, ...readers) async listInternships(call: Call, filter: z.infer<typeof List>): Promise<outcomes.ListInternshipsResponse> {
    const page = await this.internships.list(call, filter);
    return { internships: page.rows.map(view), pageInfo: pageInfo(page) };
  }
}

function view({ id, version, sequence, state, org, enterpriseOrg, studentId, positionId, kind, startedOn, endedOn, endKind, sequel }: InternshipRow): outcomes.InternshipView {
  return { id, version, sequence, state, collegeOrg: org, enterpriseOrg, studentId, positionId, kind, startedOn, endedOn: endedOn ?? '', endKind: endKind ?? '', sequel };
}
