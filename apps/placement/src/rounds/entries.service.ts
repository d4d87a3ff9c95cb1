import { Injectable } from '@nestjs/common';
import type { Refusal } from '@tandem/contracts';
import { page, TenantDatabase, type PageOf, type PagePart, type Tx } from '@tandem/persistence';
import { Commands, type Call, type Done, type Fresh, type Outcome, type TargetAt } from '@tandem/service-kit';
import { freeHeads, holdHeads } from '../ledger/heads.js';
import { freeSeats, keepSeats, lanesOf, takeSeats, type Lane } from '../ledger/seats.js';
import { statedStaffOf, type StatedStaff } from '../projections/known-headcounts.js';
import { knownPositionsOf, type KnownPositionRow } from '../projections/known-positions.js';
import { change, enter, refuse, withdraw, type EntryTerms, type RoundOf } from './entry.js';
import { entries, type EntryRow } from './entry.entity.js';
import { heldHeads, releasedHeads } from './heads.js';

export interface EntryFilter {
  readonly view: 'own' | 'published';
  readonly roundId: string | null;
  readonly state: string | null;
  readonly descending: boolean;
  readonly page: PagePart;
}
export type EntryWithdrawal = TargetAt & { readonly reason: string };

interface Known {
  readonly rounds: ReadonlyMap<string, RoundOf>;
  /** Own ones. */
  readonly positions: ReadonlyMap<string, KnownPositionRow>;
  /** Of internships: what they count against. */
  readonly staff: ReadonlyMap<string, StatedStaff>;
}

const nothing: Known = { rounds: new Map(), positions: new Map(), staff: new Map() };

@Injectable()
export class EntriesService {
  constructor(
    private readonly commands: Commands,
    private readonly database: TenantDatabase,
  ) {}

  enter(call: Call, many: readonly EntryTerms[], atomic: boolean): Promise<Outcome[]> {
    let known = nothing;
    const make = (fresh: Fresh, terms: EntryTerms, facts: Known): EntryRow => ({ ...fresh, ...enter(terms, facts.rounds.get(terms.roundId), facts.positions.get(terms.positionId)) });
    return this.commands.createMany(call, entries, 'entered', many, make, {
      facts: async (tx, items) => (known = await knownOf(tx, call, items)),
      claim: (tx, rows) => held(tx, rows, known),
      atomic,
    });
  }

  change(call: Call, at: TargetAt, to: Pick<EntryTerms, 'seats' | 'needsMajor'>): Promise<Done> {
    let before = 0;
    let known = nothing;
    const facts = async (tx: Tx): Promise<Known> => {
      const own = await tx.query<{ round_id: string; position_id: string; seats: number }>('select round_id, position_id, seats from entries where org = $1 and id = $2', [call.principal.org, at.id]);
      before = own[0]?.seats ?? 0;
      return (known = await knownOf(tx, call, own.map(({ round_id, position_id }) => ({ roundId: round_id, positionId: position_id }))));
    };
    const rule = (entry: EntryRow, { rounds }: Known): EntryRow => change(entry, to, rounds.get(entry.roundId));
    return this.commands.change(call, entries, 'changed', at, rule, { facts, claim: (tx, rows) => resizeHold(tx, rows, before, known) });
  }

  withdrawMany(call: Call, items: readonly EntryWithdrawal[], atomic: boolean): Promise<Outcome[]> {
    return this.commands.changeMany(call, entries, 'withdrawn', items, (entry, { reason }) => withdraw(entry, reason, false), { claim: releaseIfUnmatched, atomic });
  }

  async batch(call: Call, ids: readonly string[]): Promise<EntryRow[]> {
    const raws = await this.database.withTenant(call.principal, (tx) => tx.query('select * from entries where id = any($1::uuid[])', [ids]));
    return raws.map((raw) => entries.table.hydrate(raw));
  }

  list(call: Call, { view, roundId, state, descending, page: request }: EntryFilter): Promise<PageOf<EntryRow>> {
    const where = [
      view === 'own' ? { sql: 'org = $', value: call.principal.org } : { sql: 'is_public = $', value: true },
      ...(roundId ? [{ sql: 'round_id = $', value: roundId }] : []),
      ...(state ? [{ sql: 'state = $', value: state }] : []),
    ];
    return this.database.withTenant(call.principal, (tx) => page(tx, entries.table, { ...request, where, orderBy: 'id', descending }));
  }
}

async function knownOf(tx: Tx, call: Call, items: readonly Pick<EntryTerms, 'roundId' | 'positionId'>[]): Promise<Known> {
  const ids = items.map(({ positionId }) => positionId);
  const [rounds, positions, staff] = await Promise.all([
    tx.query<RoundOf & { id: string }>('select id, state, starts_on "startsOn", ends_on "endsOn" from rounds where is_public and id = any($1::uuid[])', [[...new Set(items.map(({ roundId }) => roundId))]]),
    knownPositionsOf(tx, ids),
    statedStaffOf(tx, ids),
  ]);
  return { staff, rounds: new Map(rounds.map((round) => [round.id, round])), positions: new Map([...positions].filter(([, { org }]) => org === call.principal.org)) };
}

/** All seats of each entry, or none of them and a refusal; then what the caps leave of as many heads. */
async function held(tx: Tx, rows: readonly EntryRow[], known: Known): Promise<(EntryRow | Refusal | null)[]> {
  const lanes = await lanesOf(tx, rows.map(({ positionId }) => positionId), known.positions);
  const claims: (EntryRow | Refusal | null)[] = [];
  for (const row of rows) claims.push((await hold(tx, row, 0, lanes(row.positionId))) ?? (await withHeads(tx, row, known)));
  return claims;
}

/** Only where the round has none of the enterprise at all is it refused: one post's heads may be another's in the same round. */
async function withHeads(tx: Tx, row: EntryRow, { positions, rounds, staff: stated }: Known): Promise<EntryRow | Refusal | null> {
  const [position, round, staff] = [positions.get(row.positionId), rounds.get(row.roundId), stated.get(row.positionId)];
  if (!position || !round || !staff) return null;
  const { startsOn, endsOn } = round;
  const got = await holdHeads(tx, { holder: row.id, enterpriseOrg: row.org, occupation: position.occupation, region: position.region, startsOn, endsOn, staff }, row);
  if (got.roundHasPost && got.roundHasEnterprise) return { ...row, ...heldHeads(row.seats, got, staff) };
  freeSeats(tx, [row.id]);
  freeHeads(tx, [row.id]);
  return refuse.no_heads({ field: 'seats', cap: got.roundHasPost ? 'enterprise' : 'post' });
}

async function hold(tx: Tx, { org, id, seats }: EntryRow, before: number, lanes: readonly Lane[]): Promise<Refusal | null> {
  const wanted = seats - before;
  const taken = await takeSeats(tx, Array.from({ length: Math.min(wanted, lanes[0]?.capacity ?? 0) }, () => ({ org, holder: id, lanes })));
  const got = taken.filter(Boolean).length;
  if (got === wanted) return null;
  // Nothing of this one is kept, but what it held before.
  keepSeats(tx, id, before);
  return refuse.no_seats({ field: 'seats', free: got });
}

/** Heads are taken anew: what the caps leave today. */
async function resizeHold(tx: Tx, [row]: readonly EntryRow[], before: number, known: Known): Promise<(EntryRow | Refusal | null)[]> {
  if (!row) return [];
  const refused = row.seats > before ? await hold(tx, row, before, (await lanesOf(tx, [row.positionId], known.positions))(row.positionId)) : null;
  if (refused) return [refused];
  keepSeats(tx, row.id, row.seats);
  freeHeads(tx, [row.id]);
  return [await withHeads(tx, row, known)];
}

/** Once matched, offers may stand on its seats and heads: they go back when the round is settled. */
async function releaseIfUnmatched(tx: Tx, rows: readonly EntryRow[]): Promise<(EntryRow | null)[]> {
  const open = await tx.query<{ id: string }>(`select id from rounds where is_public and state in ('announced', 'open', 'closed', 'rejected', 'cancelled') and id = any($1::uuid[])`, [rows.map(({ roundId }) => roundId)]);
  const unmatched = new Set(open.map(({ id }) => id));
  const released = rows.filter(({ roundId }) => unmatched.has(roundId)).map(({ id }) => id);
  freeSeats(tx, released);
  freeHeads(tx, released);
  return rows.map((row) => (unmatched.has(row.roundId) ? releasedHeads(row) : null));
}
