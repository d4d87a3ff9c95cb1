import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { identity, placement, Seen } from '@tandem/contracts';
import { absent, type Absent } from '../edge/absent.js';
import { GatewayCommands, type BulkPayload, type CommandInput } from '../edge/commands.js';
import { connection, Page, type Connection, type PageRequest } from '../edge/connections.js';
import { globalId, optionalId, targetOf, type At } from '../edge/ids.js';
import { Nodes } from '../edge/nodes.js';
import type { RequestContext } from '../edge/request.js';
import { Services } from '../edge/services.js';
import { loadOrganisation } from '../organisations/organisations.resolver.js';
import { loadPosition } from '../positions/positions.resolver.js';
import { loadStudent } from '../programs/students.resolver.js';
import { loadRound } from './rounds.resolver.js';

type Node = Absent<placement.OfferView> & { readonly id: string };
type Organisation = Promise<identity.OrganisationView | null> | null;
interface ListArgs {
  readonly view: string;
  readonly filter?: { round?: string; student?: string; state?: string };
  readonly descending: boolean;
}

const toNode = (view: placement.OfferView): Node => absent(view);
const toGlobal = (id: string): string => globalId('Offer', id);
const at = targetOf('Offer');
const readers = new Set(['college_office', 'student', 'enterprise_hr', 'park_operator']);

@Resolver('Offer')
export class OffersResolver {
  constructor(
    private readonly services: Services,
    private readonly commands: GatewayCommands,
    nodes: Nodes,
  ) {
    nodes.add('Offer', (context, id) => (readers.has(context.principal.role) ? context.load('Offer', id, async (call, ids) => (await services.offers.batchGetOffers(call, { ids })).offers.map(toNode)) : null));
  }

  @Query('offers')
  async offers(@Args() { view, filter, descending }: ListArgs, @Page() page: PageRequest, @Context() context: RequestContext): Promise<Connection<Node>> {
    const ids = { roundId: optionalId('Round', filter?.round), studentId: optionalId('Student', filter?.student) };
    const { offers, pageInfo } = await this.services.offers.listOffers(context.call(), { page, view, ...ids, state: filter?.state ?? '', descending });
    return connection(offers.map(toNode), pageInfo);
  }

  @Mutation('answerOffers')
  answer(@Args('input') input: CommandInput & { answers: (At & { answer: string; reason?: string })[]; atomic: boolean }, @Context() context: RequestContext): Promise<BulkPayload> {
    const answers = input.answers.map((item) => ({ ...at(item), answer: item.answer, reason: item.reason ?? '' }));
    return this.commands.runMany(context, input, toGlobal, (call) => this.services.offers.answerOffers(call, { answers, atomic: input.atomic }));
  }

  @ResolveField('id')
  id(@Parent() { id }: Node): string {
    return toGlobal(id);
  }

  @ResolveField('seen')
  seen(@Parent() { id, sequence }: Node): Seen {
    return { topic: 'tandem.placement.offer', id, sequence };
  }

  @ResolveField('wish')
  wish(@Parent() { wish }: Node): number | null {
    return wish === 0 ? null : wish;
  }

  @ResolveField('college')
  college(@Parent() { collegeOrg }: Node, @Context() context: RequestContext): Organisation {
    return loadOrganisation(this.services, context, collegeOrg ?? '');
  }

  @ResolveField('enterprise')
  enterprise(@Parent() { enterpriseOrg }: Node, @Context() context: RequestContext): Organisation {
    return loadOrganisation(this.services, context, enterpriseOrg ?? '');
  }

  @ResolveField('round')
  round(@Parent() { roundId }: Node, @Context() context: RequestContext): Promise<object | null> {
    return loadRound(this.services, context, roundId ?? '');
  }

  @ResolveField('position')
  position(@Parent() { positionId }: Node, @Context() context: RequestContext): Promise<object | null> {
    return loadPosition(this.services, context, positionId ?? '');
  }

  @ResolveField('student')
  student(@Parent() { studentId }: Node, @Context() context: RequestContext): Promise<object | null> | null {
    return loadStudent(this.services, context, studentId ?? '');
  }
}
