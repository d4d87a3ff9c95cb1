// From what a run said to offers in each college's own rows: first what is left is taken back, then what is new is offered.
import { Injectable } from '@nestjs/common';
import type { Refusal } from '@tandem/contracts';
import { TenantDatabase, type Tx } from '@tandem/persistence';
import { Commands, MAX_BATCH, servicePrincipal, type Call, type Fresh, type TargetAt } from '@tandem/service-kit';
import { v5 as uuidv5 } from 'uuid';
import { isMinorOn } from '../age.js';
import { freeSeats, takeSeats } from '../ledger/seats.js';
import { groupBy } from './group.js';
import type { AssignmentInput } from './inputs.service.js';
import { refuse, rescind, type Offer } from './offer.js';
import { offers, type OfferRow } from './offer.entity.js';
import { answerBy, type Round } from './round.js';

/** One student, one position, one round: one offer, whatever is repeated. */
const NAMESPACE = '5b0a4a53-0f7e-5d9e-8f1c-2f6f5c8c1a90';
export const offerId = (roundId: string, studentId: string, positionId: string): string => uuidv5(`${roundId} ${studentId} ${positionId}`, NAMESPACE);

interface PositionOf {
  readonly entryId: string;
  readonly seats: number;
  readonly enterpriseOrg: string;
  readonly kind: string;
  readonly region: string;
  readonly occupation: string;
}

@Injectable()
export class IssuingService {
  constructor(
    private readonly commands: Commands,
    private readonly database: TenantDatabase,
  ) {}

  /** Both halves for every college that has something in the run. Run again under the same key it only finds what it did. */
  async issue(call: Call, round: Round & { readonly id: string }, run: readonly AssignmentInput[]): Promise<void> {
    const colleges = [...groupBy(run, ({ collegeOrg }) => collegeOrg)];
    for (const [college, own] of colleges) await this.takeBack(call, college, own);
    for (const [college, own] of colleges) {
      for (const as of ['offered', 'waiting'] as const) await this.offer(call, college, round, { as, run: own.filter(({ offerAs, positionId }) => offerAs === as && positionId !== null) });
    }
  }

  private async takeBack(call: Call, college: string, run: readonly AssignmentInput[]): Promise<void> {
    const ids = run.flatMap(({ leaves }) => (leaves === null ? [] : [leaves]));
    for (const [n, slice] of slices(ids)) {
      const inCollege = callIn(call, college, `leave:${n}`);
      const facts = await this.database.withTenant({ org: college }, (tx) => tx.query<TargetAt & object>('select id, version from offers where org = $1 and id = any($2::uuid[])', [college, slice]));
      if (facts.length === 0) continue;
      await this.commands.changeMany(inCollege, offers, 'rescinded', facts, (offer) => rescind(offer, 'moved_up'), { claim: freeOf });
    }
  }

  private async offer(call: Call, college: string, round: Round & { readonly id: string }, { as, run }: { readonly as: 'offered' | 'waiting'; readonly run: readonly AssignmentInput[] }): Promise<void> {
    for (const [n, slice] of slices(run)) {
      let known: Known;
      const make = (fresh: Fresh, item: AssignmentInput, facts: Known): OfferRow => ({ ...fresh, ...offerOf(round, item, facts, call.today), state: as });
      await this.commands.createMany(callIn(call, college, `${as}:${n}`), offers, as, slice, make, {
        facts: async (tx, items) => (known = await knownOf(tx, college, round.id, items)),
        idOf: ({ studentId, positionId }) => offerId(round.id, studentId, positionId ?? ''),
        claim: (tx, rows) => seated(tx, rows, known),
      });
    }
  }
}

function callIn(call: Call, org: string, part: string): Call {
  return { ...call, principal: servicePrincipal('placement', org), key: `${call.key}:${part}` };
}

function slices<T>(items: readonly T[]): [number, readonly T[]][] {
  return Array.from({ length: Math.ceil(items.length / MAX_BATCH) }, (_, n) => [n, items.slice(n * MAX_BATCH, (n + 1) * MAX_BATCH)]);
}

interface Known {
  readonly positions: ReadonlyMap<string, PositionOf>;
  readonly minorThrough: ReadonlyMap<string, string>;
}

async function knownOf(tx: Tx, college: string, roundId: string, items: readonly AssignmentInput[]): Promise<Known> {
  const [positions, students] = await Promise.all([
    tx.query<PositionOf & { positionId: string }>(
      `select e.position_id "positionId", e.id "entryId", e.seats, p.org "enterpriseOrg", p.kind, p.region, p.occupation from entries e join known_positions p on p.is_public and p.id = e.position_id
        where e.is_public and e.round_id = $1 and e.position_id = any($2::uuid[])`,
      [roundId, [...new Set(items.map(({ positionId }) => positionId))]],
    ),
    tx.query<{ id: string; minor_through: string }>('select id, minor_through from known_students where org = $1 and id = any($2::uuid[])', [college, items.map(({ studentId }) => studentId)]),
  ]);
  return { positions: new Map(positions.map((row) => [row.positionId, row])), minorThrough: new Map(students.map(({ id, minor_through }) => [id, minor_through])) };
}

function offerOf(round: Round & { readonly id: string }, { studentId, positionId, wish }: AssignmentInput, { positions, minorThrough }: Known, today: string): Offer {
  const position = positions.get(positionId ?? '');
  if (!position || positionId === null) throw refuse.no_seat({ position: positionId });
  const { entryId, enterpriseOrg, kind, region, occupation } = position;
  const { startsOn, endsOn } = round;
  const through = minorThrough.get(studentId);
  const isMinor = isMinorOn(through === undefined ? undefined : { minorThrough: through }, startsOn);
  return { state: 'offered', roundId: round.id, entryId, studentId, positionId, enterpriseOrg, wish: wish ?? 0, answerBy: answerBy(round, today), reason: null, kind, region, occupation, startsOn, endsOn, isMinor };
}

/** A seat in the entry's lane; an entry that was withdrawn meanwhile has none to give. */
async function seated(tx: Tx, rows: readonly OfferRow[], { positions }: Known): Promise<(Refusal | null)[]> {
  const takings = rows.map(({ org, id, positionId, entryId }, n) => ({ org, holder: id, lanes: [{ id: entryId, capacity: positions.get(positionId)?.seats ?? 0, hint: n }] }));
  return (await takeSeats(tx, takings)).map((taken) => (taken ? null : refuse.no_seat()));
}

async function freeOf(tx: Tx, rows: readonly OfferRow[]): Promise<null[]> {
  freeSeats(tx, rows.map(({ id }) => id));
  return rows.map(() => null);
}
