import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { demand, identity, Seen } from '@tandem/contracts';
import type { CallContext } from '@tandem/service-kit';
import { absent, type Absent } from '../edge/absent.js';
import { GatewayCommands, type BulkPayload, type CommandInput, type Payload } from '../edge/commands.js';
import { connection, Page, type Connection, type PageRequest } from '../edge/connections.js';
import { globalId } from '../edge/ids.js';
import { Nodes } from '../edge/nodes.js';
import type { RequestContext } from '../edge/request.js';
import { Services } from '../edge/services.js';
import { loadOrganisation } from '../organisations/organisations.resolver.js';

type Node = Absent<demand.HeadcountStatementView> & { readonly id: string };
type Organisation = Promise<identity.OrganisationView | null> | null;
type Statement = Omit<demand.StateHeadcountRequest, 'occupation'> & { readonly occupation?: string | null };
interface ListArgs {
  readonly view: string;
  readonly filter?: { state?: string; occupation?: string };
  readonly descending: boolean;
}

const toNode = (view: demand.HeadcountStatementView): Node => absent(view);
const toGlobal = (id: string): string => globalId('HeadcountStatement', id);
const requestOf = ({ occupation, ...statement }: Statement): demand.StateHeadcountRequest => ({ ...statement, occupation: occupation ?? '' });

@Resolver('HeadcountStatement')
export class HeadcountsResolver {
  constructor(
    private readonly services: Services,
    private readonly commands: GatewayCommands,
    nodes: Nodes,
  ) {
    nodes.add('HeadcountStatement', (context, id) => context.load('HeadcountStatement', id, async (call, ids) => (await services.headcounts.batchGetHeadcounts(call, { ids })).statements.map(toNode)));
  }

  @Query('headcountStatements')
  async statements(@Args() { view, filter, descending }: ListArgs, @Page() page: PageRequest, @Context() context: RequestContext): Promise<Connection<Node>> {
    const { state = '', occupation = '' } = filter ?? {};
    const { statements, pageInfo } = await this.services.headcounts.listHeadcounts(context.call(), { page, view, state, occupation, descending });
    return connection(statements.map(toNode), pageInfo);
  }

  @Mutation('stateHeadcount')
  state(@Args('input') input: CommandInput & { statement: Statement }, @Context() context: RequestContext): Promise<Payload<Node>> {
    return this.commands.run(context, input, (call) => this.services.headcounts.stateHeadcount(call, requestOf(input.statement)), this.load);
  }

  @Mutation('stateHeadcounts')
  stateMany(@Args('input') input: CommandInput & { statements: Statement[]; atomic: boolean }, @Context() context: RequestContext): Promise<BulkPayload> {
    const statements = input.statements.map(requestOf);
    return this.commands.runMany(context, input, toGlobal, (call) => this.services.headcounts.stateHeadcounts(call, { statements, atomic: input.atomic }));
  }

  @ResolveField('id')
  id(@Parent() { id }: Node): string {
    return toGlobal(id);
  }

  @ResolveField('seen')
  seen(@Parent() { id, sequence }: Node): Seen {
    return { topic: 'tandem.demand.headcount_statement', id, sequence };
  }

  @ResolveField('enterprise')
  enterprise(@Parent() { enterpriseOrg }: Node, @Context() context: RequestContext): Organisation {
    return loadOrganisation(this.services, context, enterpriseOrg ?? '');
  }

  @ResolveField('park')
  park(@Parent() { parkOrg }: Node, @Context() context: RequestContext): Organisation {
    return loadOrganisation(this.services, context, parkOrg ?? '');
  }

  private readonly load = async (call: CallContext, id: string): Promise<Node | undefined> => (await this.services.headcounts.batchGetHeadcounts(call, { ids: [id] })).statements.map(toNode)[0];
}
