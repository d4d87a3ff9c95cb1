import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { identity, outcomes, Seen } from '@tandem/contracts';
import type { CallContext } from '@tandem/service-kit';
import { absent, type Absent } from '../edge/absent.js';
import { GatewayCommands, type BulkPayload, type CommandInput, type Payload } from '../edge/commands.js';
import { connection, Page, type Connection, type PageRequest } from '../edge/connections.js';
import { globalId, localId, optionalId, targetOf, type At } from '../edge/ids.js';
import { Nodes } from '../edge/nodes.js';
import type { RequestContext } from '../edge/request.js';
import { Services } from '../edge/services.js';
import { loadOrganisation } from '../organisations/organisations.resolver.js';
import { loadStudent } from '../programs/students.resolver.js';

type Node = Absent<Omit<outcomes.DestinationView, 'terms'>> & Partial<Absent<outcomes.DestinationTerms>> & { readonly id: string };
interface ListArgs {
  readonly filter?: { state?: string; student?: string };
  readonly descending: boolean;
}
type Terms = Pick<outcomes.DestinationTerms, 'category' | 'region' | 'fromOn' | 'evidenceKind' | 'evidence'> & { readonly student: string } & {
  readonly [K in 'employer' | 'occupation' | 'toOn' | 'wageBand']?: string | null;
};

const toNode = ({ terms, ...view }: outcomes.DestinationView): Node => Object.assign(absent(view), terms && absent(terms));
const toGlobal = (id: string): string => globalId('Destination', id);
const at = targetOf('Destination');

export function loadDestination(services: Services, context: RequestContext, id: string): Promise<Node | null> | null {
  if (context.principal.role !== 'college_office') return null;
  return context.load('Destination', id, async (call, ids) => (await services.destinations.batchGetDestinations(call, { ids })).destinations.map(toNode));
}

@Resolver('Destination')
export class DestinationsResolver {
  constructor(
    private readonly services: Services,
    private readonly commands: GatewayCommands,
    nodes: Nodes,
  ) {
    nodes.add('Destination', (context, id) => loadDestination(services, context, id));
  }

  @Query('destinations')
  async destinations(@Args() { filter, descending }: ListArgs, @Page() page: PageRequest, @Context() context: RequestContext): Promise<Connection<Node>> {
    const request = { page, state: filter?.state ?? '', studentId: optionalId('Student', filter?.student), descending };
    const { destinations, pageInfo } = await this.services.destinations.listDestinations(context.call(), request);
    return connection(destinations.map(toNode), pageInfo);
  }

  @Mutation('reportDestinations')
  report(@Args('input') input: CommandInput & { destinations: Terms[]; atomic: boolean }, @Context() context: RequestContext): Promise<BulkPayload> {
    const destinations = input.destinations.map(termsOf);
    return this.commands.runMany(context, input, toGlobal, (call) => this.services.destinations.reportDestinations(call, { destinations, atomic: input.atomic }));
  }

  @Mutation('confirmDestinations')
  confirm(@Args('input') input: CommandInput & { confirmations: (At & { by: string })[]; atomic: boolean }, @Context() context: RequestContext): Promise<BulkPayload> {
    const confirmations = input.confirmations.map((item) => ({ ...at(item), by: item.by }));
    return this.commands.runMany(context, input, toGlobal, (call) => this.services.destinations.confirmDestinations(call, { confirmations, atomic: input.atomic }));
  }

  @Mutation('correctDestination')
  correct(@Args('input') input: CommandInput & At & { terms: Terms; reason: string }, @Context() context: RequestContext): Promise<Payload<Node>> {
    return this.commands.run(context, input, (call) => this.services.destinations.correctDestination(call, { ...at(input), terms: termsOf(input.terms), reason: input.reason }), this.load);
  }

  @ResolveField('id')
  id(@Parent() { id }: Node): string {
    return toGlobal(id);
  }

  @ResolveField('seen')
  seen(@Parent() { id, sequence }: Node): Seen {
    return { topic: 'tandem.outcomes.destination', id, sequence };
  }

  @ResolveField('student')
  student(@Parent() { studentId }: Node, @Context() context: RequestContext): Promise<object | null> | null {
    return loadStudent(this.services, context, studentId ?? '');
  }

  @ResolveField('employer')
  employer(@Parent() { employerOrg }: Node, @Context() context: RequestContext): Promise<identity.OrganisationView | null> | null {
    return employerOrg ? loadOrganisation(this.services, context, employerOrg) : null;
  }

  private readonly load = async (call: CallContext, id: string): Promise<Node | undefined> => (await this.services.destinations.batchGetDestinations(call, { ids: [id] })).destinations.map(toNode)[0];
}

function termsOf({ student, employer, occupation, toOn, wageBand, ...terms }: Terms): outcomes.DestinationTerms {
  return { ...terms, studentId: localId('Student', student), employerOrg: optionalId('Organisation', employer), occupation: occupation ?? '', toOn: toOn ?? '', wageBand: wageBand ?? '' };
}
