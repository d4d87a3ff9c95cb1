import { services, type Done, type Outcomes, type programs } from '@tandem/contracts';
import { BatchGet, GrpcService, MAX_BATCH, optional, outcomes, pageInfo, pageOf, Rpc, Target, target, text, uuid, type Call, type Serves, type TargetAt } from '@tandem/service-kit';
import { z } from 'zod';
import type { ClassRow } from './class.entity.js';
import { ClassesService } from './classes.service.js';

const definition = services['tandem.programs.v1.ClassService'];
const named = { name: text(60), teacherAccount: optional(uuid) };
const Form = z.strictObject({ classes: z.array(z.strictObject({ cohortId: uuid, ...named })).min(1).max(MAX_BATCH), atomic: z.boolean() });
const Change = z.strictObject({ ...target, ...named });
const List = z.strictObject({ page: pageOf, cohortId: optional(uuid), state: optional(z.enum(['formed', 'dissolved'])), descending: z.boolean() });
const readers = ['college_office', 'class_teacher', 'training_officer'] as const;

@GrpcService(definition)
export class ClassesGrpc implements Serves<typeof definition> {
  constructor(private readonly classes: ClassesService) {}

  @Rpc(Form, 'college_office') async formClasses(call: Call, { classes, atomic }: z.infer<typeof Form>): Promise<Outcomes> {
    return outcomes(await this.classes.form(call, classes, atomic));
  }
  @Rpc(Change, 'college_office') changeClass(call: Call, { name, teacherAccount, ...at }: z.infer<typeof Change>): Promise<Done> {
    return this.classes.change(call, at, { name, teacherAccount });
  }
  @Rpc(Target, 'college_office') dissolveClass(call: Call, at: TargetAt): Promise<Done> {
    return this.classes.dissolve(call, at);
  }
  @Rpc(BatchGet, ...readers) async batchGetClasses(call: Call, { ids }: z.infer<typeof BatchGet>): Promise<programs.BatchGetClassesResponse> {
    return { classes: (await this.classes.batch(call, ids)).map(view) };
  }
  @Rpc(List, ...readers) async listClasses(call: Call, filter: z.infer<typeof List>): Promise<programs.ListClassesResponse> {
    const page = await this.classes.list(call, filter);
    return { classes: page.rows.map(view), pageInfo: pageInfo(page) };
  }
}

function view({ id, version, sequence, state, cohortId, name, teacherAccount }: ClassRow): programs.ClassView {
  return { id, version, sequence, state, terms: { cohortId, name, teacherAccount: teacherAccount ?? '' } };
}
