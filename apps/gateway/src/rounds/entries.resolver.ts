import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { identity, placement, Seen } from '@tandem/contracts';
import type { CallContext } from '@tandem/service-kit';
import { absent, type Absent } from '../edge/absent.js';
import { GatewayCommands, type BulkPayload, type CommandInput, type Payload } from '../edge/commands.js';
import { connection, Page, type Connection, type PageRequest } from '../edge/connections.js';
import { globalId, localId, optionalId, targetOf, type At } from '../edge/ids.js';
import { Nodes } from '../edge/nodes.js';
import type { RequestContext } from '../edge/request.js';
import { Services } from '../edge/services.js';
import { loadOrganisation } from '../organisations/organisations.resolver.js';
import { loadPosition } from '../positions/positions.resolver.js';
import { loadRound } from './rounds.resolver.js';

type Node = Absent<Omit<placement.EntryView, 'terms' | 'heads'>> & Partial<placement.EntryTerms> & { readonly id: string; readonly heads: (Omit<placement.Heads, 'limit'> & { readonly limit: string | null }) | null };
interface ListArgs {
  readonly view: string;
  readonly filter?: { round?: string; state?: string };
  readonly descending: boolean;
}
interface Terms {
  readonly round: string;
  readonly position: string;
  readonly seats: number;
  readonly needsMajor: boolean;
}

const toNode = ({ terms, heads, ...view }: placement.EntryView): Node => Object.assign(absent(view), terms, { heads: heads ? { ...heads, limit: heads.limit || null } : null });
const toGlobal = (id: string): string => globalId('Entry', id);
const at = targetOf('Entry');

@Resolver('Entry')
export class EntriesResolver {
  constructor(
    private readonly services: Services,
    private readonly commands: GatewayCommands,
    nodes: Nodes,
  ) {
    nodes.add('Entry', (context, id) => context.load('Entry', id, async (call, ids) => (await services.entries.batchGetEntries(call, { ids })).entries.map(toNode)));
  }

  @Query('entries')
  async entries(@Args() { view, filter, descending }: ListArgs, @Page() page: PageRequest, @Context() context: RequestContext): Promise<Connection<Node>> {
    const { entries, pageInfo } = await this.services.entries.listEntries(context.call(), { page, view, roundId: optionalId('Round', filter?.round), state: filter?.state ?? '', descending });
    return connection(entries.map(toNode), pageInfo);
  }

  @Mutation('enterPositions')
  enter(@Args('input') input: CommandInput & { entries: Terms[]; atomic: boolean }, @Context() context: RequestContext): Promise<BulkPayload> {
    const entries = input.entries.map(({ round, position, ...terms }) => ({ ...terms, roundId: localId('Round', round), positionId: localId('Position', position) }));
    return this.commands.runMany(context, input, toGlobal, (call) => this.services.entries.enterPositions(call, { entries, atomic: input.atomic }));
  }

  @Mutation('changeEntry')
  change(@Args('input') input: CommandInput & At & { seats: number; needsMajor: boolean }, @Context() context: RequestContext): Promise<Payload<Node>> {
    return this.commands.run(context, input, (call) => this.services.entries.changeEntry(call, { ...at(input), seats: input.seats, needsMajor: input.needsMajor }), this.load);
  }

  @Mutation('withdrawEntries')
  withdraw(@Args('input') input: CommandInput & { entries: (At & { reason: string })[]; atomic: boolean }, @Context() context: RequestContext): Promise<BulkPayload> {
    const entries = input.entries.map((item) => ({ ...at(item), reason: item.reason }));
    return this.commands.runMany(context, input, toGlobal, (call) => this.services.entries.withdrawEntries(call, { entries, atomic: input.atomic }));
  }

  @ResolveField('id')
  id(@Parent() { id }: Node): string {
    return toGlobal(id);
  }

  @ResolveField('seen')
  seen(@Parent() { id, sequence }: Node): Seen {
    return { topic: 'tandem.placement.entry', id, sequence };
  }

  @ResolveField('enterprise')
  enterprise(@Parent() { enterpriseOrg }: Node, @Context() context: RequestContext): Promise<identity.OrganisationView | null> | null {
    return loadOrganisation(this.services, context, enterpriseOrg ?? '');
  }

  @ResolveField('round')
  round(@Parent() { roundId }: Node, @Context() context: RequestContext): Promise<object | null> {
    return loadRound(this.services, context, roundId ?? '');
  }

  @ResolveField('position')
  position(@Parent() { positionId }: Node, @Context() context: RequestContext): Promise<object | null> {
    return loadPosition(this.services, context, positionId ?? '');
  }

  private readonly load = async (call: CallContext, id: string): Promise<Node | undefined> => (await this.services.entries.batchGetEntries(call, { ids: [id] })).entries.map(toNode)[0];
}
