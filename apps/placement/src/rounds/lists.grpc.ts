import { services, type Outcomes, type placement } from '@tandem/contracts';
import { BatchGet, GrpcService, MAX_BATCH, optional, outcomes, pageInfo, pageOf, Rpc, Target, target, text, uuid, type Call, type Serves } from '@tandem/service-kit';
import { z } from 'zod';
import { fixReasons } from './list.js';
import type { ListRow } from './list.entity.js';
import { ListsService } from './lists.service.js';

const definition = services['tandem.placement.v1.PreferenceService'];
const positionIds = z.array(uuid).max(50);
const Submit = z.strictObject({ lists: z.array(z.strictObject({ roundId: uuid, studentId: uuid, positionIds })).min(1).max(MAX_BATCH), atomic: z.boolean() });
const Replacement = z.strictObject({ ...target, positionIds, reason: optional(z.enum(fixReasons)), text: optional(text(500)) });
const Replace = z.strictObject({ lists: z.array(Replacement).min(1).max(MAX_BATCH), atomic: z.boolean() });
const Targets = z.strictObject({ targets: z.array(Target).min(1).max(MAX_BATCH), atomic: z.boolean() });
const List = z.strictObject({ page: pageOf, roundId: optional(uuid), state: optional(z.enum(['submitted', 'struck'])), studentId: optional(uuid), descending: z.boolean() });
/** The student, or the college for many. */
const who = ['college_office', 'student'] as const;

@GrpcService(definition)
export class ListsGrpc implements Serves<typeof definition> {
  constructor(private readonly lists: ListsService) {}

  @Rpc(Submit, ...who) async submitLists(call: Call, { lists, atomic }: z.infer<typeof Submit>): Promise<Outcomes> {
    return outcomes(await this.lists.submit(call, lists, atomic));
  }
  @Rpc(Replace, ...who) async replaceLists(call: Call, { lists, atomic }: z.infer<typeof Replace>): Promise<Outcomes> {
    return outcomes(await this.lists.replaceMany(call, lists, atomic));
  }
  @Rpc(Targets, 'student') async confirmLists(call: Call, { targets, atomic }: z.infer<typeof Targets>): Promise<Outcomes> {
    return outcomes(await this.lists.confirmMany(call, targets, atomic));
  }
  @Rpc(Targets, ...who) async strikeLists(call: Call, { targets, atomic }: z.infer<typeof Targets>): Promise<Outcomes> {
    return outcomes(await this.lists.strikeMany(call, targets, atomic));
  }
  @Rpc(BatchGet, ...who) async batchGetLists(call: Call, { ids }: z.infer<typeof BatchGet>): Promise<placement.BatchGetListsResponse> {
    return { lists: (await this.lists.batch(call, ids)).map(view) };
  }
  @Rpc(List, ...who) async listLists(call: Call, filter: z.infer<typeof List>): Promise<placement.ListListsResponse> {
    const page = await this.lists.list(call, filter);
    return { lists: page.rows.map(view), pageInfo: pageInfo(page) };
  }
}

function view({ id, version, sequence, state, sealed, roundId, studentId, choices, fixReason, fixText }: ListRow): placement.ListView {
  return { id, version, sequence, state, confirmed: sealed, fixReason: fixReason ?? '', fixText: fixText ?? '', list: { roundId, studentId, positionIds: [...choices] } };
}
