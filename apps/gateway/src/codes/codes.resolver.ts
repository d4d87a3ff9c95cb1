import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { identity } from '@tandem/contracts';
import { GatewayCommands, type CommandInput, type UserError } from '../edge/commands.js';
import { connection, Page, type Connection, type PageRequest } from '../edge/connections.js';
import type { RequestContext } from '../edge/request.js';
import { Services } from '../edge/services.js';

type Input = CommandInput & { list: string; fromOn: string; entries: (Omit<identity.CodeEntry, 'parent'> & { parent?: string })[] };
type Imported = identity.ImportCodesResponse & { userErrors: readonly UserError[] };

@Resolver('Code')
export class CodesResolver {
  constructor(
    private readonly services: Services,
    private readonly commands: GatewayCommands,
  ) {}

  @Query('codes')
  async codes(@Args() args: { list: string; parent?: string; search?: string }, @Page() page: PageRequest, @Context() context: RequestContext): Promise<Connection<identity.CodeView>> {
    const { codes, pageInfo } = await this.services.codes.listCodes(context.call(), { page, list: args.list, parent: args.parent ?? '', search: args.search ?? '' });
    return connection(codes, pageInfo);
  }

  @Mutation('importCodes')
  import(@Args('input') input: Input, @Context() context: RequestContext): Promise<Imported> {
    const entries = input.entries.map((entry) => ({ ...entry, parent: entry.parent ?? '' }));
    const nothing = { added: 0, changed: 0, unchanged: 0 };
    return this.commands.answer(context, input, nothing, (call) => this.services.codes.importCodes(call, { list: input.list, fromOn: input.fromOn, entries }));
  }

  @ResolveField('parent')
  parent(@Parent() { parent }: identity.CodeView): string | null {
    return parent || null;
  }
}
