// The long work of a round as jobs: publish, refill, settle. Each step has a key of its own, so that a job that was killed goes on where it was.
import { Injectable } from '@nestjs/common';
import { TenantDatabase, type Tx } from '@tandem/persistence';
import { Commands, groupBy, Jobs, stepOf, type Call, type Done, type Job, type Outcome, type TargetAt } from '@tandem/service-kit';
import { refill as refillSeats, verifyRefill, type Standing } from '@tandem/stable-matching';
import { disengage } from '../ledger/engagements.js';
import { handOverHeads } from '../ledger/heads.js';
import { keepSeats } from '../ledger/seats.js';
import { settle as settleEntry } from './entry.js';
import { entries, type EntryRow } from './entry.entity.js';
import { postHost } from './heads.js';
import { RoundInputs, type Inputs } from './inputs.service.js';
import { callIn, IssuingService } from './issuing.service.js';
import { keepingHeld, tell, type Market, type Told } from './market.js';
import { recordOf, storeRun, type Offering } from './matching.service.js';
import { acceptAtLast } from './offer.js';
import { offers } from './offer.entity.js';
import { assertRefillable, publish, refill, settle, type Round } from './round.js';
import { rounds, type RoundRow } from './round.entity.js';

interface Step extends TargetAt {
  /** The run that this job makes, or issues. */
  readonly run: number;
}
interface Standings {
  /** By alias. */
  readonly standing: Standing;
  /** Of each student the offer that is open. */
  readonly held: ReadonlyMap<string, { readonly id: string; readonly positionId: string; readonly state: 'offered' | 'waiting' }>;
  /** By cap of an enterprise those who have a place there, at a position that has left the round. */
  readonly stayers: ReadonlyMap<string, number>;
}

@Injectable()
export class RoundRunner {
  // oxlint-disable-next-line max-params -- what the container injects, one a line
  constructor(
    private readonly commands: Commands,
    private readonly database: TenantDatabase,
    private readonly jobs: Jobs,
    private readonly inputs: RoundInputs,
    private readonly issuing: IssuingService,
  ) {
    jobs.handle('placement.round.published', (call, [step]: readonly Step[]) => this.published(call, step as Step));
    jobs.handle('placement.round.refilled', (call, [step]: readonly Step[]) => this.refilled(call, step as Step));
    jobs.handle('placement.round.settled', (call, [step]: readonly Step[]) => this.settled(call, step as Step));
  }

  publish(call: Call, at: TargetAt): Promise<Job> {
    return this.start(call, 'placement.round.published', at, (round, secret) => publish(round, secret, call.today));
  }

  /** On a published day, once: the round may have moved on by then, and the job takes it as it is. */
  async refillDue(call: Call, id: string): Promise<Job> {
    const { round } = await this.inputs.round(call.principal.org, id);
    return this.jobs.start(call, 'placement.round.refilled', [{ id, version: round.version, run: round.runs + 1 }]);
  }

  refill(call: Call, at: TargetAt): Promise<Job> {
    return this.start(call, 'placement.round.refilled', at, (round) => assertRefillable(round, call.today));
  }

  settle(call: Call, at: TargetAt): Promise<Job> {
    return this.start(call, 'placement.round.settled', at, async (round) => settle(round, call.today, await this.unanswered(round)));
  }

  /** What the state forbids is refused at once, not by a job that fails later. */
  private async start(call: Call, kind: string, at: TargetAt, rule: (round: RoundRow, secret: string) => unknown): Promise<Job> {
    const { round, secret } = await this.inputs.round(call.principal.org, at.id);
    const run = kind.endsWith('refilled') ? round.runs + 1 : round.runs;
    if (round.version === at.version) await rule(round, secret);
    return this.jobs.start(call, kind, [{ ...at, run }]);
  }

  private async published(call: Call, { run, ...at }: Step): Promise<Outcome[]> {
    const { round, secret } = await this.inputs.round(call.principal.org, at.id);
    const done = await this.commands.change(stepOf(call, 'state'), rounds, 'published', at, (row) => publish(row, secret, call.today));
    await this.issuing.issue(call, round, run, await this.inputs.assignments(call.principal.org, at.id, run));
    return [{ done }];
  }

  private async refilled(call: Call, { run, ...at }: Step): Promise<Outcome[]> {
    const inputs = await this.inputs.read(call.principal.org, at.id);
    const done = await this.newRun(call, at, run, inputs);
    await this.issuing.issue(call, inputs.round, run, await this.inputs.assignments(call.principal.org, at.id, run));
    return [{ done }];
  }

  /** The matching from where everybody stands; checked before it is stored, because it is published at once. */
  private async newRun(call: Call, at: TargetAt, run: number, { round, market: before, marketBeside }: Inputs): Promise<Done> {
    const standings = await this.standings(round, before);
    const market = standings.stayers.size > 0 ? marketBeside(standings.stayers) : before;
    const instance = keepingHeld(market.instance, standings.standing);
    const { assignments, digest } = refillSeats(instance, standings.standing);
    const violations = verifyRefill(instance, standings.standing, { assignments, digest });
    if (violations.length > 0) throw new Error(`the checker rejects a refill: ${violations.map(({ kind }) => kind).join()}`);
    // Who is out keeps what an earlier run said.
    const told = tell(market, assignments, standings.standing).filter(({ alias }) => standings.standing[alias]?.state !== 'out');
    const record = recordOf({ lists: market.lists, instance, listsDigest: round.listsDigest ?? market.listsDigest }, { assignments, digest }, standings.standing);
    const result = { digest, assigned: Object.values(assignments).filter((position) => position !== null).length };
    return this.commands.change(stepOf(call, 'state'), rounds, 'changed', at, (row) => refill(row, result, call.today), {
      claim: (tx, [row]) => (row ? storeRun(tx, { ...row, runs: run }, { told, record }, (one) => offeringOf(one, standings)) : Promise.resolve([])),
    });
  }

  async standings(round: Round & { readonly id: string }, { lists, entries: inRound }: Market): Promise<Standings> {
    const aliasOf = new Map(lists.map(({ studentId, alias }) => [studentId, alias]));
    const standing: Record<string, Standing[string]> = {};
    const held = new Map<string, { readonly id: string; readonly positionId: string; readonly state: 'offered' | 'waiting' }>();
    const stayers = new Map<string, number>();
    for (const college of round.colleges) {
      for (const stand of await this.database.withTenant({ org: college }, (tx) => standsOf(tx, college, round.id))) {
        const { studentId, positionId, state } = stand;
        const seats = inRound.get(positionId)?.seats ?? 0;
        if (seats === 0) countStayer(stayers, stand);
        const alias = aliasOf.get(studentId);
        if (alias === undefined) continue;
        standing[alias] = standOf(stand, seats);
        if (state === 'offered' || state === 'waiting') held.set(studentId, { id: stand.id, positionId, state });
      }
    }
    return { standing, held, stayers };
  }

  private async settled(call: Call, { run: _run, ...at }: Step): Promise<Outcome[]> {
    const { round } = await this.inputs.round(call.principal.org, at.id);
    const unanswered = await this.unanswered(round);
    const done = await this.commands.change(stepOf(call, 'state'), rounds, 'settled', at, (row) => settle(row, call.today, unanswered));
    const { colleges } = round;
    for (const college of colleges) await this.acceptWaiting(call, round.id, college);
    const used = new Map<string, number>();
    for (const college of colleges) {
      for (const { lane, n } of await this.database.withTenant({ org: college }, (tx) => seatsIn(tx, college, round.id))) used.set(lane, (used.get(lane) ?? 0) + n);
    }
    await this.settleEntries(call, round.id, used);
    return [{ done }];
  }

  private async unanswered({ id, colleges }: Round & { readonly id: string }): Promise<number> {
    const text = `select count(*)::int n from offers where org = $1 and round_id = $2 and state = 'offered'`;
    const counts = await Promise.all(colleges.map((college) => this.database.withTenant({ org: college }, (tx) => tx.query<{ n: number }>(text, [college, id]))));
    return counts.reduce((sum, [row]) => sum + (row?.n ?? 0), 0);
  }

  private async acceptWaiting(call: Call, roundId: string, college: string): Promise<void> {
    const inCollege = callIn(call, college, `accept:${college}`);
    const waiting = await this.database.withTenant({ org: college }, (tx) => {
      disengage(tx, college, null, roundId);
      return tx.query<TargetAt & object>(`select id, version from offers where org = $1 and round_id = $2 and state = 'waiting' order by id`, [college, roundId]);
    });
    for (let n = 0; n < waiting.length; n += 1_000) await this.commands.changeMany(stepOf(inCollege, `${n}:${waiting[n]?.id ?? ''}`), offers, 'accepted', waiting.slice(n, n + 1_000), acceptAtLast);
  }

  /** Again where an entry was withdrawn in the same moment: its version had moved. */
  private async settleEntries(call: Call, roundId: string, used: ReadonlyMap<string, number>): Promise<void> {
    const text = `select id, org, version from entries where is_public and round_id = $1 and state <> 'settled' order by id`;
    for (let attempt = 0; ; attempt += 1) {
      const open = await this.database.withTenant(call.principal, (tx) => tx.query<TargetAt & { org: string }>(text, [roundId]));
      if (open.length === 0) return;
      for (const [org, own] of groupBy(open, (entry) => entry.org)) {
        const inEnterprise = callIn(call, org, `entries:${org}:${attempt}`);
        await this.commands.changeMany(inEnterprise, entries, 'settled', own, (entry) => settleEntry(entry, used.get(entry.id) ?? 0), { claim: keepUsed });
      }
    }
  }
}

interface Stand {
  /** The offer. */
  readonly id: string;
  readonly studentId: string;
  readonly positionId: string;
  /** Of the offer, or `gone` where its placement was cancelled or has ended. */
  readonly state: string;
  readonly reason: string | null;
  readonly enterpriseOrg: string;
  readonly occupation: string;
}

/** Of each student the offer that is open or accepted; else one that the student gave up, who is out for good; else one that was taken back. */
async function standsOf(tx: Tx, college: string, roundId: string): Promise<Stand[]> {
  return tx.query<Stand & object>(
    `select distinct on (o.student_id) o.id, o.student_id "studentId", o.position_id "positionId", case when p.state in ('cancelled', 'ended') then 'gone' else o.state end state, o.reason,
            o.enterprise_org "enterpriseOrg", o.occupation
       from offers o left join placements p on p.org = o.org and p.id = o.id where o.org = $1 and o.round_id = $2
      order by o.student_id, case when o.state in ('offered', 'waiting', 'accepted') then 0 when o.state = 'rescinded' and o.reason <> 'student_withdrew' then 2 else 1 end, o.wish`,
    [college, roundId],
  );
}

function countStayer(stayers: Map<string, number>, { state, ...at }: Stand): void {
  if (state !== 'accepted' && state !== 'offered' && state !== 'waiting') return;
  for (const host of [postHost(at), at.enterpriseOrg]) stayers.set(host, (stayers.get(host) ?? 0) + 1);
}

/** Taken back by the enterprise: not the student's doing, who is in the running again. `seats` of the position in the round, 0 where it left. */
function standOf({ positionId, state, reason }: Stand, seats: number): Standing[string] {
  if (state === 'accepted') return seats > 0 ? { state: 'final', position: positionId } : { state: 'out' };
  if (state === 'offered' || state === 'waiting') return { state: 'holding', position: seats > 0 ? positionId : null };
  if (state === 'rescinded' && reason !== 'student_withdrew') return { state: 'holding', position: null };
  return { state: 'out' };
}

function offeringOf({ studentId, alias, positionId }: Told, { standing, held }: Standings): Offering {
  const own = held.get(studentId);
  const isFinal = standing[alias]?.state === 'final';
  if (positionId === null || isFinal || own?.positionId === positionId) return { offerAs: null, leaves: null };
  return { offerAs: own?.state === 'waiting' ? 'waiting' : 'offered', leaves: own?.id ?? null };
}

function seatsIn(tx: Tx, college: string, roundId: string): Promise<{ lane: string; n: number }[]> {
  return tx.query<{ lane: string; n: number }>('select lane, count(*)::int n from seats where org = $1 and lane in (select id from entries where is_public and round_id = $2) group by lane', [college, roundId]);
}

async function keepUsed(tx: Tx, rows: readonly EntryRow[]): Promise<null[]> {
  for (const { id, seats } of rows) keepSeats(tx, id, seats);
  // All of one enterprise and one round.
  const [row] = rows;
  if (row) handOverHeads(tx, row.roundId, row.org);
  return rows.map(() => null);
}
