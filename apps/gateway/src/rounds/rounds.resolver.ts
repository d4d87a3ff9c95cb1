import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { Done, identity, Outcomes, placement, Seen } from '@tandem/contracts';
import type { CallContext } from '@tandem/service-kit';
import { absent, type Absent } from '../edge/absent.js';
import { GatewayCommands, type BulkPayload, type CommandInput, type Payload } from '../edge/commands.js';
import { connection, Page, type Connection, type PageRequest } from '../edge/connections.js';
import { globalId, localId, targetOf, type At } from '../edge/ids.js';
import { Nodes } from '../edge/nodes.js';
import type { RequestContext } from '../edge/request.js';
import { Services } from '../edge/services.js';
import { loadOrganisation } from '../organisations/organisations.resolver.js';

type Node = Absent<Omit<placement.RoundView, 'terms'>> & Partial<placement.RoundTerms> & { readonly id: string };
type Terms = Omit<placement.RoundTerms, 'colleges' | 'settlesOn'> & { readonly colleges: string[]; readonly settlesOn?: string };
interface ListArgs {
  readonly view: string;
  readonly filter?: { state?: string };
  readonly descending: boolean;
}
type RoundCall = (call: CallContext, request: At) => Promise<Done>;

const toNode = ({ terms, ...view }: placement.RoundView): Node => Object.assign(absent(view), terms);
const toGlobal = (id: string): string => globalId('Round', id);
const at = targetOf('Round');
/** Matching, and reading what it reads again, takes longer than a write. */
const LONG_MS = 120_000;

export function loadRound(services: Services, context: RequestContext, id: string): Promise<Node | null> {
  return context.load('Round', id, async (call, ids) => (await services.rounds.batchGetRounds(call, { ids })).rounds.map(toNode));
}

@Resolver('Round')
export class RoundsResolver {
  constructor(
    private readonly services: Services,
    private readonly commands: GatewayCommands,
    nodes: Nodes,
  ) {
    nodes.add('Round', (context, id) => loadRound(services, context, id));
  }

  @Query('rounds')
  async rounds(@Args() { view, filter, descending }: ListArgs, @Page() page: PageRequest, @Context() context: RequestContext): Promise<Connection<Node>> {
    const { rounds, pageInfo } = await this.services.rounds.listRounds(context.call(), { page, view, state: filter?.state ?? '', descending });
    return connection(rounds.map(toNode), pageInfo);
  }

  @Query('roundBundle')
  async bundle(@Args() { round, run, part }: { round: string; run: number; part: number }, @Context() context: RequestContext): Promise<object> {
    const { packed, ...about } = await this.services.rounds.getBundle(context.call(), { roundId: localId('Round', round), run, part });
    return { ...about, packed: Buffer.from(packed).toString('base64') };
  }

  @Mutation('draftRound')
  draft(@Args('input') input: CommandInput & { terms: Terms }, @Context() context: RequestContext): Promise<Payload<Node>> {
    return this.commands.run(context, input, (call) => this.services.rounds.draftRound(call, { terms: termsOf(input.terms) }), this.load);
  }

  @Mutation('changeRound')
  change(@Args('input') input: CommandInput & At & { terms: Terms }, @Context() context: RequestContext): Promise<Payload<Node>> {
    return this.commands.run(context, input, (call) => this.services.rounds.changeRound(call, { ...at(input), terms: termsOf(input.terms) }), this.load);
  }

  @Mutation('announceRound')
  announce(@Args('input') input: CommandInput & At, @Context() context: RequestContext): Promise<Payload<Node>> {
    return this.step(context, input, this.services.rounds.announceRound);
  }

  @Mutation('openRound')
  open(@Args('input') input: CommandInput & At, @Context() context: RequestContext): Promise<Payload<Node>> {
    return this.step(context, input, this.services.rounds.openRound);
  }

  @Mutation('extendRound')
  extend(@Args('input') input: CommandInput & At & { closesOn: string }, @Context() context: RequestContext): Promise<Payload<Node>> {
    return this.commands.run(context, input, (call) => this.services.rounds.extendRound(call, { ...at(input), closesOn: input.closesOn }), this.load);
  }

  @Mutation('closeRound')
  close(@Args('input') input: CommandInput & At, @Context() context: RequestContext): Promise<Payload<Node>> {
    return this.step(context, input, this.services.rounds.closeRound);
  }

  @Mutation('matchRound')
  match(@Args('input') input: CommandInput & At, @Context() context: RequestContext): Promise<Payload<Node>> {
    return this.step(context, input, this.services.rounds.matchRound);
  }

  @Mutation('verifyRound')
  verify(@Args('input') input: CommandInput & At, @Context() context: RequestContext): Promise<Payload<Node>> {
    return this.step(context, input, this.services.rounds.verifyRound);
  }

  @Mutation('publishRound')
  publish(@Args('input') input: CommandInput & At, @Context() context: RequestContext): Promise<BulkPayload> {
    return this.work(context, input, this.services.rounds.publishRound);
  }

  @Mutation('refillRound')
  refill(@Args('input') input: CommandInput & At, @Context() context: RequestContext): Promise<BulkPayload> {
    return this.work(context, input, this.services.rounds.refillRound);
  }

  @Mutation('settleRound')
  settle(@Args('input') input: CommandInput & At, @Context() context: RequestContext): Promise<BulkPayload> {
    return this.work(context, input, this.services.rounds.settleRound);
  }

  @Mutation('cancelRound')
  cancel(@Args('input') input: CommandInput & At & { reason: string }, @Context() context: RequestContext): Promise<Payload<Node>> {
    return this.commands.run(context, input, (call) => this.services.rounds.cancelRound(call, { ...at(input), reason: input.reason }), this.load);
  }

  @ResolveField('id')
  id(@Parent() { id }: Node): string {
    return toGlobal(id);
  }

  @ResolveField('seen')
  seen(@Parent() { id, sequence }: Node): Seen {
    return { topic: 'tandem.placement.round', id, sequence };
  }

  @ResolveField('organiser')
  organiser(@Parent() { org }: Node, @Context() context: RequestContext): Promise<identity.OrganisationView | null> | null {
    return loadOrganisation(this.services, context, org ?? '');
  }

  @ResolveField('colleges')
  colleges(@Parent() { colleges = [] }: Node, @Context() context: RequestContext): Promise<(identity.OrganisationView | null)[]> {
    return Promise.all(colleges.map(async (college) => loadOrganisation(this.services, context, college)));
  }

  @ResolveField('progress')
  progress(@Parent() { id }: Node, @Context() context: RequestContext): Promise<placement.RoundProgress | null> {
    return context.load('RoundProgress', id, async (call, ids) => (await this.services.rounds.batchGetProgress(call, { ids })).progress);
  }

  private step(context: RequestContext, input: CommandInput & At, command: RoundCall): Promise<Payload<Node>> {
    return this.commands.run(context, input, (call) => command({ ...call, deadlineMs: LONG_MS }, at(input)), this.load);
  }

  private work(context: RequestContext, input: CommandInput & At, command: (call: CallContext, request: At) => Promise<Outcomes>): Promise<BulkPayload> {
    return this.commands.runMany(context, input, toGlobal, (call) => command({ ...call, deadlineMs: LONG_MS }, at(input)));
  }

  private readonly load = async (call: CallContext, id: string): Promise<Node | undefined> => (await this.services.rounds.batchGetRounds(call, { ids: [id] })).rounds.map(toNode)[0];
}

function termsOf({ colleges, settlesOn = '', ...terms }: Terms): placement.RoundTerms {
  return { ...terms, settlesOn, colleges: colleges.map((college) => localId('Organisation', college)) };
}
