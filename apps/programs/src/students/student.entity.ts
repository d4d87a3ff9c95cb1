import { personal, RowPolicy, type Sealed } from '@tandem/persistence';
import { aggregate, AggregateRow } from '@tandem/service-kit';
import { Column, Entity } from 'typeorm';
import { refuse, type Student, type StudentState } from './student.js';

@Entity('students')
@RowPolicy({ shape: 'own' })
export class StudentRow extends AggregateRow implements Student {
  @Column('text') state!: StudentState;
  @Column('text') kind!: Student['kind'];
  @Column('text') rollNo!: string;
  @personal() name!: Sealed;
  @personal() idNumber!: Sealed | null;
  /** Keyed hash: the same person twice in one college. */
  @Column('bytea') idHash!: Buffer | null;
  @personal() phone!: Sealed | null;
  @personal() guardianName!: Sealed | null;
  @personal() guardianPhone!: Sealed | null;
  @personal() bornOn!: Sealed;
  @Column('uuid') programId!: string | null;
  @Column('text') programCode!: string;
  @Column('uuid') cohortId!: string | null;
  @Column('uuid') classId!: string | null;
  @Column('text') region!: string;
  @Column('jsonb') skills!: Student['skills'];
  @Column('text', { array: true }) tags!: readonly string[];
  @Column('text') minorThrough!: string;
  @Column('text') workableFrom!: string;
  @Column('text') reason!: string | null;
  @Column('uuid') importId!: string | null;
}

export const students = aggregate('programs.student', StudentRow, {
  payload: ({ id, org, state, ...student }) => ({ id, org, state, public: publicPart(student) }),
  constraints: {
    students_roll_no_key: () => refuse.duplicate_roll_no({ field: 'rollNo' }),
    students_person_key: () => refuse.duplicate_id_number({ field: 'idNumber' }),
  },
});

function publicPart({ kind, programId, programCode, cohortId, classId, region, skills, tags, minorThrough, workableFrom, reason }: Omit<StudentRow, 'id' | 'org' | 'state'>) {
  return {
    kind, programCode, region, minorThrough, workableFrom,
    programId: programId ?? '',
    cohortId: cohortId ?? '',
    classId: classId ?? '',
    skills: [...skills],
    tags: [...tags],
    reason: reason ?? '',
  };
}
