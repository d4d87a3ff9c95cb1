import { Inject, Injectable } from '@nestjs/common';
import { page, TenantDatabase, type Condition, type KeyRing, type PageOf, type PagePart } from '@tandem/persistence';
import { Commands, Jobs, KEY_RING, MAX_BATCH, refuseCommand, type Call, type Done, type Fresh, type Job, type Outcome, type TargetAt } from '@tandem/service-kit';
import { knownOf } from './known.service.js';
import { openJobItem, sealJobItem, sealPerson, showPerson, type SealedItem } from './person.service.js';
import { bornOn, change, comeBack, enrolled, takeLeave, withdraw, type Known, type Person, type Place } from './student.js';
import { students, type StudentRow } from './student.entity.js';

export type StudentTerms = Place & Person;
export interface Enrolment {
  readonly students: readonly StudentTerms[];
  readonly importId: string | null;
  readonly atomic: boolean;
}
export type Withdrawal = TargetAt & { readonly reason: string };
export interface StudentFilter {
  readonly state: string | null;
  readonly programId: string | null;
  readonly cohortId: string | null;
  readonly classId: string | null;
  readonly rollNo: string | null;
  readonly importId: string | null;
  readonly descending: boolean;
  readonly page: PagePart;
}
/** As the college may see it. */
export type Shown = Omit<StudentRow, keyof Person | 'idHash'> & Person;

@Injectable()
export class StudentsService {
  constructor(
    private readonly commands: Commands,
    private readonly database: TenantDatabase,
    private readonly jobs: Jobs,
    @Inject(KEY_RING) private readonly keys: KeyRing,
  ) {
    jobs.handle('programs.student.enrolled', (call, items: readonly SealedItem[]) => {
      const opened = items.map((item) => openJobItem(keys, item));
      return this.enrol(call, { students: opened, importId: items[0]?.importId ?? null, atomic: false });
    });
  }

  enrol(call: Call, { students: many, importId, atomic }: Enrolment): Promise<Outcome[]> {
    const make = (fresh: Fresh, terms: StudentTerms, known: Known): StudentRow => {
      const { person, place } = partsOf(terms);
      const born = bornOn(person, call.today);
      return { ...fresh, ...enrolled(place, born, known), ...sealPerson(this.keys, fresh.org, { ...person, bornOn: born }), importId };
    };
    return this.commands.createMany(call, students, 'enrolled', many, make, { facts: (tx, asked) => knownOf(tx, call.principal.org, asked), atomic });
  }

  /** More than 1,000: each for itself. What waits in the job is sealed like what is stored. */
  enrolJob(call: Call, { students: many, importId, atomic }: Enrolment): Promise<Job> {
    if (atomic) throw refuseCommand.too_many({ most: MAX_BATCH });
    return this.jobs.start(call, 'programs.student.enrolled', many.map((terms) => sealJobItem(this.keys, call.principal.org, terms, importId)));
  }

  change(call: Call, at: TargetAt, terms: StudentTerms): Promise<Done> {
    const { person, place } = partsOf(terms);
    const born = bornOn(person, call.today);
    const sealed = sealPerson(this.keys, call.principal.org, { ...person, bornOn: born });
    const rule = (student: StudentRow, known: Known): StudentRow => ({ ...change(student, place, born, known), ...sealed });
    return this.commands.change(call, students, 'changed', at, rule, { facts: (tx) => knownOf(tx, call.principal.org, [place]) });
  }

  takeLeave(call: Call, at: TargetAt): Promise<Done> {
    return this.commands.change(call, students, 'changed', at, takeLeave);
  }

  comeBack(call: Call, at: TargetAt): Promise<Done> {
    return this.commands.change(call, students, 'changed', at, comeBack);
  }

  withdrawMany(call: Call, items: readonly Withdrawal[], atomic: boolean): Promise<Outcome[]> {
    return this.commands.changeMany(call, students, 'left', items, (student, { reason }) => withdraw(student, reason), { atomic });
  }

  async batch(call: Call, ids: readonly string[]): Promise<Shown[]> {
    const where = [...reach(call), { sql: 'id = any($::uuid[])', value: ids }];
    const text = where.map(({ sql }, n) => sql.replace('$', `$${n + 1}`)).join(' and ');
    const raws = await this.database.withTenant(call.principal, (tx) => tx.query(`select * from students where ${text}`, where.map(({ value }) => value)));
    return raws.map((raw) => showPerson(this.keys, students.table.hydrate(raw)));
  }

  async list(call: Call, { descending, page: request, ...filter }: StudentFilter): Promise<PageOf<Shown>> {
    const where = [
      ...reach(call),
      ...(filter.state ? [{ sql: 'state = $', value: filter.state }] : []),
      ...(filter.programId ? [{ sql: 'program_id = $', value: filter.programId }] : []),
      ...(filter.cohortId ? [{ sql: 'cohort_id = $', value: filter.cohortId }] : []),
      ...(filter.classId ? [{ sql: 'class_id = $', value: filter.classId }] : []),
      ...(filter.rollNo ? [{ sql: 'roll_no = $', value: filter.rollNo }] : []),
      ...(filter.importId ? [{ sql: 'import_id = $', value: filter.importId }] : []),
    ];
    const found = await this.database.withTenant(call.principal, (tx) => page(tx, students.table, { ...request, where, orderBy: 'rollNo', descending }));
    return { ...found, rows: found.rows.map((row) => showPerson(this.keys, row)) };
  }
}

/** The office sees all of its college, a class teacher the own classes, a student the own record. */
function reach({ principal: { org, role, account } }: Call): Condition[] {
  const own = { sql: 'org = $', value: org };
  if (role === 'class_teacher') return [own, { sql: 'class_id in (select c.id from classes c where c.org = students.org and c.teacher_account = $)', value: account }];
  if (role === 'student') return [own, { sql: 'id = $', value: account }];
  return [own];
}

function partsOf({ name, idNumber, phone, guardianName, guardianPhone, bornOn: born, ...place }: StudentTerms): { readonly person: Person; readonly place: Place } {
  return { person: { name, idNumber, phone, guardianName, guardianPhone, bornOn: born }, place };
}
