import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { programs, Seen } from '@tandem/contracts';
import type { CallContext } from '@tandem/service-kit';
import { GatewayCommands, type BulkPayload, type CommandInput, type Payload } from '../edge/commands.js';
import { connection, Page, type Connection, type PageRequest } from '../edge/connections.js';
import { globalId, localId, optionalId, targetOf, type At } from '../edge/ids.js';
import { Nodes } from '../edge/nodes.js';
import type { RequestContext } from '../edge/request.js';
import { Services } from '../edge/services.js';
import { loadCohort } from './cohorts.resolver.js';

type Node = Omit<programs.ClassView, 'terms'> & { readonly cohortId: string; readonly name: string; readonly teacherAccount: string | null };
interface ListArgs {
  readonly filter?: { cohort?: string; state?: string };
  readonly descending: boolean;
}
interface Terms {
  readonly cohort: string;
  readonly name: string;
  readonly teacherAccount?: string;
}

const toNode = ({ terms, ...view }: programs.ClassView): Node => ({ ...view, cohortId: terms?.cohortId ?? '', name: terms?.name ?? '', teacherAccount: terms?.teacherAccount || null });
const toGlobal = (id: string): string => globalId('Class', id);
const at = targetOf('Class');

export function loadClass(services: Services, context: RequestContext, id: string): Promise<Node | null> {
  return context.load('Class', id, async (call, ids) => (await services.classes.batchGetClasses(call, { ids })).classes.map(toNode));
}

@Resolver('Class')
export class ClassesResolver {
  constructor(
    private readonly services: Services,
    private readonly commands: GatewayCommands,
    nodes: Nodes,
  ) {
    nodes.add('Class', (context, id) => loadClass(services, context, id));
  }

  @Query('classes')
  async classes(@Args() { filter, descending }: ListArgs, @Page() page: PageRequest, @Context() context: RequestContext): Promise<Connection<Node>> {
    const { classes, pageInfo } = await this.services.classes.listClasses(context.call(), { page, cohortId: optionalId('Cohort', filter?.cohort), state: filter?.state ?? '', descending });
    return connection(classes.map(toNode), pageInfo);
  }

  @Mutation('formClasses')
  form(@Args('input') input: CommandInput & { classes: Terms[]; atomic: boolean }, @Context() context: RequestContext): Promise<BulkPayload> {
    const classes = input.classes.map(({ cohort, name, teacherAccount = '' }) => ({ cohortId: localId('Cohort', cohort), name, teacherAccount }));
    return this.commands.runMany(context, input, toGlobal, (call) => this.services.classes.formClasses(call, { classes, atomic: input.atomic }));
  }

  @Mutation('changeClass')
  change(@Args('input') input: CommandInput & At & Omit<Terms, 'cohort'>, @Context() context: RequestContext): Promise<Payload<Node>> {
    return this.commands.run(context, input, (call) => this.services.classes.changeClass(call, { ...at(input), name: input.name, teacherAccount: input.teacherAccount ?? '' }), this.load);
  }

  @Mutation('dissolveClass')
  dissolve(@Args('input') input: CommandInput & At, @Context() context: RequestContext): Promise<Payload<Node>> {
    return this.commands.run(context, input, (call) => this.services.classes.dissolveClass(call, at(input)), this.load);
  }

  @ResolveField('id')
  id(@Parent() { id }: Node): string {
    return toGlobal(id);
  }

  @ResolveField('seen')
  seen(@Parent() { id, sequence }: Node): Seen {
    return { topic: 'tandem.programs.class', id, sequence };
  }

  @ResolveField('cohort')
  cohort(@Parent() { cohortId }: Node, @Context() context: RequestContext): Promise<object | null> {
    return loadCohort(this.services, context, cohortId);
  }

  private readonly load = async (call: CallContext, id: string): Promise<Node | undefined> => (await this.services.classes.batchGetClasses(call, { ids: [id] })).classes.map(toNode)[0];
}
