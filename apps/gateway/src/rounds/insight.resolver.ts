import { Args, Context, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { placement } from '@tandem/contracts';
import type { CallContext } from '@tandem/service-kit';
import { connection, Page, type Connection, type PageRequest } from '../edge/connections.js';
import { localId } from '../edge/ids.js';
import type { RequestContext } from '../edge/request.js';
import { Services } from '../edge/services.js';
import { loadPosition } from '../positions/positions.resolver.js';
import { loadStudent } from '../programs/students.resolver.js';
import { loadRound } from './rounds.resolver.js';

interface Change {
  readonly seats: readonly { readonly position: string; readonly added: number }[];
  readonly everywhere: number;
  readonly weights?: placement.Weights | null;
  readonly reserve?: placement.Reserve | null;
}
type Counts<T> = { readonly [K in keyof T]: T[K] extends number ? number | null : T[K] };
type Unplaced = placement.UnplacedStudent;
type PositionResult = Counts<placement.PositionResult>;
type Both = Counts<placement.BeforeAfter> | null;
type Group = Counts<Omit<placement.GroupFigures, 'tag' | 'placed' | 'firstWish'>> & { readonly tag: string | null; readonly placed: Both; readonly firstWish: Both };

/** A round's lists are read and matched again. */
const LONG_MS = 120_000;
const long = (call: CallContext): CallContext => ({ ...call, deadlineMs: LONG_MS });

@Resolver('UnplacedStudent')
export class UnplacedStudentsResolver {
  constructor(private readonly services: Services) {}

  @Query('roundUnplaced')
  async unplaced(@Args('round') round: string, @Page() page: PageRequest, @Context() context: RequestContext): Promise<Connection<Unplaced> & { readonly counts: object }> {
    const { students, pageInfo, counts } = await this.services.insight.listUnplaced(long(context.call()), { roundId: localId('Round', round), page });
    return { ...connection(students, pageInfo), counts: said(counts ?? {}) };
  }

  @ResolveField('student')
  student(@Parent() { studentId }: Unplaced, @Context() context: RequestContext): Promise<object | null> | null {
    return loadStudent(this.services, context, studentId);
  }

  @ResolveField('seats')
  seats(@Parent() { seatsPositionId, seatsAdded }: Unplaced): { readonly positionId: string; readonly added: number | null } | null {
    return seatsPositionId === '' ? null : { positionId: seatsPositionId, added: seatsAdded < 0 ? null : seatsAdded };
  }

  @ResolveField('listing')
  listing(@Parent() { listingPositionId }: Unplaced, @Context() context: RequestContext): Promise<object | null> | null {
    return listingPositionId === '' ? null : loadPosition(this.services, context, listingPositionId);
  }
}

@Resolver('SeatsThatHelp')
export class SeatsThatHelpResolver {
  constructor(private readonly services: Services) {}

  @ResolveField('position')
  position(@Parent() { positionId }: { readonly positionId: string }, @Context() context: RequestContext): Promise<object | null> {
    return loadPosition(this.services, context, positionId);
  }
}

@Resolver('PositionResult')
export class PositionResultsResolver {
  constructor(private readonly services: Services) {}

  @Query('positionResult')
  async positionResult(@Args() { round, position }: { round: string; position: string }, @Context() context: RequestContext): Promise<PositionResult> {
    return said(await this.services.insight.getPositionResult(context.call(), { roundId: localId('Round', round), positionId: localId('Position', position) }));
  }

  @ResolveField('round')
  round(@Parent() { roundId }: PositionResult, @Context() context: RequestContext): Promise<object | null> {
    return loadRound(this.services, context, roundId);
  }

  @ResolveField('position')
  position(@Parent() { positionId }: PositionResult, @Context() context: RequestContext): Promise<object | null> {
    return loadPosition(this.services, context, positionId);
  }
}

@Resolver('RoundScenario')
export class ScenariosResolver {
  constructor(private readonly services: Services) {}

  @Query('roundWhatIf')
  async whatIf(@Args() { round, change }: { round: string; change: Change }, @Context() context: RequestContext): Promise<{ readonly groups: Group[]; readonly most: Both }> {
    const { groups, most } = await this.services.insight.tryScenario(long(context.call()), {
      roundId: localId('Round', round),
      seats: change.seats.map(({ position, added }) => ({ positionId: localId('Position', position), added })),
      everywhere: change.everywhere,
      weights: change.weights ?? undefined,
      reserve: change.reserve ?? undefined,
    });
    return { groups: groups.map(({ tag, placed, firstWish, ...rest }) => ({ ...said(rest), tag: tag || null, placed: bothOf(placed), firstWish: bothOf(firstWish) })), most: bothOf(most) };
  }
}

function bothOf(both: placement.BeforeAfter | undefined): Both {
  return both ? said(both) : null;
}

/** -1: not said. */
function said<T extends object>(figures: T): Counts<T> {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, value === -1 ? null : (value as unknown)])) as Counts<T>;
}
