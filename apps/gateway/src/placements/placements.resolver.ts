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
import { loadStudent } from '../programs/students.resolver.js';
import { loadRound } from '../rounds/rounds.resolver.js';

type Node = Absent<placement.PlacementView> & { readonly id: string };
type Organisation = Promise<identity.OrganisationView | null> | null;
interface Wish {
  readonly position: string;
  readonly studentId: string;
  readonly startsOn?: string;
  readonly endsOn?: string;
}
type Cancellation = placement.CancelPlacementRequest;

const toNode = (view: placement.PlacementView): Node => absent(view);

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
    @Args() { view, filter, descending }: { view: string; filter?: { state?: string; position?: string; round?: string; student?: string }; descending: boolean },
    @Page() page: PageRequest,
    @Context() context: RequestContext,
  ): Promise<Connection<Node>> {
    const ids = { positionId: optionalId('Position', filter?.position), roundId: optionalId('Round', filter?.round), studentId: optionalId('Student', filter?.student) };
    const { placements, pageInfo } = await this.services.placements.listPlacements(context.call(), { page, view, state: filter?.state ?? '', ...ids, orderBy: '', descending });
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

  @Mutation('recordGates')
  recordGates(@Args('input') input: CommandInput & { placements: (At & { gates: placement.GateEvidence[] })[]; atomic: boolean }, @Context() context: RequestContext): Promise<BulkPayload> {
    const placements = input.placements.map((item) => ({ ...at(item), gates: item.gates }));
    return this.commands.runMany(context, input, toGlobal, (call) => this.services.placements.recordGates(call, { placements, atomic: input.atomic }));
  }

  @Mutation('readyPlacements')
  ready(@Args('input') input: Targets, @Context() context: RequestContext): Promise<BulkPayload> {
    return this.commands.runMany(context, input, toGlobal, (call) => this.services.placements.readyPlacements(call, targets(input)));
  }

  @Mutation('startPlacements')
  start(@Args('input') input: Targets, @Context() context: RequestContext): Promise<BulkPayload> {
    return this.commands.runMany(context, input, toGlobal, (call) => this.services.placements.startPlacements(call, targets(input)));
  }

  @Mutation('pausePlacements')
  pause(@Args('input') input: CommandInput & { placements: (At & { reason: string })[]; atomic: boolean }, @Context() context: RequestContext): Promise<BulkPayload> {
    const placements = input.placements.map((item) => ({ ...at(item), reason: item.reason }));
    return this.commands.runMany(context, input, toGlobal, (call) => this.services.placements.pausePlacements(call, { placements, atomic: input.atomic }));
  }

  @Mutation('resumePlacements')
  resume(@Args('input') input: Targets, @Context() context: RequestContext): Promise<BulkPayload> {
    return this.commands.runMany(context, input, toGlobal, (call) => this.services.placements.resumePlacements(call, targets(input)));
  }

  @Mutation('endPlacements')
  end(@Args('input') input: CommandInput & { placements: (At & { kind: string; reason?: string; endedOn?: string })[]; atomic: boolean }, @Context() context: RequestContext): Promise<BulkPayload> {
    const placements = input.placements.map((item) => ({ ...at(item), kind: item.kind, reason: item.reason ?? '', endedOn: item.endedOn ?? '' }));
    return this.commands.runMany(context, input, toGlobal, (call) => this.services.placements.endPlacements(call, { placements, atomic: input.atomic }));
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

  @ResolveField('round')
  round(@Parent() { roundId }: Node, @Context() context: RequestContext): Promise<object | null> | null {
    return roundId === null ? null : loadRound(this.services, context, roundId);
  }

  @ResolveField('student')
  student(@Parent() { studentId }: Node, @Context() context: RequestContext): Promise<object | null> | null {
    return loadStudent(this.services, context, studentId ?? '');
  }

  private readonly load = async (call: CallContext, id: string): Promise<Node | undefined> => (await this.services.placements.batchGetPlacements(call, { ids: [id] })).placements.map(toNode)[0];
}

const toGlobal = (id: string): string => globalId('Placement', id);
const at = targetOf('Placement');
type Targets = CommandInput & { readonly targets: At[]; readonly atomic: boolean };

function targets(input: Targets): { targets: At[]; atomic: boolean } {
  return { targets: input.targets.map(at), atomic: input.atomic };
}

function requestOf({ position, studentId, startsOn = '', endsOn = '' }: Wish): placement.ConfirmPlacementRequest {
  return { positionId: localId('Position', position), studentId, startsOn, endsOn };
}

function cancellationOf({ id, version, reason }: Cancellation): Cancellation {
  return { id: localId('Placement', id), version, reason };
}
