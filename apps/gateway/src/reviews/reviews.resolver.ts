import { Args, Context, Mutation, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import type { demand } from '@tandem/contracts';
import type { CallContext } from '@tandem/service-kit';
import { absent, type Absent } from '../edge/absent.js';
import { GatewayCommands, type BulkPayload, type CommandInput, type Payload } from '../edge/commands.js';
import { globalId, localId } from '../edge/ids.js';
import { Nodes } from '../edge/nodes.js';
import type { RequestContext } from '../edge/request.js';
import { Services } from '../edge/services.js';

type Node = Absent<demand.ReviewView> & { readonly id: string };
interface Decision {
  readonly position: string;
  readonly positionVersion: number;
  readonly decision: string;
  readonly field?: string;
  readonly reason?: string;
  readonly text?: string;
}

const toNode = (view: demand.ReviewView): Node => absent(view);

export function loadReview(services: Services, context: RequestContext, id: string): Promise<Node | null> {
  return context.load('Review', id, async (call, ids) => (await services.reviews.batchGetReviews(call, { ids })).reviews.map(toNode));
}

@Resolver('Review')
export class ReviewsResolver {
  constructor(
    private readonly services: Services,
    private readonly commands: GatewayCommands,
    nodes: Nodes,
  ) {
    nodes.add('Review', (context, id) => loadReview(services, context, id));
  }

  @Mutation('decideReview')
  decide(@Args('input') input: CommandInput & { decision: Decision }, @Context() context: RequestContext): Promise<Payload<Node>> {
    return this.commands.run(context, input, (call) => this.services.reviews.decideReview(call, requestOf(input.decision)), this.load);
  }

  @Mutation('decideReviews')
  decideMany(@Args('input') input: CommandInput & { decisions: Decision[]; atomic: boolean }, @Context() context: RequestContext): Promise<BulkPayload> {
    const decisions = input.decisions.map(requestOf);
    return this.commands.runMany(context, input, toGlobal, (call) => this.services.reviews.decideReviews(call, { decisions, atomic: input.atomic }));
  }

  @ResolveField('id')
  id(@Parent() { id }: Node): string {
    return toGlobal(id);
  }

  private readonly load = async (call: CallContext, id: string): Promise<Node | undefined> => (await this.services.reviews.batchGetReviews(call, { ids: [id] })).reviews.map(toNode)[0];
}

const toGlobal = (id: string): string => globalId('Review', id);

function requestOf({ position, positionVersion, decision, field = '', reason = '', text = '' }: Decision): demand.DecideReviewRequest {
  return { positionId: localId('Position', position), positionVersion, decision, field, reason, text };
}
