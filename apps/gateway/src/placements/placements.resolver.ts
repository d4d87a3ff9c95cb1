import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { identity, placement, Seen } from '@tandem/contracts';
import type { CallContext } from '@tandem/service-kit';
import { absent, type Absent } from '../edge/absent.js';
import { GatewayCommands, type BulkPayload, type CommandInput, type Payload } from '../edge/commands.js';
import { connection, pageRequest, type Connection, type PageInput } from '../edge/connections.js';
import { globalId, localId } from '../edge/ids.js';
import { Nodes } from '../edge/nodes.js';
import type { RequestContext } from '../edge/request.js';
import { Services } from '../edge/services.js';
import { loadOrganisation } from '../organisations/organisations.resolver.js';
import { loadPosition } from '../positions/positions.resolver.js';

type Node = Absent<placement.PlacementView> & { readonly id: string };
type Organisation = Promise<identity.OrganisationView | null> | null;
interface Wish {
  readonly position: string;
  readonly studentId: string;
  readonly startsOn?: string;
  readonly endsOn?: string;
}
type Cancellation = placement.CancelPlacementRequest;

const toNode = (view: placement.PlacementView): Node => ({ ...absent(view), id: view.id });

@Resolver('Placement')
export class PlacementsResolver {
  constructor(
    private readonly services: Services,
    private readonly commands: GatewayCommands,
    nodes: Nodes,
  ) {
    nodes.add('Placement', (context, id) => context.load('Placement', id, async (call, ids) => (await services.placements.batchGetPlacements(call, { ids })).placements.map(toNode)));
  }

  @Query('placements')
  async placements(
    @Args() { view, page, filter, descending }: { view: string; page?: PageInput; filter?: { state?: string; position?: string }; descending: boolean },
    @Context() context: RequestContext,
  ): Promise<Connection<Node>> {
    const positionId = filter?.position ? localId('Position', filter.position) : '';
    const { placements, pageInfo } = await this.services.placements.listPlacements(context.call(), { page: pageRequest(page), view, state: filter?.state ?? '', positionId, orderBy: '', descending });
    return connection(placements.map(toNode), pageInfo);
  }

  @Mutation('confirmPlacement')
  confirm(@Args('input') input: CommandInput & { placement: Wish }, @Context() context: RequestContext): Promise<Payload<Node>> {
    return this.commands.run(context, input, (call) => this.services.placements.confirmPlacement(call, requestOf(input.placement)), this.load);
  }

  @Mutation('confirmPlacements')
  confirmMany(@Args('input') input: CommandInput & { placements: Wish[]; atomic: boolean }, @Context() context: RequestContext): Promise<BulkPayload> {
    const placements = input.placements.map(requestOf);
    return this.commands.runMany(context, input, toGlobal, (call) => this.services.placements.confirmPlacements(call, { placements, atomic: input.atomic }));
  }

  @Mutation('cancelPlacement')
  cancel(@Args('input') input: CommandInput & Cancellation, @Context() context: RequestContext): Promise<Payload<Node>> {
    return this.commands.run(context, input, (call) => this.services.placements.cancelPlacement(call, cancellationOf(input)), this.load);
  }

  @Mutation('cancelPlacements')
  cancelMany(@Args('input') input: CommandInput & { placements: Cancellation[]; atomic: boolean }, @Context() context: RequestContext): Promise<BulkPayload> {
    const placements = input.placements.map(cancellationOf);
    return this.commands.runMany(context, input, toGlobal, (call) => this.services.placements.cancelPlacements(call, { placements, atomic: input.atomic }));
  }

  @ResolveField('id')
  id(@Parent() { id }: Node): string {
    return toGlobal(id);
  }

  @ResolveField('college')
  college(@Parent() { collegeOrg }: Node, @Context() context: RequestContext): Organisation {
    return loadOrganisation(this.services, context, collegeOrg ?? '');
  }

  @ResolveField('seen')
  seen(@Parent() { id, sequence }: Node): Seen {
    return { topic: 'tandem.placement.placement', id, sequence };
  }

  @ResolveField('enterprise')
  enterprise(@Parent() { enterpriseOrg }: Node, @Context() context: RequestContext): Organisation {
    return loadOrganisation(this.services, context, enterpriseOrg ?? '');
  }

  @ResolveField('position')
  position(@Parent() { positionId }: Node, @Context() context: RequestContext): Promise<object | null> {
    return loadPosition(this.services, context, positionId ?? '');
  }

  private readonly load = async (call: CallContext, id: string): Promise<Node | undefined> => (await this.services.placements.batchGetPlacements(call, { ids: [id] })).placements.map(toNode)[0];
}

const toGlobal = (id: string): string => globalId('Placement', id);

function requestOf({ position, studentId, startsOn = '', endsOn = '' }: Wish): placement.ConfirmPlacementRequest {
  return { positionId: localId('Position', position), studentId, startsOn, endsOn };
}

function cancellationOf({ id, version, reason }: Cancellation): Cancellation {
  return { id: localId('Placement', id), version, reason };
}
