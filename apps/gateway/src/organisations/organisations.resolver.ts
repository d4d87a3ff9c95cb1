import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { identity } from '@tandem/contracts';
import type { CallContext } from '@tandem/service-kit';
import { GatewayCommands, type BulkPayload, type CommandInput, type Payload } from '../edge/commands.js';
import { connection, Page, type Connection, type PageRequest } from '../edge/connections.js';
import { globalId, localId } from '../edge/ids.js';
import { Nodes } from '../edge/nodes.js';
import type { RequestContext } from '../edge/request.js';
import { Services } from '../edge/services.js';

type View = identity.OrganisationView;
type Target = CommandInput & { readonly id: string; readonly version: number };

/** An organisation by id, batched with all others of the request; for the fields of other types. */
export function loadOrganisation(services: Services, context: RequestContext, id: string): Promise<View | null> | null {
  return id === '' ? null : context.load('Organisation', id, async (call, ids) => (await services.organisations.batchGetOrganisations(call, { ids })).organisations);
}

@Resolver('Organisation')
export class OrganisationsResolver {
  constructor(
    private readonly services: Services,
    private readonly commands: GatewayCommands,
    nodes: Nodes,
  ) {
    nodes.add('Organisation', (context, id) => loadOrganisation(services, context, id));
  }

  @Query('organisations')
  async organisations(
    @Args() args: { filter?: { kind?: string; state?: string; region?: string; search?: string; importId?: string }; orderBy: string; descending: boolean },
    @Page() page: PageRequest,
    @Context() context: RequestContext,
  ): Promise<Connection<View>> {
    const { kind = '', state = '', region = '', search = '', importId = '' } = args.filter ?? {};
    const { organisations, pageInfo } = await this.services.organisations.listOrganisations(context.call(), {
      page, kind, state, region, search, orderBy: args.orderBy, descending: args.descending, importId,
    });
    return connection(organisations, pageInfo);
  }

  @Mutation('registerOrganisation')
  register(@Args('input') input: CommandInput & identity.RegisterOrganisationRequest, @Context() context: RequestContext): Promise<Payload<View>> {
    const { kind, code, name, region, invented } = input;
    return this.commands.run(context, input, (call) => this.services.organisations.registerOrganisation(call, { kind, code, name, region, invented }), this.load);
  }

  @Mutation('registerOrganisations')
  registerMany(@Args('input') input: CommandInput & { organisations: identity.RegisterOrganisationRequest[]; atomic: boolean; verified: boolean; importId?: string }, @Context() context: RequestContext): Promise<BulkPayload> {
    const { organisations, atomic, verified, importId = '' } = input;
    return this.commands.runMany(context, input, (id) => globalId('Organisation', id), (call) => this.services.organisations.registerOrganisations({ ...call, deadlineMs: 30_000 }, { organisations, atomic, verified, importId }));
  }

  @Mutation('verifyOrganisation')
  verify(@Args('input') input: Target, @Context() context: RequestContext): Promise<Payload<View>> {
    return this.commands.run(context, input, (call) => this.services.organisations.verifyOrganisation(call, at(input)), this.load);
  }

  @Mutation('suspendOrganisation')
  suspend(@Args('input') input: Target & { reason: string; untilOn?: string }, @Context() context: RequestContext): Promise<Payload<View>> {
    const { reason, untilOn = '' } = input;
    return this.commands.run(context, input, (call) => this.services.organisations.suspendOrganisation(call, { ...at(input), reason, untilOn }), this.load);
  }

  @Mutation('reinstateOrganisation')
  reinstate(@Args('input') input: Target, @Context() context: RequestContext): Promise<Payload<View>> {
    return this.commands.run(context, input, (call) => this.services.organisations.reinstateOrganisation(call, at(input)), this.load);
  }

  @Mutation('closeOrganisation')
  close(@Args('input') input: Target, @Context() context: RequestContext): Promise<Payload<View>> {
    return this.commands.run(context, input, (call) => this.services.organisations.closeOrganisation(call, at(input)), this.load);
  }

  @ResolveField('id')
  id(@Parent() { id }: View): string {
    return globalId('Organisation', id);
  }

  @ResolveField('suspendedUntil')
  suspendedUntil(@Parent() view: View): string | null {
    return view.suspendedUntil || null;
  }

  private readonly load = async (call: CallContext, id: string): Promise<View | undefined> => (await this.services.organisations.batchGetOrganisations(call, { ids: [id] })).organisations[0];
}

function at({ id, version }: Target): { id: string; version: number } {
  return { id: localId('Organisation', id), version };
}

@Resolver('Me')
export class MeResolver {
  constructor(private readonly services: Services) {}

  @ResolveField('organisation')
  organisation(@Parent() { organisation }: { organisation: string }, @Context() context: RequestContext): Promise<View | null> | null {
    return loadOrganisation(this.services, context, organisation);
  }
}
