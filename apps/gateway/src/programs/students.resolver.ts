import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { programs, Seen } from '@tandem/contracts';
import type { CallContext } from '@tandem/service-kit';
import { absent, type Absent } from '../edge/absent.js';
import { GatewayCommands, type BulkPayload, type CommandInput, type Payload, type UserError } from '../edge/commands.js';
import { connection, Page, type Connection, type PageRequest } from '../edge/connections.js';
import { globalId, optionalId, targetOf, type At } from '../edge/ids.js';
import { Nodes } from '../edge/nodes.js';
import type { RequestContext } from '../edge/request.js';
import { Services } from '../edge/services.js';
import { loadClass } from './classes.resolver.js';
import { loadCohort } from './cohorts.resolver.js';
import { loadProgram } from './programs.resolver.js';

type Node = Absent<Omit<programs.StudentView, 'terms'>> & Partial<Absent<programs.StudentTerms>> & { readonly id: string };
interface ListArgs {
  readonly filter?: { state?: string; program?: string; cohort?: string; class?: string; rollNo?: string; importId?: string };
  readonly descending: boolean;
}
type Terms = Pick<programs.StudentTerms, 'kind' | 'rollNo' | 'name' | 'region' | 'skills' | 'tags'> & {
  readonly [K in 'idNumber' | 'phone' | 'guardianName' | 'guardianPhone' | 'bornOn' | 'program' | 'cohort' | 'class']?: string | null;
};

interface Checked {
  readonly row: number;
  readonly present: boolean;
  readonly error: UserError | null;
}

const toNode = ({ terms, ...view }: programs.StudentView): Node => Object.assign(absent(view), terms && absent(terms));
const toGlobal = (id: string): string => globalId('Student', id);
const at = targetOf('Student');

/** A student by id; null for whoever may not see people of that college. */
export function loadStudent(services: Services, context: RequestContext, id: string): Promise<Node | null> | null {
  if (context.principal.orgKind !== 'college') return null;
  return context.load('Student', id, async (call, ids) => (await services.students.batchGetStudents(call, { ids })).students.map(toNode));
}

@Resolver('Student')
export class StudentsResolver {
  constructor(
    private readonly services: Services,
    private readonly commands: GatewayCommands,
    nodes: Nodes,
  ) {
    nodes.add('Student', (context, id) => loadStudent(services, context, id));
  }

  @Query('students')
  async students(@Args() { filter, descending }: ListArgs, @Page() page: PageRequest, @Context() context: RequestContext): Promise<Connection<Node>> {
    const { state = '', program, cohort, class: of, rollNo = '', importId = '' } = filter ?? {};
    const ids = { programId: optionalId('Program', program), cohortId: optionalId('Cohort', cohort), classId: optionalId('Class', of) };
    const { students, pageInfo } = await this.services.students.listStudents(context.call(), { page, state, ...ids, rollNo, importId, descending });
    return connection(students.map(toNode), pageInfo);
  }

  @Query('enrolmentCheck')
  async check(@Args() { students, importId = '' }: { students: Terms[]; importId?: string }, @Context() context: RequestContext): Promise<Checked[]> {
    const checked = await this.services.students.checkStudents({ ...context.call(), deadlineMs: 30_000 }, { students: students.map(termsOf), atomic: false, importId });
    return checked.students.flatMap(({ present, refused }, row) => (present || refused ? [{ row, present, error: refused ? { ...refused, field: refused.field || null, row } : null }] : []));
  }

  @Mutation('enrolStudents')
  enrol(@Args('input') input: CommandInput & { students: Terms[]; atomic: boolean; importId?: string }, @Context() context: RequestContext): Promise<BulkPayload> {
    const students = input.students.map(termsOf);
    return this.commands.runMany(context, input, toGlobal, (call) => this.services.students.enrolStudents({ ...call, deadlineMs: 30_000 }, { students, atomic: input.atomic, importId: input.importId ?? '' }));
  }

  @Mutation('changeStudent')
  change(@Args('input') input: CommandInput & At & { terms: Terms }, @Context() context: RequestContext): Promise<Payload<Node>> {
    return this.commands.run(context, input, (call) => this.services.students.changeStudent(call, { ...at(input), terms: termsOf(input.terms) }), this.load);
  }

  @Mutation('takeLeave')
  takeLeave(@Args('input') input: CommandInput & At, @Context() context: RequestContext): Promise<Payload<Node>> {
    return this.commands.run(context, input, (call) => this.services.students.takeLeave(call, at(input)), this.load);
  }

  @Mutation('returnFromLeave')
  returnFromLeave(@Args('input') input: CommandInput & At, @Context() context: RequestContext): Promise<Payload<Node>> {
    return this.commands.run(context, input, (call) => this.services.students.returnFromLeave(call, at(input)), this.load);
  }

  @Mutation('withdrawStudents')
  withdraw(@Args('input') input: CommandInput & { students: (At & { reason: string })[]; atomic: boolean }, @Context() context: RequestContext): Promise<BulkPayload> {
    const students = input.students.map((item) => ({ ...at(item), reason: item.reason }));
    return this.commands.runMany(context, input, toGlobal, (call) => this.services.students.withdrawStudents(call, { students, atomic: input.atomic }));
  }

  @ResolveField('id')
  id(@Parent() { id }: Node): string {
    return toGlobal(id);
  }

  @ResolveField('studentId')
  studentId(@Parent() { id }: Node): string {
    return id;
  }

  @ResolveField('seen')
  seen(@Parent() { id, sequence }: Node): Seen {
    return { topic: 'tandem.programs.student', id, sequence };
  }

  @ResolveField('program')
  program(@Parent() { programId }: Node, @Context() context: RequestContext): Promise<object | null> | null {
    return programId ? loadProgram(this.services, context, programId) : null;
  }

  @ResolveField('cohort')
  cohort(@Parent() { cohortId }: Node, @Context() context: RequestContext): Promise<object | null> | null {
    return cohortId && context.principal.role !== 'student' ? loadCohort(this.services, context, cohortId) : null;
  }

  @ResolveField('class')
  class(@Parent() { classId }: Node, @Context() context: RequestContext): Promise<object | null> | null {
    return classId && context.principal.role !== 'student' ? loadClass(this.services, context, classId) : null;
  }

  private readonly load = async (call: CallContext, id: string): Promise<Node | undefined> => (await this.services.students.batchGetStudents(call, { ids: [id] })).students.map(toNode)[0];
}

function termsOf({ program, cohort, class: of, idNumber, phone, guardianName, guardianPhone, bornOn, ...terms }: Terms): programs.StudentTerms {
  return {
    ...terms,
    idNumber: idNumber ?? '', phone: phone ?? '', guardianName: guardianName ?? '', guardianPhone: guardianPhone ?? '', bornOn: bornOn ?? '',
    programId: optionalId('Program', program),
    cohortId: optionalId('Cohort', cohort),
    classId: optionalId('Class', of),
  };
}
