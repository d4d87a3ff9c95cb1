import { services, type Done, type Outcomes, type placement } from '@tandem/contracts';
import { BatchGet, GrpcService, MAX_BATCH, optional, outcomes, pageInfo, pageOf, Rpc, target, uuid, type Call, type Serves } from '@tandem/service-kit';
import { z } from 'zod';
import { EntriesService } from './entries.service.js';
import { entryWithdrawals } from './entry.js';
import type { EntryRow } from './entry.entity.js';

const definition = services['tandem.placement.v1.EntryService'];
const seats = z.int().min(1).max(10_000);
const Enter = z.strictObject({ entries: z.array(z.strictObject({ roundId: uuid, positionId: uuid, seats, needsMajor: z.boolean() })).min(1).max(MAX_BATCH), atomic: z.boolean() });
const Change = z.strictObject({ ...target, seats, needsMajor: z.boolean() });
const Withdraw = z.strictObject({ entries: z.array(z.strictObject({ ...target, reason: z.enum(entryWithdrawals) })).min(1).max(MAX_BATCH), atomic: z.boolean() });
const List = z.strictObject({ page: pageOf, view: z.enum(['own', 'published']), roundId: optional(uuid), state: optional(z.enum(['entered', 'withdrawn', 'settled'])), descending: z.boolean() });
const publishers = ['enterprise_hr', 'park_operator'] as const;

@GrpcService(definition)
export class EntriesGrpc implements Serves<typeof definition> {
  constructor(private readonly entries: EntriesService) {}

  @Rpc(Enter, ...publishers) async enterPositions(call: Call, { entries, atomic }: z.infer<typeof Enter>): Promise<Outcomes> {
    return outcomes(await this.entries.enter(call, entries, atomic));
  }
  @Rpc(Change, ...publishers) changeEntry(call: Call, { seats: many, needsMajor, ...at }: z.infer<typeof Change>): Promise<Done> {
    return this.entries.change(call, at, { seats: many, needsMajor });
  }
  @Rpc(Withdraw, ...publishers) async withdrawEntries(call: Call, { entries, atomic }: z.infer<typeof Withdraw>): Promise<Outcomes> {
    return outcomes(await this.entries.withdrawMany(call, entries, atomic));
  }
  @Rpc(BatchGet) async batchGetEntries(call: Call, { ids }: z.infer<typeof BatchGet>): Promise<placement.BatchGetEntriesResponse> {
    return { entries: (await this.entries.batch(call, ids)).map(view) };
  }
  @Rpc(List) async listEntries(call: Call, filter: z.infer<typeof List>): Promise<placement.ListEntriesResponse> {
    const page = await this.entries.list(call, filter);
    return { entries: page.rows.map(view), pageInfo: pageInfo(page) };
  }
}

function view({ id, version, sequence, state, org, roundId, positionId, seats: many, needsMajor, reason, ...held }: EntryRow): placement.EntryView {
  return { id, version, sequence, state, enterpriseOrg: org, terms: { roundId, positionId, seats: many, needsMajor }, reason: reason ?? '', heads: headsOf(held) };
}

function headsOf({ postHeads, enterpriseHeads, headLimit, unstated }: Pick<EntryRow, 'postHeads' | 'enterpriseHeads' | 'headLimit' | 'unstated'>): placement.Heads | undefined {
  if (postHeads === null || enterpriseHeads === null) return undefined;
  return { post: postHeads, enterprise: enterpriseHeads, limit: headLimit ?? '', unstated: [...unstated] };
}
