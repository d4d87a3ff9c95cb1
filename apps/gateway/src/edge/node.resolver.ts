import { Args, Context, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { parseGlobalId } from './ids.js';
import { Nodes } from './nodes.js';
import type { RequestContext } from './request.js';

@Resolver('Node')
export class NodeResolver {
  constructor(private readonly nodes: Nodes) {}

  @Query('node')
  async node(@Args('id') id: string, @Context() context: RequestContext): Promise<object | null> {
    const parsed = parseGlobalId(id);
    const node = parsed && (await this.nodes.load(parsed.type, context, parsed.id));
    return node && { ...node, __typename: parsed.type };
  }

  @Query('me')
  me(@Context() { principal }: RequestContext): { role: string; organisation: string } {
    return { role: principal.role, organisation: principal.org };
  }

  @ResolveField('__resolveType')
  resolveType({ __typename }: { __typename: string }): string {
    return __typename;
  }
}
