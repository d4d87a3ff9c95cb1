import { Args, Context, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { CallContext } from '@tandem/service-kit';
import { parseGlobalId, type NodeType } from './ids.js';
import type { RequestContext } from './request.js';
import { Services } from './services.js';

type View = { readonly id: string };

@Resolver('Node')
export class NodeResolver {
  private readonly batches: Readonly<Record<NodeType, (call: CallContext, ids: string[]) => Promise<readonly View[]>>>;

  constructor(services: Services) {
    this.batches = {
      Organisation: async (call, ids) => (await services.organisations.batchGetOrganisations(call, { ids })).organisations,
      Membership: async (call, ids) => (await services.memberships.batchGetMemberships(call, { ids })).memberships,
      Delegation: async (call, ids) => (await services.delegations.batchGetDelegations(call, { ids })).delegations,
      Position: async (call, ids) => (await services.positions.batchGetPositions(call, { ids })).positions,
      Review: async (call, ids) => (await services.reviews.batchGetReviews(call, { ids })).reviews,
      Placement: async (call, ids) => (await services.placements.batchGetPlacements(call, { ids })).placements,
    };
  }

  @Query('node')
  async node(@Args('id') id: string, @Context() context: RequestContext): Promise<(View & { __typename: string }) | null> {
    const parsed = parseGlobalId(id);
    if (!parsed) return null;
    const view = await context.load(parsed.type, parsed.id, this.batches[parsed.type]);
    return view && { ...view, __typename: parsed.type };
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
