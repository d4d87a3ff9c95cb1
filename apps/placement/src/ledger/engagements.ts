// The ledger of students: who takes part in a round is not free for another one, or for a placement by hand, in the same period.
import { RowPolicy, type Tx } from '@tandem/persistence';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('engagements')
@RowPolicy({ shape: 'own' })
export class EngagementRow {
  @PrimaryColumn('uuid') studentId!: string;
  @PrimaryColumn('uuid') roundId!: string;
  @Column('uuid') org!: string;
  @Column('date') startsOn!: string;
  @Column('date') endsOn!: string;
}

export interface Engagement {
  readonly org: string;
  readonly studentId: string;
  readonly roundId: string;
  readonly startsOn: string;
  readonly endsOn: string;
}

/** Which of them took the student's period: the exclusion constraint speaks, also between transactions. */
export async function engage(tx: Tx, engagements: readonly Engagement[]): Promise<boolean[]> {
  const rows = await tx.query<{ student_id: string }>(
    `insert into engagements (org, student_id, round_id, starts_on, ends_on)
     select e.org, e.student_id, e.round_id, e.starts_on, e.ends_on from jsonb_to_recordset($1::jsonb) e(org uuid, student_id uuid, round_id uuid, starts_on date, ends_on date) order by e.student_id
     on conflict do nothing returning student_id`,
    [JSON.stringify(engagements.map(({ org, studentId, roundId, startsOn, endsOn }) => ({ org, student_id: studentId, round_id: roundId, starts_on: startsOn, ends_on: endsOn })))],
  );
  const engaged = new Set(rows.map(({ student_id }) => student_id));
  return engagements.map(({ studentId }) => engaged.has(studentId));
}

/** The students' part in this round is over; in all rounds where none is named. */
export function disengage(tx: Tx, org: string, studentIds: readonly string[] | null, roundId: string | null): void {
  tx.write('delete from engagements where org = $1 and ($2::uuid[] is null or student_id = any($2::uuid[])) and ($3::uuid is null or round_id = $3)', [org, studentIds, roundId]);
}

/** Of these students those who take part in a round now whose period meets the given day range; without one, any round. */
export async function engagedStudents(tx: Tx, org: string, wishes: readonly { readonly studentId: string; readonly startsOn: string | null; readonly endsOn: string | null }[]): Promise<Set<string>> {
  const rows = await tx.query<{ student_id: string }>(
    `select e.student_id from engagements e join jsonb_to_recordset($2::jsonb) w("studentId" uuid, "startsOn" date, "endsOn" date) on w."studentId" = e.student_id
     where e.org = $1 and daterange(coalesce(w."startsOn", e.starts_on), coalesce(w."endsOn", e.ends_on), '[]') && daterange(e.starts_on, e.ends_on, '[]')`,
    [org, JSON.stringify(wishes)],
  );
  return new Set(rows.map(({ student_id }) => student_id));
}
