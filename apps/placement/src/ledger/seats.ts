// The ledger of seats: one row a taken seat, unique across all colleges and rounds although none sees another's rows.
// A position is a lane of `headcount` seats; an entry in a round takes its seats there, and is itself a lane in which the round's offers take theirs.
import { RowPolicy, type Tx } from '@tandem/persistence';
import { groupBy } from '@tandem/service-kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('seats')
@RowPolicy({ shape: 'own' })
export class SeatRow {
  /** A position or an entry. */
  @PrimaryColumn('uuid') lane!: string;
  @PrimaryColumn('integer') seatNo!: number;
  @Column('uuid') org!: string;
  /** A placement, an offer (whose placement has the same id) or an entry. */
  @Column('uuid') holder!: string;
}

/** Seats 1 to `capacity` of a position or an entry. */
export interface Lane {
  readonly id: string;
  readonly capacity: number;
  /** Where a free one is likely: how many are taken as far as is known. */
  readonly hint: number;
}

export interface Taking {
  readonly org: string;
  readonly holder: string;
  /** Tried in this order. */
  readonly lanes: readonly Lane[];
  /** Each of these must have a place left too: what several lanes share. */
  readonly within?: readonly Lane[];
}

/** One seat each, or false for one that found none; it learns nothing of who holds them. */
export async function takeSeats(tx: Tx, takings: readonly Taking[]): Promise<boolean[]> {
  // In the order of the lanes, so that of two batches the second waits behind the first, and neither for the other.
  const laneOf = ({ lanes: [lane] }: Taking): string => lane?.id ?? '';
  const ordered = [...takings.entries()].toSorted(([, a], [, b]) => (laneOf(a) < laneOf(b) ? -1 : Number(laneOf(a) > laneOf(b))));
  const taken = takings.map(() => false);
  await Promise.all(ordered.map(async ([n, taking]) => (taken[n] = await takeSeat(tx, taking, taking.lanes[0]))));
  for (const [n, taking] of takings.entries()) {
    for (const lane of taking.lanes.slice(1)) taken[n] = taken[n] || (await takeSeat(tx, taking, lane));
  }
  return Promise.all(takings.map(async (taking, n) => taken[n] === true && (taking.within === undefined || (await takeWithin(tx, taking, taking.within)))));
}

async function takeWithin(tx: Tx, taking: Taking, within: readonly Lane[]): Promise<boolean> {
  const taken = await Promise.all(within.map((lane) => takeSeat(tx, taking, lane)));
  if (taken.every(Boolean)) return true;
  freeSeats(tx, [taking.holder]);
  return false;
}

async function takeSeat(tx: Tx, { org, holder }: Taking, lane: Lane | undefined): Promise<boolean> {
  if (!lane || lane.capacity === 0) return false;
  const [row] = await tx.query<{ seat: number | null }>('select take_seat($1, $2, $3, $4, $5) seat', [org, lane.id, lane.capacity, holder, lane.hint]);
  return row?.seat != null;
}

/** Where a seat of each of these positions may be found: the position's own, then in entries of it whose round is settled: what came free there is anybody's. */
export async function lanesOf(tx: Tx, positionIds: readonly string[], known: ReadonlyMap<string, { readonly headcount: number; readonly filled: number }>): Promise<(positionId: string) => Lane[]> {
  const rows = await tx.query<{ id: string; position_id: string; seats: number }>(`select id, position_id, seats from entries where is_public and state = 'settled' and position_id = any($1::uuid[])`, [[...new Set(positionIds)]]);
  const settled = groupBy(rows, ({ position_id }) => position_id);
  return (id) => {
    const { headcount = 0, filled = 0 } = known.get(id) ?? {};
    return [{ id, capacity: headcount, hint: filled }, ...(settled.get(id) ?? []).map((entry) => ({ id: entry.id, capacity: entry.seats, hint: 0 }))];
  };
}

/** The claim of a command after which some of its rows hold no seat any more. */
export function freeing<R extends { readonly id: string }>(goes: (row: R) => boolean): (tx: Tx, rows: readonly R[]) => Promise<null[]> {
  return (tx, rows) => {
    freeSeats(tx, rows.filter(goes).map(({ id }) => id));
    return Promise.resolve(rows.map(() => null));
  };
}

/** Gives back all seats of these holders. */
export function freeSeats(tx: Tx, holders: readonly string[]): void {
  if (holders.length > 0) tx.write('delete from seats where holder = any($1::uuid[])', [holders]);
}

/** Gives back all but so many seats of a holder. */
export function keepSeats(tx: Tx, holder: string, seats: number): void {
  tx.write('delete from seats where holder = $1 and (lane, seat_no) in (select lane, seat_no from seats where holder = $1 order by seat_no offset $2)', [holder, seats]);
}
