// Taking and giving back seats of the ledger, inside the transaction of the placement.
import type { Refusal } from '@tandem/contracts';
import type { Tx } from '@tandem/persistence';
import { refuse, type KnownPosition } from './placement.js';
import type { PlacementRow } from './placement.entity.js';

/** For each new placement a seat, or the refusal of one that found none; it learns nothing of who holds them. */
export function takeSeats(tx: Tx, positions: ReadonlyMap<string, KnownPosition>, rows: readonly PlacementRow[]): Promise<(Refusal | null)[]> {
  return Promise.all(
    rows.map(async ({ org, id, positionId }) => {
      const { headcount = 0, filled = 0 } = positions.get(positionId) ?? {};
      const [taken] = await tx.query<{ seat: number | null }>('select take_seat($1, $2, $3, $4, $5) seat', [org, positionId, headcount, id, filled]);
      return taken?.seat == null ? refuse.no_seat() : null;
    }),
  );
}

export async function freeSeats(tx: Tx, rows: readonly PlacementRow[]): Promise<null[]> {
  tx.write('delete from seats where placement_id = any($1::uuid[])', [rows.map(({ id }) => id)]);
  return rows.map(() => null);
}
