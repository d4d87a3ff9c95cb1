// How a position fared in a published round, for its enterprise or the park that acts for it: from what the runs told, never a list or an id.
import { Injectable } from '@nestjs/common';
import type { placement } from '@tandem/contracts';
import { TenantDatabase, type Tx } from '@tandem/persistence';
import type { Call } from '@tandem/service-kit';
import { refuse } from './entry.js';
import { positionFigures, type PositionCounts } from './position-result.js';
import { refuse as refuseRound } from './round.js';

export interface PositionInRound {
  readonly roundId: string;
  readonly positionId: string;
}

interface Entered {
  readonly seats: number;
  readonly roundState: string;
  readonly organiser: string;
}

@Injectable()
export class PositionResultService {
  constructor(private readonly database: TenantDatabase) {}

  async of({ principal }: Call, { roundId, positionId }: PositionInRound): Promise<placement.PositionResult> {
    const [entered] = await this.database.withTenant(principal, (tx) => tx.query<Entered & object>(enteredText, [principal.org, roundId, positionId]));
    if (!entered) throw refuse.unknown_position({ field: 'positionId' });
    const { seats, roundState, organiser } = entered;
    if (roundState !== 'published' && roundState !== 'settled') throw refuseRound.not_published({ state: roundState });
    const counts = await this.database.withRound({ org: organiser }, roundId, (tx) => countsOf(tx, { roundId, positionId }));
    return { roundId, positionId, seats, ...positionFigures(counts) };
  }
}

const enteredText = `select e.seats, r.state "roundState", r.org organiser from entries e join rounds r on r.is_public and r.id = e.round_id join known_positions p on p.is_public and p.id = e.position_id
  where e.is_public and e.round_id = $2 and e.position_id = $3 and $1 = any (array[e.org, p.park_org])`;

async function countsOf(tx: Tx, { roundId, positionId }: PositionInRound): Promise<PositionCounts> {
  const [counts] = await tx.query<PositionCounts & object>(
    `select (count(*) filter (where outcome = 'assigned'))::int placed, (count(*) filter (where wish = 1))::int first, (count(*) filter (where outcome = 'not_reached'))::int elsewhere,
            (count(*) filter (where outcome not in ('assigned', 'not_reached')))::int "notPlaced", min(points) filter (where outcome = 'assigned') lowest
       from (select distinct on (student_id) explanation from assignments where round_id = $1 order by student_id, run desc) newest,
            lateral jsonb_to_recordset(explanation) told("positionId" uuid, wish integer, outcome text, points integer)
      where told."positionId" = $2 and outcome not in ('not_acceptable', 'left_round')`,
    [roundId, positionId],
  );
  return counts ?? { placed: 0, first: 0, elsewhere: 0, notPlaced: 0, lowest: null };
}
