import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { identity } from '@tandem/contracts';
import type { CallContext } from '@tandem/service-kit';
import { GatewayCommands, type CommandInput, type Payload } from '../edge/commands.js';
import { connection, Page, type Connection, type PageRequest } from '../edge/connections.js';
import { globalId, localId } from '../edge/ids.js';
import { Nodes } from '../edge/nodes.js';
import type { RequestContext } from '../edge/request.js';
import { Services } from '../edge/services.js';
import { loadOrganisation } from '../organisations/organisations.resolver.js';

type View = identity.DelegationView;
type Organisation = Promise<identity.OrganisationView | null> | null;

@Resolver('Delegation')
export class DelegationsResolver {
  constructor(
    private readonly services: Services,
    private readonly commands: GatewayCommands,
    nodes: Nodes,
  ) {
    nodes.add('Delegation', (context, id) => context.load('Delegation', id, async (call, ids) => (await services.delegations.batchGetDelegations(call, { ids })).delegations));
  }

  @Query('delegations')
  async delegations(@Args() args: { view: string; state?: string }, @Page() page: PageRequest, @Context() context: RequestContext): Promise<Connection<View>> {
    const { delegations, pageInfo } = await this.services.delegations.listDelegations(context.call(), { page, view: args.view, state: args.state ?? '' });
    return connection(delegations, pageInfo);
  }

  @Mutation('grantDelegation')
  grant(@Args('input') input: CommandInput & { park: string; scopes: string[]; fromOn: string; toOn?: string }, @Context() context: RequestContext): Promise<Payload<View>> {
    const { park, scopes, fromOn, toOn = '' } = input;
    return this.commands.run(context, input, (call) => this.services.delegations.grantDelegation(call, { parkOrg: localId('Organisation', park), scopes, fromOn, toOn }), this.load);
  }

  @Mutation('revokeDelegation')
  revoke(@Args('input') input: CommandInput & { id: string; version: number }, @Context() context: RequestContext): Promise<Payload<View>> {
    const target = { id: localId('Delegation', input.id), version: input.version };
    return this.commands.run(context, input, (call) => this.services.delegations.revokeDelegation(call, target), this.load);
  }

  @ResolveField('id')
  id(@Parent() { id }: View): string {
    return globalId('Delegation', id);
  }

  @ResolveField('toOn')
  toOn(@Parent() { toOn }: View): string | null {
    return toOn || null;
  }

  @ResolveField('enterprise')
  enterprise(@Parent() { enterpriseOrg }: View, @Context() context: RequestContext): Organisation {
    return loadOrganisation(this.services, context, enterpriseOrg);
  }

  @ResolveField('park')
  park(@Parent() { parkOrg }: View, @Context() context: RequestContext): Organisation {
    return loadOrganisation(this.services, context, parkOrg);
  }

  private readonly load = async (call: CallContext, id: string): Promise<View | undefined> => (await this.services.delegations.batchGetDelegations(call, { ids: [id] })).delegations[0];
}
