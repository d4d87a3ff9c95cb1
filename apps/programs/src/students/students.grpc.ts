import { services, type Done, type ImportState, type Outcomes, type programs, type UndoResponse } from '@tandem/contracts';
import { absentAsEmpty, asJob, BatchGet, code, GrpcService, MAX_BATCH, MAX_JOB, optional, outcomes, pageInfo, pageOf, plainDate, Rpc, Target, target, text, uuid, type Call, type Serves, type TargetAt } from '@tandem/service-kit';
import { isRegionCode } from '@tandem/taxonomy';
import { z } from 'zod';
import { kinds, withdrawalReasons } from './student.js';
import { RosterService } from './roster.service.js';
import { StudentsService, type Shown } from './students.service.js';

const definition = services['tandem.programs.v1.StudentService'];
const phone = z.string().regex(/^\+?\d{7,15}$/);
const Terms = z.strictObject({
  kind: z.enum(kinds),
  rollNo: z.string().min(1).max(40).regex(/^[0-9A-Za-z_.-]+$/),
  name: text(60),
  idNumber: optional(z.string().max(18)),
  phone: optional(phone),
  guardianName: optional(text(60)),
  guardianPhone: optional(phone),
  bornOn: optional(plainDate),
  programId: optional(uuid),
  cohortId: optional(uuid),
  classId: optional(uuid),
  region: z.string().refine(isRegionCode),
  skills: z.array(z.strictObject({ code, level: z.int().min(1).max(5) })).max(50),
  tags: z.array(code).max(20),
});
const Enrol = z.strictObject({ students: z.array(Terms).min(1).max(MAX_JOB), atomic: z.boolean(), importId: optional(uuid) });
const Check = z.strictObject({ students: z.array(Terms).min(1).max(MAX_BATCH), atomic: z.boolean(), importId: optional(uuid) });
const OfImport = z.strictObject({ importId: uuid });
const Undo = z.strictObject({ importId: uuid, after: optional(uuid) });
const Change = z.strictObject({ ...target, terms: Terms });
const Withdraw = z.strictObject({ students: z.array(z.strictObject({ ...target, reason: z.enum(withdrawalReasons) })).min(1).max(MAX_BATCH), atomic: z.boolean() });
const List = z.strictObject({
  page: pageOf,
  state: optional(z.enum(['enrolled', 'on_leave', 'graduated', 'withdrawn'])),
  programId: optional(uuid),
  cohortId: optional(uuid),
  classId: optional(uuid),
  rollNo: optional(z.string().max(40)),
  importId: optional(uuid),
  descending: z.boolean(),
});

@GrpcService(definition)
export class StudentsGrpc implements Serves<typeof definition> {
  constructor(
    private readonly students: StudentsService,
    private readonly roster: RosterService,
  ) {}

  @Rpc(Enrol, 'college_office') async enrolStudents(call: Call, enrolment: z.infer<typeof Enrol>): Promise<Outcomes> {
    if (enrolment.students.length > MAX_BATCH) return asJob(await this.students.enrolJob(call, enrolment));
    return outcomes(await this.students.enrol(call, enrolment));
  }
  @Rpc(Check, 'college_office') async checkStudents(call: Call, enrolment: z.infer<typeof Check>): Promise<programs.CheckStudentsResponse> {
    const checked = await this.roster.check(call, enrolment);
    return { students: checked.map(({ present, refusal }) => ({ present, refused: refusal ? outcomes([{ refused: refusal }]).outcomes[0]?.refused : undefined })) };
  }
  @Rpc(OfImport, 'college_office') getImport(call: Call, { importId }: z.infer<typeof OfImport>): Promise<ImportState> {
    return this.roster.state(call, importId);
  }
  @Rpc(Undo, 'college_office') undoEnrolment(call: Call, { importId, after }: z.infer<typeof Undo>): Promise<UndoResponse> {
    return this.roster.undo(call, importId, after);
  }
  @Rpc(Change, 'college_office') changeStudent(call: Call, { terms, ...at }: z.infer<typeof Change>): Promise<Done> {
    return this.students.change(call, at, terms);
  }
  @Rpc(Target, 'college_office') takeLeave(call: Call, at: TargetAt): Promise<Done> {
    return this.students.takeLeave(call, at);
  }
  @Rpc(Target, 'college_office') returnFromLeave(call: Call, at: TargetAt): Promise<Done> {
    return this.students.comeBack(call, at);
  }
  @Rpc(Withdraw, 'college_office') async withdrawStudents(call: Call, { students, atomic }: z.infer<typeof Withdraw>): Promise<Outcomes> {
    return outcomes(await this.students.withdrawMany(call, students, atomic));
  }
  @Rpc(BatchGet, 'college_office', 'class_teacher', 'student') async batchGetStudents(call: Call, { ids }: z.infer<typeof BatchGet>): Promise<programs.BatchGetStudentsResponse> {
    return { students: (await this.students.batch(call, ids)).map(view) };
  }
  @Rpc(List, 'college_office', 'class_teacher', 'student') async listStudents(call: Call, filter: z.infer<typeof List>): Promise<programs.ListStudentsResponse> {
    const page = await this.students.list(call, filter);
    return { students: page.rows.map(view), pageInfo: pageInfo(page) };
  }
}

function view({ id, version, sequence, state, programCode, minorThrough, workableFrom, reason, importId, ...student }: Shown): programs.StudentView {
  const { kind, rollNo, name, region, skills, tags } = student;
  const { idNumber, phone: number, guardianName, guardianPhone, programId, cohortId, classId } = student;
  return {
    id, version, sequence, state, programCode, minorThrough, workableFrom, reason: reason ?? '', importId: importId ?? '',
    terms: {
      kind, rollNo, name, region, skills: [...skills], tags: [...tags],
      ...absentAsEmpty({ idNumber, phone: number, guardianName, guardianPhone, programId, cohortId, classId }),
      bornOn: '',
    },
  };
}
