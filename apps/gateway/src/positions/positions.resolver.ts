import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { demand, identity, Seen } from '@tandem/contracts';
import type { CallContext } from '@tandem/service-kit';
import { absent, type Absent } from '../edge/absent.js';
import { GatewayCommands, type BulkPayload, type CommandInput, type Payload } from '../edge/commands.js';
import { connection, Page, type Connection, type PageRequest } from '../edge/connections.js';
import { globalId, localId } from '../edge/ids.js';
import { Nodes } from '../edge/nodes.js';
import type { RequestContext } from '../edge/request.js';
import { Services } from '../edge/services.js';
import { loadOrganisation } from '../organisations/organisations.resolver.js';
import { loadReview } from '../reviews/reviews.resolver.js';

type Node = Absent<Omit<demand.PositionView, 'terms'>> & Partial<demand.PositionTerms> & { readonly id: string };
type Organisation = Promise<identity.OrganisationView | null> | null;
type At = CommandInput & { readonly id: string; readonly version: number };
interface ListArgs {
  readonly view: string;
  readonly filter?: { state?: string; kind?: string; region?: string; occupation?: string; search?: string };
  readonly orderBy: string;
  readonly descending: boolean;
}

const toNode = ({ terms, ...view }: demand.PositionView): Node => Object.assign(absent(view), terms);

/** A position by id, batched with all others of the request; for the fields of other types. */
export function loadPosition(services: Services, context: RequestContext, id: string): Promise<Node | null> {
  return context.load('Position', id, async (call, ids) => (await services.positions.batchGetPositions(call, { ids })).positions.map(toNode));
}

@Resolver('Position')
export class PositionsResolver {
  constructor(
    private readonly services: Services,
    private readonly commands: GatewayCommands,
    nodes: Nodes,
  ) {
    nodes.add('Position', (context, id) => loadPosition(services, context, id));
  }

  @Query('positions')
  async positions(@Args() { view, filter, orderBy, descending }: ListArgs, @Page() page: PageRequest, @Context() context: RequestContext): Promise<Connection<Node>> {
    const { state = '', kind = '', region = '', occupation = '', search = '' } = filter ?? {};
    const { positions, pageInfo } = await this.services.positions.listPositions(context.call(), { page, view, state, kind, region, occupation, search, orderBy, descending });
    return connection(positions.map(toNode), pageInfo);
  }

  @Mutation('draftPosition')
  draft(@Args('input') input: CommandInput & { terms: demand.PositionTerms }, @Context() context: RequestContext): Promise<Payload<Node>> {
    return this.commands.run(context, input, (call) => this.services.positions.draftPosition(call, { terms: input.terms }), this.load);
  }

  @Mutation('draftPositions')
  draftMany(@Args('input') input: CommandInput & demand.DraftPositionsRequest, @Context() context: RequestContext): Promise<BulkPayload> {
    return this.commands.runMany(context, input, toGlobal, (call) => this.services.positions.draftPositions(call, { terms: input.terms, atomic: input.atomic }));
  }

  @Mutation('changePosition')
  change(@Args('input') input: At & { terms: demand.PositionTerms }, @Context() context: RequestContext): Promise<Payload<Node>> {
    return this.commands.run(context, input, (call) => this.services.positions.changePosition(call, { ...at(input), terms: input.terms }), this.load);
  }

  @Mutation('submitPosition')
  submit(@Args('input') input: At, @Context() context: RequestContext): Promise<Payload<Node>> {
    return this.commands.run(context, input, (call) => this.services.positions.submitPosition(call, at(input)), this.load);
  }

  @Mutation('submitPositions')
  submitMany(@Args('input') input: CommandInput & { targets: { id: string; version: number }[]; atomic: boolean }, @Context() context: RequestContext): Promise<BulkPayload> {
    const targets = input.targets.map(at);
    return this.commands.runMany(context, input, toGlobal, (call) => this.services.positions.submitPositions(call, { targets, atomic: input.atomic }));
  }

  @Mutation('resizePosition')
  resize(@Args('input') input: At & { headcount: number }, @Context() context: RequestContext): Promise<Payload<Node>> {
    return this.commands.run(context, input, (call) => this.services.positions.resizePosition(call, { ...at(input), headcount: input.headcount }), this.load);
  }

  @Mutation('closePosition')
  close(@Args('input') input: At & { reason: string }, @Context() context: RequestContext): Promise<Payload<Node>> {
    return this.commands.run(context, input, (call) => this.services.positions.closePosition(call, { ...at(input), reason: input.reason }), this.load);
  }

  @ResolveField('id')
  id(@Parent() { id }: Node): string {
    return toGlobal(id);
  }

  @ResolveField('seen')
  seen(@Parent() { id, sequence }: Node): Seen {
    return { topic: 'tandem.demand.position', id, sequence };
  }

  @ResolveField('enterprise')
  enterprise(@Parent() { enterpriseOrg }: Node, @Context() context: RequestContext): Organisation {
    return loadOrganisation(this.services, context, enterpriseOrg ?? '');
  }

  @ResolveField('park')
  park(@Parent() { parkOrg }: Node, @Context() context: RequestContext): Organisation {
    return loadOrganisation(this.services, context, parkOrg ?? '');
  }

  @ResolveField('reviewer')
  reviewer(@Parent() { reviewerOrg }: Node, @Context() context: RequestContext): Organisation {
    return loadOrganisation(this.services, context, reviewerOrg ?? '');
  }

  @ResolveField('review')
  review(@Parent() { reviewId }: Node, @Context() context: RequestContext): Promise<object | null> | null {
    return reviewId === null ? null : loadReview(this.services, context, reviewId);
  }

  private readonly load = async (call: CallContext, id: string): Promise<Node | undefined> => (await this.services.positions.batchGetPositions(call, { ids: [id] })).positions.map(toNode)[0];
}

const toGlobal = (id: string): string => globalId('Position', id);

function at({ id, version }: { id: string; version: number }): { id: string; version: number } {
  return { id: localId('Position', id), version };
}
