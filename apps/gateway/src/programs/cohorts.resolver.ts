import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { programs, Seen } from '@tandem/contracts';
import type { CallContext } from '@tandem/service-kit';
import { GatewayCommands, type BulkPayload, type CommandInput, type Payload } from '../edge/commands.js';
import { connection, Page, type Connection, type PageRequest } from '../edge/connections.js';
import { globalId, localId, optionalId, targetOf, type At } from '../edge/ids.js';
import { Nodes } from '../edge/nodes.js';
import type { RequestContext } from '../edge/request.js';
import { Services } from '../edge/services.js';
import { loadProgram } from './programs.resolver.js';

type Node = Omit<programs.CohortView, 'terms'> & Partial<programs.CohortTerms> & { readonly id: string };
interface ListArgs {
  readonly filter?: { state?: string; program?: string };
  readonly descending: boolean;
}
type Terms = Omit<programs.CohortTerms, 'programId'> & { readonly program: string };

const toNode = ({ terms, ...view }: programs.CohortView): Node => ({ ...view, ...terms });
const toGlobal = (id: string): string => globalId('Cohort', id);
const at = targetOf('Cohort');

export function loadCohort(services: Services, context: RequestContext, id: string): Promise<Node | null> {
  return context.load('Cohort', id, async (call, ids) => (await services.cohorts.batchGetCohorts(call, { ids })).cohorts.map(toNode));
}

@Resolver('Cohort')
export class CohortsResolver {
  constructor(
    private readonly services: Services,
    private readonly commands: GatewayCommands,
    nodes: Nodes,
  ) {
    nodes.add('Cohort', (context, id) => loadCohort(services, context, id));
  }

  @Query('cohorts')
  async cohorts(@Args() { filter, descending }: ListArgs, @Page() page: PageRequest, @Context() context: RequestContext): Promise<Connection<Node>> {
    const { cohorts, pageInfo } = await this.services.cohorts.listCohorts(context.call(), { page, state: filter?.state ?? '', programId: optionalId('Program', filter?.program), descending });
    return connection(cohorts.map(toNode), pageInfo);
  }

  @Mutation('planCohorts')
  plan(@Args('input') input: CommandInput & { cohorts: Terms[]; atomic: boolean }, @Context() context: RequestContext): Promise<BulkPayload> {
    const cohorts = input.cohorts.map(({ program, ...terms }) => ({ ...terms, programId: localId('Program', program) }));
    return this.commands.runMany(context, input, toGlobal, (call) => this.services.cohorts.planCohorts(call, { cohorts, atomic: input.atomic }));
  }

  @Mutation('enrolCohort')
  enrol(@Args('input') input: CommandInput & At, @Context() context: RequestContext): Promise<Payload<Node>> {
    return this.commands.run(context, input, (call) => this.services.cohorts.enrolCohort(call, at(input)), this.load);
  }

  @Mutation('changeAvailability')
  changeAvailability(@Args('input') input: CommandInput & At & { windows: programs.CohortTerms['windows'] }, @Context() context: RequestContext): Promise<Payload<Node>> {
    return this.commands.run(context, input, (call) => this.services.cohorts.changeAvailability(call, { ...at(input), windows: input.windows }), this.load);
  }

  @Mutation('graduateCohort')
  graduate(@Args('input') input: CommandInput & At, @Context() context: RequestContext): Promise<Payload<Node>> {
    return this.commands.run(context, input, (call) => this.services.cohorts.graduateCohort(call, at(input)), this.load);
  }

  @ResolveField('id')
  id(@Parent() { id }: Node): string {
    return toGlobal(id);
  }

  @ResolveField('seen')
  seen(@Parent() { id, sequence }: Node): Seen {
    return { topic: 'tandem.programs.cohort', id, sequence };
  }

  @ResolveField('program')
  program(@Parent() { programId }: Node, @Context() context: RequestContext): Promise<object | null> {
    return loadProgram(this.services, context, programId ?? '');
  }

  private readonly load = async (call: CallContext, id: string): Promise<Node | undefined> => (await this.services.cohorts.batchGetCohorts(call, { ids: [id] })).cohorts.map(toNode)[0];
}
