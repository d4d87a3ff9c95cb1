import { Args, Context, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { placement } from '@tandem/contracts';
import { absent, type Absent } from '../edge/absent.js';
import { localId } from '../edge/ids.js';
import type { RequestContext } from '../edge/request.js';
import { Services } from '../edge/services.js';
import { loadPosition } from '../positions/positions.resolver.js';
import { loadRound } from './rounds.resolver.js';

type Wish = Absent<Omit<placement.WishExplanation, 'lastPoints'>> & { readonly lastPoints: number | null };
type Node = Absent<Omit<placement.Explanation, 'wishes'>> & { readonly wishes: readonly Wish[] };

@Resolver('Explanation')
export class ExplanationsResolver {
  constructor(private readonly services: Services) {}

  @Query('explanation')
  async explanation(@Args() { round, student }: { round: string; student: string }, @Context() context: RequestContext): Promise<Node> {
    const { wishes, ...told } = await this.services.rounds.explainResult(context.call(), { roundId: localId('Round', round), studentId: localId('Student', student) });
    return { ...absent(told), wishes: wishes.map(({ lastPoints, ...wish }) => ({ ...absent(wish), lastPoints: lastPoints < 0 ? null : lastPoints })) };
  }

  @ResolveField('round')
  round(@Parent() { roundId }: Node, @Context() context: RequestContext): Promise<object | null> {
    return loadRound(this.services, context, roundId ?? '');
  }

  @ResolveField('position')
  position(@Parent() { positionId }: Node, @Context() context: RequestContext): Promise<object | null> | null {
    return positionId === null ? null : loadPosition(this.services, context, positionId);
  }
}

@Resolver('WishExplanation')
export class WishExplanationsResolver {
  constructor(private readonly services: Services) {}

  @ResolveField('position')
  position(@Parent() { positionId }: Wish, @Context() context: RequestContext): Promise<object | null> {
    return loadPosition(this.services, context, positionId ?? '');
  }
}
