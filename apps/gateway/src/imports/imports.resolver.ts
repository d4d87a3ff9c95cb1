// Imports across services: a register is colleges in identity and programs in programs, a roster is students alone.
import { Args, Context, Mutation, Query, Resolver } from '@nestjs/graphql';
import { refusals, type ImportState, type Kept, type UndoResponse } from '@tandem/contracts';
import type { CallContext } from '@tandem/service-kit';
import { GatewayCommands, type BulkPayload, type CommandInput, type UserError } from '../edge/commands.js';
import { globalId, localId, type NodeType } from '../edge/ids.js';
import type { RequestContext } from '../edge/request.js';
import { Services } from '../edge/services.js';

interface OfferingInput {
  readonly college: string;
  readonly code: string;
  readonly level: string;
  readonly years: number;
}
interface Undone {
  readonly undone: number;
  readonly kept: readonly { readonly id: string; readonly label: string; readonly reason: string }[];
  readonly after: string | null;
}

const PATIENCE_MS = 30_000;
const COLLEGES_A_STEP = 100;
const refuseInput = refusals('input', { cursor: 'invalid_argument' });

@Resolver()
export class ImportsResolver {
  constructor(
    private readonly services: Services,
    private readonly commands: GatewayCommands,
  ) {}

  @Query('importState')
  async state(@Args('importId') importId: string, @Context() context: RequestContext): Promise<ImportState> {
    const call = context.call();
    if (context.principal.role !== 'operator') return this.services.students.getImport(call, { importId });
    const parts = await Promise.all([this.services.register.getImport(call, { importId }), this.services.organisations.getImport(call, { importId })]);
    return { present: parts[0].present + parts[1].present, undone: parts[0].undone + parts[1].undone };
  }

  @Mutation('importOfferings')
  importOfferings(@Args('input') input: CommandInput & { offerings: OfferingInput[]; importId: string }, @Context() context: RequestContext): Promise<BulkPayload> {
    const offerings = input.offerings.map(({ college, ...offering }) => ({ ...offering, collegeOrg: localId('Organisation', college) }));
    return this.commands.runMany(context, input, (id) => globalId('Program', id), (call) => this.services.register.importOfferings({ ...call, deadlineMs: PATIENCE_MS }, { offerings, importId: input.importId }));
  }

  @Mutation('undoImport')
  undo(@Args('input') input: CommandInput & { importId: string; after?: string | null }, @Context() context: RequestContext): Promise<Undone & { readonly userErrors: readonly UserError[] }> {
    const step = context.principal.role === 'operator' ? this.undoRegister : this.undoRoster;
    return this.commands.answer(context, input, { undone: 0, kept: [], after: null }, (call) => step({ ...call, deadlineMs: PATIENCE_MS }, input.importId, input.after ?? ''));
  }

  private readonly undoRoster = async (call: CallContext, importId: string, after: string): Promise<Undone> => {
    return shown(await this.services.students.undoEnrolment(call, { importId, after }), 'Student');
  };

  /** Programs first, so that a college which only had those is used by nobody any more. */
  private readonly undoRegister = async (call: CallContext, importId: string, after: string): Promise<Undone> => {
    const [stage, cursor] = stageOf(after);
    if (stage === 'colleges') return this.undoColleges(call, importId, cursor);
    const part = await this.services.register.undoOfferings(call, { importId, after: cursor });
    return { ...shown(part, 'Program'), after: part.after ? `programs:${part.after}` : 'colleges:' };
  };

  private async undoColleges(call: CallContext, importId: string, after: string): Promise<Undone> {
    const page = { first: COLLEGES_A_STEP, after, skip: 0, withTotal: false };
    const found = await this.services.organisations.listOrganisations(call, { page, kind: '', state: '', region: '', search: '', orderBy: 'code', descending: false, importId });
    if (found.organisations.length === 0) return { undone: 0, kept: [], after: null };
    const ids = found.organisations.map(({ id }) => id);
    const used = new Set((await this.services.register.collegesInUse(call, { ids: found.organisations.filter(({ state }) => state !== 'closed').map(({ id }) => id) })).ids);
    const free = ids.filter((id) => !used.has(id));
    const part = free.length === 0 ? { undone: 0, kept: [], after: '' } : await this.services.organisations.undoRegistrations(call, { importId, ids: free });
    const inUse = found.organisations.filter(({ id }) => used.has(id)).map(({ id, code }) => ({ id, org: id, label: code, reason: 'organisation.in_use' }));
    const next = found.pageInfo?.hasNextPage ? `colleges:${found.pageInfo.endCursor}` : null;
    return { ...shown({ ...part, kept: [...inUse, ...part.kept] }, 'Organisation'), after: next };
  }
}

function stageOf(after: string): readonly ['programs' | 'colleges', string] {
  const [, stage, cursor = ''] = /^(programs|colleges):(.*)$/.exec(after || 'programs:') ?? [];
  if (stage !== 'programs' && stage !== 'colleges') throw refuseInput.cursor({ field: 'after' });
  return [stage, cursor];
}

function shown({ undone, kept, after }: UndoResponse, type: NodeType): Undone {
  return { undone, kept: kept.map(({ id, label, reason }: Kept) => ({ id: globalId(type, id), label, reason })), after: after || null };
}
