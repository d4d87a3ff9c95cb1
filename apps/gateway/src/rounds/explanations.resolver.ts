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

/** Counts of what the caller may see of a round; each only when it is asked for. */
@Resolver('RoundProgress')
export class RoundProgressResolver {
  constructor(private readonly services: Services) {}

  @ResolveField('entries')
  async entries(@Parent() { id }: { id: string }, @Context() context: RequestContext): Promise<number> {
    return totalOf(await this.services.entries.listEntries(context.call(), { page: none, view: 'published', roundId: id, state: 'entered', descending: false }));
  }

  @ResolveField('lists')
  async lists(@Parent() { id }: { id: string }, @Context() context: RequestContext): Promise<number> {
    if (context.principal.orgKind !== 'college') return 0;
    return totalOf(await this.services.lists.listLists(context.call(), { page: none, roundId: id, state: 'submitted', studentId: '', descending: false }));
  }

  @ResolveField('offered')
  offered(@Parent() { id }: { id: string }, @Context() context: RequestContext): Promise<number> {
    return this.offers(context, id, 'offered');
  }

  @ResolveField('waiting')
  waiting(@Parent() { id }: { id: string }, @Context() context: RequestContext): Promise<number> {
    return this.offers(context, id, 'waiting');
  }

  @ResolveField('accepted')
  accepted(@Parent() { id }: { id: string }, @Context() context: RequestContext): Promise<number> {
    return this.offers(context, id, 'accepted');
  }

  @ResolveField('declined')
  declined(@Parent() { id }: { id: string }, @Context() context: RequestContext): Promise<number> {
    return this.offers(context, id, 'declined');
  }

  @ResolveField('expired')
  expired(@Parent() { id }: { id: string }, @Context() context: RequestContext): Promise<number> {
    return this.offers(context, id, 'expired');
  }

  @ResolveField('rescinded')
  rescinded(@Parent() { id }: { id: string }, @Context() context: RequestContext): Promise<number> {
    return this.offers(context, id, 'rescinded');
  }

  private async offers(context: RequestContext, roundId: string, state: string): Promise<number> {
    const { orgKind } = context.principal;
    if (orgKind !== 'college' && orgKind !== 'enterprise') return 0;
    return totalOf(await this.services.offers.listOffers(context.call(), { page: none, view: orgKind === 'college' ? 'own' : 'party', roundId, state, studentId: '', descending: false }));
  }
}

const none = { first: 0, after: '', skip: 0 };

function totalOf({ pageInfo }: { pageInfo: { totalCount: number } | undefined }): number {
  return pageInfo?.totalCount ?? 0;
}
