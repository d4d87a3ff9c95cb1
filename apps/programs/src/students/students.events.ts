import { Injectable } from '@nestjs/common';
import type { Event, PayloadOf } from '@tandem/contracts';
import type { Tx } from '@tandem/persistence';
import { On, react, Reactions, type Reaction } from '@tandem/service-kit';
import { graduate } from './student.js';
import { students } from './student.entity.js';

@Injectable()
@Reactions('students')
export class StudentsEvents {
  /** A cohort that graduates takes its students with it; one who left before keeps the own reason. */
  @On('programs.cohort.graduated')
  async cohortGraduated({ key, org }: Event<PayloadOf<'programs.cohort.graduated'>>, tx: Tx): Promise<Reaction[]> {
    const rows = await tx.query<{ id: string }>(`select id from students where org = $1 and cohort_id = $2 and state in ('enrolled', 'on_leave') order by id`, [org, key]);
    return rows.map(({ id }) => react(students, 'left', { id, org }, graduate));
  }
}
