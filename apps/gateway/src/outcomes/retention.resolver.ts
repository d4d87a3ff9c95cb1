import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { outcomes, Seen } from '@tandem/contracts';
import { absent, type Absent } from '../edge/absent.js';
import { GatewayCommands, type BulkPayload, type CommandInput } from '../edge/commands.js';
import { connection, Page, type Connection, type PageRequest } from '../edge/connections.js';
import { globalId, optionalId, targetOf, type At } from '../edge/ids.js';
import { Nodes } from '../edge/nodes.js';
import type { RequestContext } from '../edge/request.js';
import { Services } from '../edge/services.js';
import { loadStudent } from '../programs/students.resolver.js';
import { loadDestination } from './destinations.resolver.js';

type Node = Absent<outcomes.RetentionCheckView> & { readonly id: string };
interface ListArgs {
  readonly filter?: { state?: string; destination?: string; months?: number };
  readonly descending: boolean;
}

const toNode = (view: outcomes.RetentionCheckView): Node => absent(view);
const toGlobal = (id: string): string => globalId('RetentionCheck', id);
const at = targetOf('RetentionCheck');

@Resolver('RetentionCheck')
export class RetentionResolver {
  constructor(
    private readonly services: Services,
    private readonly commands: GatewayCommands,
    nodes: Nodes,
  ) {
    nodes.add('RetentionCheck', (context, id) =>
      context.principal.role === 'college_office' ? context.load('RetentionCheck', id, async (call, ids) => (await services.retention.batchGetRetentionChecks(call, { ids })).checks.map(toNode)) : null,
    );
  }

  @Query('retentionChecks')
  async checks(@Args() { filter, descending }: ListArgs, @Page() page: PageRequest, @Context() context: RequestContext): Promise<Connection<Node>> {
    const request = { page, state: filter?.state ?? '', destinationId: optionalId('Destination', filter?.destination), months: filter?.months ?? 0, descending };
    const { checks, pageInfo } = await this.services.retention.listRetentionChecks(context.call(), request);
    return connection(checks.map(toNode), pageInfo);
  }

  @Mutation('recordRetention')
  record(@Args('input') input: CommandInput & { records: (At & { answer: string; reason?: string })[]; atomic: boolean }, @Context() context: RequestContext): Promise<BulkPayload> {
    const records = input.records.map((item) => ({ ...at(item), answer: item.answer, reason: item.reason ?? '' }));
    return this.commands.runMany(context, input, toGlobal, (call) => this.services.retention.recordRetention(call, { records, atomic: input.atomic }));
  }

  @ResolveField('id')
  id(@Parent() { id }: Node): string {
    return toGlobal(id);
  }

  @ResolveField('seen')
  seen(@Parent() { id, sequence }: Node): Seen {
    return { topic: 'tandem.outcomes.retention_check', id, sequence };
  }

  @ResolveField('student')
  student(@Parent() { studentId }: Node, @Context() context: RequestContext): Promise<object | null> | null {
    return loadStudent(this.services, context, studentId ?? '');
  }

  @ResolveField('destination')
  destination(@Parent() { destinationId }: Node, @Context() context: RequestContext): Promise<object | null> | null {
    return loadDestination(this.services, context, destinationId ?? '');
  }
}
