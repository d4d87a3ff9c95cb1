import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { placement, Seen } from '@tandem/contracts';
import { absent, type Absent } from '../edge/absent.js';
import { GatewayCommands, type BulkPayload, type CommandInput } from '../edge/commands.js';
import { connection, Page, type Connection, type PageRequest } from '../edge/connections.js';
import { globalId, localId, optionalId, targetOf, type At } from '../edge/ids.js';
import { Nodes } from '../edge/nodes.js';
import type { RequestContext } from '../edge/request.js';
import { Services } from '../edge/services.js';
import { loadPosition } from '../positions/positions.resolver.js';
import { loadStudent } from '../programs/students.resolver.js';
import { loadRound } from './rounds.resolver.js';

type Node = Absent<Omit<placement.ListView, 'list'>> & { readonly id: string; readonly roundId: string; readonly studentId: string; readonly positionIds: readonly string[] };
interface ListArgs {
  readonly filter?: { round?: string; student?: string; state?: string };
  readonly descending: boolean;
}
interface StudentList {
  readonly round: string;
  readonly student: string;
  readonly positions: string[];
}

const toNode = ({ list, ...view }: placement.ListView): Node => ({ ...absent(view), id: view.id, roundId: list?.roundId ?? '', studentId: list?.studentId ?? '', positionIds: list?.positionIds ?? [] });
const toGlobal = (id: string): string => globalId('PreferenceList', id);
const at = targetOf('PreferenceList');
const positionIdsOf = (positions: readonly string[]): string[] => positions.map((id) => localId('Position', id));

@Resolver('PreferenceList')
export class ListsResolver {
  constructor(
    private readonly services: Services,
    private readonly commands: GatewayCommands,
    nodes: Nodes,
  ) {
    nodes.add('PreferenceList', (context, id) => {
      if (context.principal.orgKind !== 'college') return null;
      return context.load('PreferenceList', id, async (call, ids) => (await services.lists.batchGetLists(call, { ids })).lists.map(toNode));
    });
  }

  @Query('preferenceLists')
  async lists(@Args() { filter, descending }: ListArgs, @Page() page: PageRequest, @Context() context: RequestContext): Promise<Connection<Node>> {
    const ids = { roundId: optionalId('Round', filter?.round), studentId: optionalId('Student', filter?.student) };
    const { lists, pageInfo } = await this.services.lists.listLists(context.call(), { page, ...ids, state: filter?.state ?? '', descending });
    return connection(lists.map(toNode), pageInfo);
  }

  @Mutation('submitLists')
  submit(@Args('input') input: CommandInput & { lists: StudentList[]; atomic: boolean }, @Context() context: RequestContext): Promise<BulkPayload> {
    const lists = input.lists.map(({ round, student, positions }) => ({ roundId: localId('Round', round), studentId: localId('Student', student), positionIds: positionIdsOf(positions) }));
    return this.commands.runMany(context, input, toGlobal, (call) => this.services.lists.submitLists({ ...call, deadlineMs: 30_000 }, { lists, atomic: input.atomic }));
  }

  @Mutation('replaceLists')
  replace(@Args('input') input: CommandInput & { lists: (At & { positions: string[]; reason?: string; text?: string })[]; atomic: boolean }, @Context() context: RequestContext): Promise<BulkPayload> {
    const lists = input.lists.map((item) => ({ ...at(item), positionIds: positionIdsOf(item.positions), reason: item.reason ?? '', text: item.text ?? '' }));
    return this.commands.runMany(context, input, toGlobal, (call) => this.services.lists.replaceLists({ ...call, deadlineMs: 30_000 }, { lists, atomic: input.atomic }));
  }

  @Mutation('confirmLists')
  confirm(@Args('input') input: CommandInput & { targets: At[]; atomic: boolean }, @Context() context: RequestContext): Promise<BulkPayload> {
    return this.commands.runMany(context, input, toGlobal, (call) => this.services.lists.confirmLists(call, { targets: input.targets.map(at), atomic: input.atomic }));
  }

  @Mutation('strikeLists')
  strike(@Args('input') input: CommandInput & { targets: At[]; atomic: boolean }, @Context() context: RequestContext): Promise<BulkPayload> {
    return this.commands.runMany(context, input, toGlobal, (call) => this.services.lists.strikeLists(call, { targets: input.targets.map(at), atomic: input.atomic }));
  }

  @ResolveField('id')
  id(@Parent() { id }: Node): string {
    return toGlobal(id);
  }

  @ResolveField('seen')
  seen(@Parent() { id, sequence }: Node): Seen {
    return { topic: 'tandem.placement.preference_list', id, sequence };
  }

  @ResolveField('round')
  round(@Parent() { roundId }: Node, @Context() context: RequestContext): Promise<object | null> {
    return loadRound(this.services, context, roundId);
  }

  @ResolveField('student')
  student(@Parent() { studentId }: Node, @Context() context: RequestContext): Promise<object | null> | null {
    return loadStudent(this.services, context, studentId);
  }

  @ResolveField('positions')
  positions(@Parent() { positionIds }: Node, @Context() context: RequestContext): Promise<(object | null)[]> {
    return Promise.all(positionIds.map((id) => loadPosition(this.services, context, id)));
  }
}
