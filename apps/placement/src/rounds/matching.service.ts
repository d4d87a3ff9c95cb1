// Matching and verifying: the solver's result is stored with the state, the checker reads everything again and trusts nothing.
import { Injectable } from '@nestjs/common';
import type { Refusal } from '@tandem/contracts';
import type { Tx } from '@tandem/persistence';
import { Commands, type Call, type Done, type TargetAt } from '@tandem/service-kit';
import { solve, verify as findViolations } from '@tandem/stable-matching';
import { RoundInputs } from './inputs.service.js';
import { tell, type Market, type Told } from './market.js';
import { keepRun, type RunRecord } from './run.entity.js';
import { match, refuse, verifiedFact, verify, type Round } from './round.js';
import { rounds, type RoundRow } from './round.entity.js';

/** What the student's offer becomes, where there is a new one. */
export type Offering = Pick<{ offerAs: 'offered' | 'waiting' | null; leaves: string | null }, 'offerAs' | 'leaves'>;

@Injectable()
export class MatchingService {
  constructor(
    private readonly commands: Commands,
    private readonly inputs: RoundInputs,
  ) {}

  /** Deferred acceptance over the frozen lists. Killed on the way nothing is left of it; the same lists give the same digest again. */
  async match(call: Call, at: TargetAt): Promise<Done> {
    const { round, market } = await this.inputs.read(call.principal.org, at.id);
    assertMatchable(round);
    const { assignments, digest } = solve(market.instance);
    const told = tell(market, assignments);
    const assigned = told.filter(({ positionId }) => positionId !== null).length;
    const result = { inputHash: market.inputHash, listsDigest: market.listsDigest, digest, applicants: told.length, assigned };
    return this.commands.change(call, rounds, 'matched', at, (row) => match(row, result), {
      claim: (tx, [row]) => (row ? storeRun(tx, row, { told, record: recordOf(market, { assignments, digest }) }, ({ positionId }) => ({ offerAs: positionId === null ? null : 'offered', leaves: null })) : Promise.resolve([])),
    });
  }

  /** The independent checker over what is stored now. Anything it finds keeps the round from being published. */
  async verify(call: Call, at: TargetAt): Promise<Done> {
    const { org } = call.principal;
    const { round, market } = await this.inputs.read(org, at.id);
    const stored = await this.inputs.assignments(org, at.id, round.runs);
    const aliasOf = new Map(market.lists.map((list) => [list.studentId, list.alias]));
    const violations = findViolations(market.instance, stored.map(({ studentId, positionId }) => [aliasOf.get(studentId) ?? studentId, positionId] as const), round.digest ?? '');
    const findings = [...new Set([...(round.inputHash === market.inputHash ? [] : ['input_changed']), ...violations.map(({ kind }) => kind)])];
    return this.commands.change(call, rounds, verifiedFact, at, (row) => verify(row, findings));
  }
}

/** Before the work is done: the command would refuse it afterwards. Not for a repetition of what is already matched: that finds its answer. */
function assertMatchable({ state }: Round): void {
  if (state === 'draft' || state === 'announced' || state === 'open') throw refuse.not_closed({ state });
}

/** Everything that a check on another machine needs. */
export function recordOf({ lists, instance, listsDigest }: Pick<Market, 'lists' | 'instance' | 'listsDigest'>, result: Pick<RunRecord, 'assignments' | 'digest'>, standing: RunRecord['standing'] = null): RunRecord {
  return { lists: lists.map(({ alias, choices }) => [alias, choices]), listsDigest, instance, standing, ...result };
}

/** The whole run, in the transaction of the state that it leads to. */
export async function storeRun(tx: Tx, { org, id, runs }: RoundRow, { told, record }: { readonly told: readonly Told[]; readonly record: RunRecord }, offering: (told: Told) => Offering): Promise<(Refusal | null)[]> {
  keepRun(tx, { org, roundId: id, run: runs }, record);
  const rows = told.map((one) => {
    const { offerAs, leaves } = offering(one);
    return { student_id: one.studentId, alias: one.alias, college_org: one.collegeOrg, position_id: one.positionId, wish: one.wish, reason: one.reason, explanation: one.wishes, offer_as: offerAs, leaves };
  });
  tx.write(
    `insert into assignments (org, round_id, run, student_id, sealed, subject_account, alias, college_org, position_id, wish, reason, explanation, offer_as, leaves)
     select $1, $2, $3, a.student_id, true, null, a.alias, a.college_org, a.position_id, a.wish, a.reason, a.explanation, a.offer_as, a.leaves
       from jsonb_to_recordset($4::jsonb) a(student_id uuid, alias text, college_org uuid, position_id uuid, wish integer, reason text, explanation jsonb, offer_as text, leaves uuid)`,
    [org, id, runs, JSON.stringify(rows)],
  );
  return [null];
}
