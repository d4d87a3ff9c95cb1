import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { identity } from '@tandem/contracts';
import type { CallContext } from '@tandem/service-kit';
import { GatewayCommands, type CommandInput, type Payload } from '../edge/commands.js';
import { connection, Page, type Connection, type PageRequest } from '../edge/connections.js';
import { globalId, localId } from '../edge/ids.js';
import { Nodes } from '../edge/nodes.js';
import type { RequestContext } from '../edge/request.js';
import { Services } from '../edge/services.js';

type View = identity.MembershipView;

@Resolver('Membership')
export class MembershipsResolver {
  constructor(
    private readonly services: Services,
    private readonly commands: GatewayCommands,
    nodes: Nodes,
  ) {
    nodes.add('Membership', (context, id) => context.load('Membership', id, async (call, ids) => (await services.memberships.batchGetMemberships(call, { ids })).memberships));
  }

  @Query('memberships')
  async memberships(@Args() args: { filter?: { role?: string; state?: string; phone?: string } }, @Page() page: PageRequest, @Context() context: RequestContext): Promise<Connection<View>> {
    const { role = '', state = '', phone = '' } = args.filter ?? {};
    const { memberships, pageInfo } = await this.services.memberships.listMemberships(context.call(), { page, role, state, phone });
    return connection(memberships, pageInfo);
  }

  @Mutation('grantMembership')
  grant(@Args('input') input: CommandInput & Omit<identity.GrantMembershipRequest, 'toOn'> & { toOn?: string }, @Context() context: RequestContext): Promise<Payload<View>> {
    const { account, role, name, phone, fromOn, toOn = '' } = input;
    return this.commands.run(context, input, (call) => this.services.memberships.grantMembership(call, { account, role, name, phone, fromOn, toOn }), this.load);
  }

  @Mutation('endMembership')
  end(@Args('input') input: CommandInput & { id: string; version: number }, @Context() context: RequestContext): Promise<Payload<View>> {
    const target = { id: localId('Membership', input.id), version: input.version };
    return this.commands.run(context, input, (call) => this.services.memberships.endMembership(call, target), this.load);
  }

  @ResolveField('id')
  id(@Parent() { id }: View): string {
    return globalId('Membership', id);
  }

  @ResolveField('toOn')
  toOn(@Parent() { toOn }: View): string | null {
    return toOn || null;
  }

  private readonly load = async (call: CallContext, id: string): Promise<View | undefined> => (await this.services.memberships.batchGetMemberships(call, { ids: [id] })).memberships[0];
}
