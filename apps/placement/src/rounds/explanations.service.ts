// Why a student has this place and none of those before it: stored facts of the run, for the student and the own college.
import { Injectable } from '@nestjs/common';
import type { placement } from '@tandem/contracts';
import { TenantDatabase } from '@tandem/persistence';
import type { Call } from '@tandem/service-kit';
import { RoundInputs, type StoredTold } from './inputs.service.js';
import { refuse as refuseList } from './list.js';
import { refuse } from './round.js';
import { rounds, type RoundRow } from './round.entity.js';

const published = new Set(['published', 'settled']);

@Injectable()
export class ExplanationsService {
  constructor(
    private readonly database: TenantDatabase,
    private readonly inputs: RoundInputs,
  ) {}

  /** Only after publication; for a student of the own college, and a student only about the own result. Of a list that the student alone reads, the college learns the place and no wish. */
  async explain(call: Call, roundId: string, studentId: string): Promise<placement.Explanation> {
    const { org, role, account } = call.principal;
    if (role === 'student' && account !== studentId) throw refuseList.unknown_student({ field: 'studentId' });
    const [round, isOwn, mayRead] = await this.database.withTenant(call.principal, (tx) =>
      Promise.all([
        tx.query('select * from rounds where is_public and id = $1', [roundId]).then(([raw]): RoundRow | null => (raw ? rounds.table.hydrate(raw) : null)),
        tx.query('select 1 from known_students where org = $1 and id = $2', [org, studentId]).then((rows) => rows.length > 0),
        tx.query('select 1 from preference_lists where org = $1 and round_id = $2 and student_id = $3', [org, roundId, studentId]).then((rows) => role === 'student' || rows.length > 0),
      ]),
    );
    if (!round) throw refuse.no_such_round({ field: 'round' });
    if (!isOwn) throw refuseList.unknown_student({ field: 'studentId' });
    if (!published.has(round.state)) throw refuse.not_published({ state: round.state });
    const told = await this.inputs.told(round.org, roundId, studentId);
    const view = viewOf(told);
    // The name in the bundle leads to the list there.
    const hidden = mayRead ? { sealed: false } : { sealed: true, wishes: [], reason: '' };
    return { roundId, studentId, digest: round.digest ?? '', ...view, ...hidden, alias: role === 'student' ? view.alias : '' };
  }
}

function viewOf(told: StoredTold | null): Pick<placement.Explanation, 'positionId' | 'reason' | 'wishes' | 'alias'> {
  if (!told) return { alias: '', positionId: '', reason: 'no_list', wishes: [] };
  return { alias: told.alias ?? '', positionId: told.positionId ?? '', reason: told.reason ?? '', wishes: told.wishes.map((wish) => ({ ...wish })) };
}
