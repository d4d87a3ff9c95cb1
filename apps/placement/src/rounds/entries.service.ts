import { Injectable } from '@nestjs/common';
import type { Refusal } from '@tandem/contracts';
import { page, TenantDatabase, type PageOf, type PagePart, type Tx } from '@tandem/persistence';
import { Commands, type Call, type Done, type Fresh, type Outcome, type TargetAt } from '@tandem/service-kit';
import { freeSeats, keepSeats, lanesOf, takeSeats, type Lane } from '../ledger/seats.js';
import { knownPositionsOf, type KnownPositionRow } from '../projections/known-positions.js';
import { change, enter, refuse, withdraw, type EntryTerms, type RoundOf } from './entry.js';
import { entries, type EntryRow } from './entry.entity.js';

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
}

@Injectable()
export class EntriesService {
  constructor(
    private readonly commands: Commands,
    private readonly database: TenantDatabase,
  ) {}

  enter(call: Call, many: readonly EntryTerms[], atomic: boolean): Promise<Outcome[]> {
    let known: Known = { rounds: new Map(), positions: new Map() };
    const make = (fresh: Fresh, terms: EntryTerms, facts: Known): EntryRow => ({ ...fresh, ...enter(terms, facts.rounds.get(terms.roundId), facts.positions.get(terms.positionId)) });
    return this.commands.createMany(call, entries, 'entered', many, make, {
      facts: async (tx, items) => (known = await knownOf(tx, call, items)),
      claim: (tx, rows) => holdSeats(tx, rows, known),
      atomic,
    });
  }

  change(call: Call, at: TargetAt, to: Pick<EntryTerms, 'seats' | 'needsMajor'>): Promise<Done> {
    let before = 0;
    let known: Known = { rounds: new Map(), positions: new Map() };
    const facts = async (tx: Tx): Promise<Known> => {
      const own = await tx.query<{ round_id: string; position_id: string; seats: number }>('select round_id, position_id, seats from entries where org = $1 and id = $2', [call.principal.org, at.id]);
      before = own[0]?.seats ?? 0;
      return (known = await knownOf(tx, call, own.map(({ round_id, position_id }) => ({ roundId: round_id, positionId: position_id }))));
    };
    const rule = (entry: EntryRow, { rounds }: Known): EntryRow => change(entry, to, rounds.get(entry.roundId));
    return this.commands.change(call, entries, 'changed', at, rule, { facts, claim: (tx, rows) => resizeHold(tx, rows, before, known) });
  }

  withdrawMany(call: Call, items: readonly EntryWithdrawal[], atomic: boolean): Promise<Outcome[]> {
    return this.commands.changeMany(call, entries, 'withdrawn', items, (entry, { reason }) => withdraw(entry, reason), { claim: releaseIfUnmatched, atomic });
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
  const [rounds, positions] = await Promise.all([
    tx.query<RoundOf & { id: string }>('select id, state, starts_on "startsOn", ends_on "endsOn" from rounds where is_public and id = any($1::uuid[])', [[...new Set(items.map(({ roundId }) => roundId))]]),
    knownPositionsOf(tx, items.map(({ positionId }) => positionId)),
  ]);
  return { rounds: new Map(rounds.map((round) => [round.id, round])), positions: new Map([...positions].filter(([, { org }]) => org === call.principal.org)) };
}

/** All seats of each entry, or none of them and a refusal. */
async function holdSeats(tx: Tx, rows: readonly EntryRow[], { positions }: Known): Promise<(Refusal | null)[]> {
  const lanes = await lanesOf(tx, rows.map(({ positionId }) => positionId), positions);
  const refusals: (Refusal | null)[] = [];
  for (const row of rows) refusals.push(await hold(tx, row, 0, lanes(row.positionId)));
  return refusals;
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

async function resizeHold(tx: Tx, [row]: readonly EntryRow[], before: number, { positions }: Known): Promise<(Refusal | null)[]> {
  if (!row) return [];
  if (row.seats > before) return [await hold(tx, row, before, (await lanesOf(tx, [row.positionId], positions))(row.positionId))];
  keepSeats(tx, row.id, row.seats);
  return [null];
}

/** Once matched, offers may stand on its seats: they go back when the round is settled. */
async function releaseIfUnmatched(tx: Tx, rows: readonly EntryRow[]): Promise<null[]> {
  const open = await tx.query<{ id: string }>(`select id from rounds where is_public and state in ('announced', 'open', 'closed', 'rejected', 'cancelled') and id = any($1::uuid[])`, [rows.map(({ roundId }) => roundId)]);
  const unmatched = new Set(open.map(({ id }) => id));
  freeSeats(tx, rows.filter(({ roundId }) => unmatched.has(roundId)).map(({ id }) => id));
  return rows.map(() => null);
}
