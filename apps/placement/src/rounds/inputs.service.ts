// What the round's runner reads: lists of several colleges, as ids and the facts that the rule sheet names; never a name.
import { Inject, Injectable } from '@nestjs/common';
import { TenantDatabase, type KeyRing, type Tx } from '@tandem/persistence';
import { KEY_RING } from '@tandem/service-kit';
import { roundSeed } from '@tandem/stable-matching';
import { aliasesUnder } from './alias.js';
import { marketOf, type EntryInput, type ListInput, type Market, type WishTold } from './market.js';
import { poolsOf } from './pools.service.js';
import { refuse } from './round.js';
import { rounds, type RoundRow } from './round.entity.js';

export interface Inputs {
  readonly round: RoundRow;
  readonly secret: string;
  readonly market: Market;
  /** The same for a refill beside which others stay at positions that have left the round: by cap, how many. */
  readonly marketBeside: (stayers: ReadonlyMap<string, number>) => Market;
}

/** One row of what a run said, as the runner reads it back. */
export interface AssignmentInput {
  readonly studentId: string;
  readonly collegeOrg: string;
  readonly positionId: string | null;
  readonly wish: number | null;
  readonly offerAs: 'offered' | 'waiting' | null;
  readonly leaves: string | null;
}

export interface StoredTold {
  /** The student's name in this round. */
  readonly alias: string | null;
  readonly positionId: string | null;
  readonly reason: string | null;
  readonly wishes: readonly WishTold[];
}

@Injectable()
export class RoundInputs {
  constructor(
    private readonly database: TenantDatabase,
    @Inject(KEY_RING) private readonly keys: KeyRing,
  ) {}

  /** The round without its lists. */
  round(org: string, roundId: string): Promise<Pick<Inputs, 'round' | 'secret'>> {
    return this.database.withTenant({ org }, (tx) => this.closedRound(tx, org, roundId));
  }

  /** The lists as they are now: one that was struck is gone, one that is being submitted is waited for. */
  read(org: string, roundId: string): Promise<Inputs> {
    return this.database.withRound({ org }, roundId, async (tx) => {
      await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [roundId]);
      const { round, secret } = await this.closedRound(tx, org, roundId);
      const aliasOf = aliasesUnder(round.sealedAliasKey ? this.keys.open(round.sealedAliasKey) : null);
      const [handedIn, entries, pools] = await Promise.all([listsOf(tx, roundId), entriesOf(tx, roundId), poolsOf(tx, roundId)]);
      const lists = handedIn.map((list) => ({ ...list, alias: aliasOf(list.studentId) }));
      const marketBeside: Inputs['marketBeside'] = (stayers) => marketOf(round, { lists, entries, pools, stayers }, (digest) => roundSeed(secret, isOut(round) ? (round.listsDigest ?? digest) : digest));
      return { round, secret, market: marketBeside(new Map()), marketBeside };
    });
  }

  private async closedRound(tx: Tx, org: string, roundId: string): Promise<Pick<Inputs, 'round' | 'secret'>> {
    const [raw] = await tx.query('select * from rounds where org = $1 and id = $2', [org, roundId]);
    if (!raw) throw refuse.no_such_round({ id: roundId });
    const round = rounds.table.hydrate(raw);
    if (!round.sealedSecret) throw refuse.not_closed({ state: round.state });
    return { round, secret: this.keys.open(round.sealedSecret) };
  }

  /** What one student is told of the newest run that has something to say; null before the first. */
  told(org: string, roundId: string, studentId: string): Promise<StoredTold | null> {
    return this.database.withRound({ org }, roundId, async (tx) => {
      const [row] = await tx.query<StoredTold & object>(
        `select alias, position_id "positionId", reason, explanation wishes from assignments where round_id = $1 and student_id = $2 order by run desc limit 1`,
        [roundId, studentId],
      );
      return row ?? null;
    });
  }

  /** What a run said. */
  assignments(org: string, roundId: string, run: number): Promise<AssignmentInput[]> {
    return this.database.withRound({ org }, roundId, (tx) =>
      tx.query<AssignmentInput>(
        `select student_id "studentId", college_org "collegeOrg", position_id "positionId", wish, offer_as "offerAs", leaves
           from assignments where round_id = $1 and run = $2 order by student_id`,
        [roundId, run],
      ),
    );
  }
}

/** The lottery is drawn once, with the result: who leaves afterwards changes nobody's number. */
function isOut({ state }: RoundRow): boolean {
  return state === 'published' || state === 'settled';
}

async function listsOf(tx: Tx, roundId: string): Promise<Omit<ListInput, 'alias'>[]> {
  return tx.query<Omit<ListInput, 'alias'>>(
    `select student_id "studentId", org "collegeOrg", choices, facts from preference_lists where round_id = $1 and state = 'submitted' order by student_id`,
    [roundId],
  );
}

/** A position that is no longer open brings no seats, and a wish for it says so. */
async function entriesOf(tx: Tx, roundId: string): Promise<EntryInput[]> {
  return tx.query<EntryInput & object>(
    `select e.id "entryId", e.position_id "positionId", case when p.state = 'published' or p.close_reason = 'filled' then e.seats else 0 end seats, e.needs_major "needsMajor",
            e.org "enterpriseOrg", p.occupation, e.post_heads is not null "isCapped", p.majors, p.skills, p.region, p.has_night_work "hasNightWork"
       from entries e join known_positions p on p.is_public and p.id = e.position_id
      where e.is_public and e.round_id = $1 and e.state = 'entered' order by e.position_id`,
    [roundId],
  );
}
