import { Args, Context, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { identity, outcomes, Seen } from '@tandem/contracts';
import { absent, type Absent } from '../edge/absent.js';
import { connection, Page, type Connection, type PageRequest } from '../edge/connections.js';
import { globalId, optionalId } from '../edge/ids.js';
import { Nodes } from '../edge/nodes.js';
import type { RequestContext } from '../edge/request.js';
import { Services } from '../edge/services.js';
import { loadOrganisation } from '../organisations/organisations.resolver.js';
import { loadPosition } from '../positions/positions.resolver.js';
import { loadStudent } from '../programs/students.resolver.js';

type Node = Absent<outcomes.InternshipView> & { readonly id: string };
type Organisation = Promise<identity.OrganisationView | null> | null;
interface ListArgs {
  readonly view: string;
  readonly filter?: { state?: string; student?: string };
  readonly descending: boolean;
}

const toNode = (view: outcomes.InternshipView): Node => absent(view);
const readers = new Set(['college_office', 'class_teacher', 'student', 'enterprise_hr', 'mentor', 'park_operator']);

export function loadInternship(services: Services, context: RequestContext, id: string): Promise<Node | null> | null {
  if (!readers.has(context.principal.role)) return null;
  return context.load('Internship', id, async (call, ids) => (await services.internships.batchGetInternships(call, { ids })).internships.map(toNode));
}

@Resolver('Internship')
export class InternshipsResolver {
  constructor(
    private readonly services: Services,
    nodes: Nodes,
  ) {
    nodes.add('Internship', (context, id) => loadInternship(services, context, id));
  }

  @Query('internships')
  async internships(@Args() { view, filter, descending }: ListArgs, @Page() page: PageRequest, @Context() context: RequestContext): Promise<Connection<Node>> {
    const request = { page, view, state: filter?.state ?? '', studentId: optionalId('Student', filter?.student), descending };
    const { internships, pageInfo } = await this.services.internships.listInternships(context.call(), request);
    return connection(internships.map(toNode), pageInfo);
  }

  @ResolveField('id')
  id(@Parent() { id }: Node): string {
    return globalId('Internship', id);
  }

  @ResolveField('seen')
  seen(@Parent() { id, sequence }: Node): Seen {
    return { topic: 'tandem.outcomes.internship', id, sequence };
  }

  @ResolveField('college')
  college(@Parent() { collegeOrg }: Node, @Context() context: RequestContext): Organisation {
    return loadOrganisation(this.services, context, collegeOrg ?? '');
  }

  @ResolveField('enterprise')
  enterprise(@Parent() { enterpriseOrg }: Node, @Context() context: RequestContext): Organisation {
    return loadOrganisation(this.services, context, enterpriseOrg ?? '');
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
