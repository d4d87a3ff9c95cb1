// From what a run said to offers in each college's own rows: first what is left is taken back, then what is new is offered.
import { Injectable } from '@nestjs/common';
import type { Refusal } from '@tandem/contracts';
import { TenantDatabase, type Tx } from '@tandem/persistence';
import { Commands, groupBy, MAX_BATCH, servicePrincipal, stepOf, type Call, type Fresh, type TargetAt } from '@tandem/service-kit';
import { v5 as uuidv5 } from 'uuid';
import { isMinorOn } from '../age.js';
import { freeing, takeSeats, type Lane } from '../ledger/seats.js';
import { headHosts, type HeadHosts } from './heads.js';
import type { AssignmentInput } from './inputs.service.js';
import { refuse, rescind, type Offer } from './offer.js';
import { offers, type OfferRow } from './offer.entity.js';
import { poolsOf } from './pools.service.js';
import { answerBy, type Round } from './round.js';

/** One student, one position, one run: one offer, whatever is repeated. A later run may offer a place again that was taken back. */
const NAMESPACE = '5b0a4a53-0f7e-5d9e-8f1c-2f6f5c8c1a90';
const offerId = (roundId: string, run: number, studentId: string, positionId: string): string => uuidv5(`${roundId} ${run} ${studentId} ${positionId}`, NAMESPACE);

/** A round's heads under one cap are a lane of seats, shared by the lanes of all entries below it. */
const headLane = (roundId: string, host: string): string => uuidv5(`${roundId} ${host}`, NAMESPACE);

interface Offering {
  readonly as: 'offered' | 'waiting';
  readonly run: number;
  readonly items: readonly AssignmentInput[];
}

interface PositionOf {
  readonly entryId: string;
  readonly seats: number;
  readonly enterpriseOrg: string;
  readonly kind: string;
  readonly region: string;
  readonly occupation: string;
  readonly isCapped: boolean;
}

@Injectable()
export class IssuingService {
  constructor(
    private readonly commands: Commands,
    private readonly database: TenantDatabase,
  ) {}

  /** Both halves for every college that has something in the run. Run again under the same key it only finds what it did. */
  async issue(call: Call, round: Round & { readonly id: string }, run: number, assignments: readonly AssignmentInput[]): Promise<void> {
    const colleges = [...groupBy(assignments, ({ collegeOrg }) => collegeOrg)];
    for (const [college, own] of colleges) await this.takeBack(call, college, own);
    for (const [college, own] of colleges) {
      for (const as of ['offered', 'waiting'] as const) await this.offer(call, college, round, { as, run, items: own.filter(({ offerAs, positionId }) => offerAs === as && positionId !== null) });
    }
  }

  private async takeBack(call: Call, college: string, run: readonly AssignmentInput[]): Promise<void> {
    const ids = run.flatMap(({ leaves }) => (leaves === null ? [] : [leaves]));
    for (const [n, slice] of slices(ids)) {
      const inCollege = callIn(call, college, `leave:${n}`);
      const facts = await this.database.withTenant({ org: college }, (tx) => tx.query<TargetAt & object>('select id, version from offers where org = $1 and id = any($2::uuid[])', [college, slice]));
      if (facts.length === 0) continue;
      await this.commands.changeMany(inCollege, offers, 'rescinded', facts, (offer) => rescind(offer, 'moved_up'), { claim: freeing(() => true) });
    }
  }

  private async offer(call: Call, college: string, round: Round & { readonly id: string }, { as, run, items: all }: Offering): Promise<void> {
    // One day for the whole batch: working days are counted once, not for each of thousands.
    const due = answerBy(round, call.today);
    for (const [n, slice] of slices(all)) {
      let known: Known;
      const make = (fresh: Fresh, item: AssignmentInput, facts: Known): OfferRow => ({ ...fresh, ...offerOf(round, item, facts, due), state: as });
      await this.commands.createMany(callIn(call, college, `${as}:${n}`), offers, as, slice, make, {
        facts: async (tx, items) => (known = await knownOf(tx, college, round.id, items)),
        idOf: ({ studentId, positionId }) => offerId(round.id, run, studentId, positionId ?? ''),
        claim: (tx, rows) => seated(tx, round.id, rows, known),
      });
    }
  }
}

/** A step in the tenant of one who takes part. */
export function callIn(call: Call, org: string, step: string): Call {
  return { ...stepOf(call, step), principal: servicePrincipal('placement', org) };
}

function slices<T>(items: readonly T[]): [number, readonly T[]][] {
  return Array.from({ length: Math.ceil(items.length / MAX_BATCH) }, (_, n) => [n, items.slice(n * MAX_BATCH, (n + 1) * MAX_BATCH)]);
}

interface Known {
  readonly positions: ReadonlyMap<string, PositionOf>;
  readonly minorThrough: ReadonlyMap<string, string>;
  /** Who still takes part and has no other offer: not who left after the check, or answered while a refill was on its way. */
  readonly free: ReadonlySet<string>;
  readonly hosts: HeadHosts;
}

async function knownOf(tx: Tx, college: string, roundId: string, items: readonly AssignmentInput[]): Promise<Known> {
  const studentIds = items.map(({ studentId }) => studentId);
  const [positions, students, free, pools] = await Promise.all([
    tx.query<PositionOf & { positionId: string }>(
      `select e.position_id "positionId", e.id "entryId", e.seats, p.org "enterpriseOrg", p.kind, p.region, p.occupation, e.post_heads is not null "isCapped" from entries e join known_positions p on p.is_public and p.id = e.position_id
        where e.is_public and e.state = 'entered' and e.round_id = $1 and e.position_id = any($2::uuid[])`,
      [roundId, [...new Set(items.map(({ positionId }) => positionId))]],
    ),
    tx.query<{ id: string; minor_through: string }>('select id, minor_through from known_students where org = $1 and id = any($2::uuid[])', [college, studentIds]),
    // Locked: who leaves meanwhile waits, and then finds the offer to take back.
    tx.query<{ student_id: string }>(
      `select g.student_id from engagements g where g.org = $1 and g.round_id = $2 and g.student_id = any($3::uuid[])
          and not exists (select from offers o where o.org = g.org and o.student_id = g.student_id and o.round_id = g.round_id and o.state in ('offered', 'waiting', 'accepted')) order by g.student_id for share of g`,
      [college, roundId, studentIds],
    ),
    poolsOf(tx, roundId),
  ]);
  return {
    positions: new Map(positions.map((row) => [row.positionId, row])),
    minorThrough: new Map(students.map(({ id, minor_through }) => [id, minor_through])),
    free: new Set(free.map(({ student_id }) => student_id)),
    hosts: headHosts(pools),
  };
}

function offerOf(round: Round & { readonly id: string }, { studentId, positionId, wish }: AssignmentInput, { positions, minorThrough, free }: Known, due: string): Offer {
  if (!free.has(studentId)) throw refuse.student_not_free({ student: studentId });
  const position = positions.get(positionId ?? '');
  if (!position || positionId === null) throw refuse.no_seat({ position: positionId });
  const { entryId, enterpriseOrg, kind, region, occupation } = position;
  const { startsOn, endsOn } = round;
  const through = minorThrough.get(studentId);
  const isMinor = isMinorOn(through === undefined ? undefined : { minorThrough: through }, startsOn);
  return { state: 'offered', roundId: round.id, entryId, studentId, positionId, enterpriseOrg, wish: wish ?? 0, answerBy: due, reason: null, kind, region, occupation, startsOn, endsOn, isMinor };
}

/** A seat in the entry's lane, and one of the round's heads where a cap can bind; an entry that was withdrawn meanwhile has none to give. */
async function seated(tx: Tx, roundId: string, rows: readonly OfferRow[], { positions, hosts }: Known): Promise<(Refusal | null)[]> {
  const takings = rows.map(({ org, id, positionId, entryId }, n) => {
    const position = positions.get(positionId);
    const within = position?.isCapped ? hosts.pathOf(position).map((host): Lane => ({ id: headLane(roundId, host.id), capacity: host.capacity, hint: n })) : [];
    return { org, holder: id, lanes: [{ id: entryId, capacity: position?.seats ?? 0, hint: n }], within };
  });
  return (await takeSeats(tx, takings)).map((taken) => (taken ? null : refuse.no_seat()));
}
