import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { placement, Seen } from '@tandem/contracts';
import type { CallContext } from '@tandem/service-kit';
import { absent, type Absent } from '../edge/absent.js';
import { GatewayCommands, type BulkPayload, type CommandInput, type Payload } from '../edge/commands.js';
import { connection, Page, type Connection, type PageRequest } from '../edge/connections.js';
import { globalId, localId, optionalId, targetOf, type At } from '../edge/ids.js';
import { Nodes } from '../edge/nodes.js';
import type { RequestContext } from '../edge/request.js';
import { Services } from '../edge/services.js';
import { loadStudent } from '../programs/students.resolver.js';
import { loadRound } from './rounds.resolver.js';

type Node = Absent<placement.AppealView> & { readonly id: string };
interface ListArgs {
  readonly filter?: { round?: string; student?: string; state?: string };
  readonly descending: boolean;
}

const toNode = (view: placement.AppealView): Node => absent(view);
const toGlobal = (id: string): string => globalId('Appeal', id);
const at = targetOf('Appeal');

@Resolver('Appeal')
export class AppealsResolver {
  constructor(
    private readonly services: Services,
    private readonly commands: GatewayCommands,
    nodes: Nodes,
  ) {
    nodes.add('Appeal', (context, id) => (context.principal.orgKind === 'college' ? context.load('Appeal', id, async (call, ids) => (await services.appeals.batchGetAppeals(call, { ids })).appeals.map(toNode)) : null));
  }

  @Query('appeals')
  async appeals(@Args() { filter, descending }: ListArgs, @Page() page: PageRequest, @Context() context: RequestContext): Promise<Connection<Node>> {
    const ids = { roundId: optionalId('Round', filter?.round), studentId: optionalId('Student', filter?.student) };
    const { appeals, pageInfo } = await this.services.appeals.listAppeals(context.call(), { page, ...ids, state: filter?.state ?? '', descending });
    return connection(appeals.map(toNode), pageInfo);
  }

  @Mutation('fileAppeal')
  file(@Args('input') input: CommandInput & { round: string; student: string; ground: string; text: string }, @Context() context: RequestContext): Promise<Payload<Node>> {
    const { round, student, ground, text } = input;
    return this.commands.run(context, input, (call) => this.services.appeals.fileAppeal(call, { roundId: localId('Round', round), studentId: localId('Student', student), ground, text }), this.load);
  }

  @Mutation('decideAppeals')
  decide(@Args('input') input: CommandInput & { decisions: (At & { outcome: string; decision: string })[]; atomic: boolean }, @Context() context: RequestContext): Promise<BulkPayload> {
    const decisions = input.decisions.map(({ outcome, decision, ...target }) => ({ ...at(target), outcome, decision }));
    return this.commands.runMany(context, input, toGlobal, (call) => this.services.appeals.decideAppeals(call, { decisions, atomic: input.atomic }));
  }

  @Mutation('withdrawAppeal')
  withdraw(@Args('input') input: CommandInput & At, @Context() context: RequestContext): Promise<Payload<Node>> {
    return this.commands.run(context, input, (call) => this.services.appeals.withdrawAppeal(call, at(input)), this.load);
  }

  @ResolveField('id')
  id(@Parent() { id }: Node): string {
    return toGlobal(id);
  }

  @ResolveField('seen')
  seen(@Parent() { id, sequence }: Node): Seen {
    return { topic: 'tandem.placement.appeal', id, sequence };
  }

  @ResolveField('round')
  round(@Parent() { roundId }: Node, @Context() context: RequestContext): Promise<object | null> {
    return loadRound(this.services, context, roundId ?? '');
  }

  @ResolveField('student')
  student(@Parent() { studentId }: Node, @Context() context: RequestContext): Promise<object | null> | null {
    return loadStudent(this.services, context, studentId ?? '');
  }

  private readonly load = async (call: CallContext, id: string): Promise<Node | undefined> => (await this.services.appeals.batchGetAppeals(call, { ids: [id] })).appeals.map(toNode)[0];
}
