import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { identity, programs, Seen } from '@tandem/contracts';
import type { CallContext } from '@tandem/service-kit';
import { absent, type Absent } from '../edge/absent.js';
import { GatewayCommands, type BulkPayload, type CommandInput, type Payload } from '../edge/commands.js';
import { connection, Page, type Connection, type PageRequest } from '../edge/connections.js';
import { globalId, optionalId, targetOf, type At } from '../edge/ids.js';
import { Nodes } from '../edge/nodes.js';
import type { RequestContext } from '../edge/request.js';
import { Services } from '../edge/services.js';
import { loadOrganisation } from '../organisations/organisations.resolver.js';

type Node = Absent<Omit<programs.ProgramView, 'terms'>> & Partial<programs.ProgramTerms> & { readonly id: string };
interface ListArgs {
  readonly view: string;
  readonly filter?: { state?: string; code?: string; college?: string; importId?: string };
  readonly descending: boolean;
}

const toNode = ({ terms, ...view }: programs.ProgramView): Node => Object.assign(absent(view), terms);
const toGlobal = (id: string): string => globalId('Program', id);
const at = targetOf('Program');

/** A program by id, batched with all others of the request. */
export function loadProgram(services: Services, context: RequestContext, id: string): Promise<Node | null> {
  return context.load('Program', id, async (call, ids) => (await services.programs.batchGetPrograms(call, { ids })).programs.map(toNode));
}

@Resolver('Program')
export class ProgramsResolver {
  constructor(
    private readonly services: Services,
    private readonly commands: GatewayCommands,
    nodes: Nodes,
  ) {
    nodes.add('Program', (context, id) => loadProgram(services, context, id));
  }

  @Query('programs')
  async programs(@Args() { view, filter, descending }: ListArgs, @Page() page: PageRequest, @Context() context: RequestContext): Promise<Connection<Node>> {
    const { state = '', code = '', college, importId = '' } = filter ?? {};
    const { programs: found, pageInfo } = await this.services.programs.listPrograms(context.call(), { page, view, state, code, collegeOrg: optionalId('Organisation', college), importId, descending });
    return connection(found.map(toNode), pageInfo);
  }

  @Mutation('planPrograms')
  plan(@Args('input') input: CommandInput & { programs: programs.ProgramTerms[]; atomic: boolean; importId?: string }, @Context() context: RequestContext): Promise<BulkPayload> {
    return this.commands.runMany(context, input, toGlobal, (call) => this.services.programs.planPrograms(call, { programs: input.programs, atomic: input.atomic, importId: input.importId ?? '' }));
  }

  @Mutation('openPrograms')
  open(@Args('input') input: CommandInput & { targets: At[]; atomic: boolean }, @Context() context: RequestContext): Promise<BulkPayload> {
    return this.commands.runMany(context, input, toGlobal, (call) => this.services.programs.openPrograms(call, { targets: input.targets.map(at), atomic: input.atomic }));
  }

  @Mutation('changeProgram')
  change(@Args('input') input: CommandInput & At & { skills: programs.ProgramTerms['skills'] }, @Context() context: RequestContext): Promise<Payload<Node>> {
    return this.commands.run(context, input, (call) => this.services.programs.changeProgram(call, { ...at(input), skills: input.skills }), this.load);
  }

  @Mutation('closePrograms')
  close(@Args('input') input: CommandInput & { targets: At[]; atomic: boolean }, @Context() context: RequestContext): Promise<BulkPayload> {
    return this.commands.runMany(context, input, toGlobal, (call) => this.services.programs.closePrograms(call, { targets: input.targets.map(at), atomic: input.atomic }));
  }

  @ResolveField('id')
  id(@Parent() { id }: Node): string {
    return toGlobal(id);
  }

  @ResolveField('seen')
  seen(@Parent() { id, sequence }: Node): Seen {
    return { topic: 'tandem.programs.program', id, sequence };
  }

  @ResolveField('college')
  college(@Parent() { collegeOrg }: Node, @Context() context: RequestContext): Promise<identity.OrganisationView | null> | null {
    return loadOrganisation(this.services, context, collegeOrg ?? '');
  }

  private readonly load = async (call: CallContext, id: string): Promise<Node | undefined> => (await this.services.programs.batchGetPrograms(call, { ids: [id] })).programs.map(toNode)[0];
}
