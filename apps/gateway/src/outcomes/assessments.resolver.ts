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
import { loadInternship } from './internships.resolver.js';

type Node = Absent<Omit<outcomes.AssessmentView, 'terms'>> & Partial<outcomes.AssessmentTerms> & { readonly id: string };
interface ListArgs {
  readonly view: string;
  readonly filter?: { internship?: string; state?: string };
  readonly descending: boolean;
}
type Terms = Omit<outcomes.AssessmentTerms, 'internshipId'> & { readonly internship: string };

const toNode = ({ terms, ...view }: outcomes.AssessmentView): Node => Object.assign(absent(view), terms);
const toGlobal = (id: string): string => globalId('Assessment', id);
const readers = new Set(['mentor', 'enterprise_hr', 'class_teacher', 'college_office', 'student']);

@Resolver('Assessment')
export class AssessmentsResolver {
  constructor(
    private readonly services: Services,
    private readonly commands: GatewayCommands,
    nodes: Nodes,
  ) {
    nodes.add('Assessment', (context, id) =>
      readers.has(context.principal.role) ? context.load('Assessment', id, async (call, ids) => (await services.assessments.batchGetAssessments(call, { ids })).assessments.map(toNode)) : null,
    );
  }

  @Query('assessments')
  async assessments(@Args() { view, filter, descending }: ListArgs, @Page() page: PageRequest, @Context() context: RequestContext): Promise<Connection<Node>> {
    const request = { page, view, internshipId: optionalId('Internship', filter?.internship), state: filter?.state ?? '', descending };
    const { assessments, pageInfo } = await this.services.assessments.listAssessments(context.call(), request);
    return connection(assessments.map(toNode), pageInfo);
  }

  @Mutation('submitAssessments')
  submit(@Args('input') input: CommandInput & { assessments: Terms[]; atomic: boolean }, @Context() context: RequestContext): Promise<BulkPayload> {
    const assessments = input.assessments.map(({ internship, ...terms }) => ({ ...terms, internshipId: localId('Internship', internship) }));
    return this.commands.runMany(context, input, toGlobal, (call) => this.services.assessments.submitAssessments(call, { assessments, atomic: input.atomic }));
  }

  @Mutation('replyToAssessments')
  reply(@Args('input') input: CommandInput & { replies: { assessment: string; reply: string; text?: string }[]; atomic: boolean }, @Context() context: RequestContext): Promise<BulkPayload> {
    const replies = input.replies.map(({ assessment, reply, text = '' }) => ({ assessmentId: localId('Assessment', assessment), reply, text }));
    return this.commands.runMany(context, input, toGlobal, (call) => this.services.assessments.replyToAssessments(call, { replies, atomic: input.atomic }));
  }

  @Mutation('settleAssessment')
  settle(@Args('input') input: CommandInput & At & { scores: outcomes.AssessmentTerms['scores']; text: string }, @Context() context: RequestContext): Promise<Payload<Node>> {
    return this.commands.run(context, input, (call) => this.services.assessments.settleAssessment(call, { ...targetOf('Assessment')(input), scores: input.scores, text: input.text }), this.load);
  }

  @ResolveField('id')
  id(@Parent() { id }: Node): string {
    return toGlobal(id);
  }

  @ResolveField('seen')
  seen(@Parent() { id, sequence }: Node): Seen {
    return { topic: 'tandem.outcomes.assessment', id, sequence };
  }

  @ResolveField('organisation')
  organisation(@Parent() { org }: Node, @Context() context: RequestContext): Promise<identity.OrganisationView | null> | null {
    return loadOrganisation(this.services, context, org ?? '');
  }

  @ResolveField('internship')
  internship(@Parent() { internshipId }: Node, @Context() context: RequestContext): Promise<object | null> | null {
    return loadInternship(this.services, context, internshipId ?? '');
  }

  private readonly load = async (call: CallContext, id: string): Promise<Node | undefined> => (await this.services.assessments.batchGetAssessments(call, { ids: [id] })).assessments.map(toNode)[0];
}
