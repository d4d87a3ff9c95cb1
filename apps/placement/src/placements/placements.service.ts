import { Injectable } from '@nestjs/common';
import { page, TenantDatabase, type PageOf } from '@tandem/persistence';
import { Commands, type Call, type Done, type Fresh, type Outcome, type TargetAt } from '@tandem/service-kit';
import { knownPositionsOf } from '../projections/known-positions.js';
import { cancel, confirm, type KnownPosition, type Wish } from './placement.js';
import { placements, type PlacementRow } from './placement.entity.js';
import { freeSeats, takeSeats } from './seats.service.js';

export interface PlacementFilter {
  readonly view: 'own' | 'party';
  readonly state: string | null;
  readonly positionId: string | null;
  readonly descending: boolean;
  readonly page: { readonly first: number; readonly after: string | null; readonly skip: number };
}
export type Cancellation = TargetAt & { readonly reason: string };

@Injectable()
export class PlacementsService {
  constructor(
    private readonly commands: Commands,
    private readonly database: TenantDatabase,
  ) {}

  async confirm(call: Call, wish: Wish): Promise<Done> {
    const [outcome] = await this.confirmMany(call, [wish], true);
    if (!outcome || 'refused' in outcome) throw outcome?.refused ?? new Error('one wish has one outcome');
    return outcome.done;
  }

  confirmMany(call: Call, wishes: readonly Wish[], atomic: boolean): Promise<Outcome[]> {
    let known: ReadonlyMap<string, KnownPosition> = new Map();
    const make = (fresh: Fresh, wish: Wish, positions: ReadonlyMap<string, KnownPosition>): PlacementRow => ({ ...fresh, ...confirm(wish, positions.get(wish.positionId)) });
    return this.commands.createMany(call, placements, 'confirmed', wishes, make, {
      facts: async (tx, items) => (known = await knownPositionsOf(tx, items.map(({ positionId }) => positionId))),
      claim: (tx, rows) => takeSeats(tx, known, rows),
      atomic,
    });
  }

  cancel(call: Call, { reason, ...at }: Cancellation): Promise<Done> {
    return this.commands.change(call, placements, 'cancelled', at, (placement) => cancel(placement, reason), { claim: freeSeats });
  }

  cancelMany(call: Call, items: readonly Cancellation[], atomic: boolean): Promise<Outcome[]> {
    return this.commands.changeMany(call, placements, 'cancelled', items, (placement, { reason }) => cancel(placement, reason), { claim: freeSeats, atomic });
  }

  async batch(call: Call, ids: readonly string[]): Promise<PlacementRow[]> {
    const raws = await this.database.withTenant(call.principal, (tx) => tx.query('select * from placements where id = any($1::uuid[])', [ids]));
    return raws.map((raw) => placements.table.hydrate(raw));
  }

  list(call: Call, { view, state, positionId, descending, page: request }: PlacementFilter): Promise<PageOf<PlacementRow>> {
    const where = [
      { sql: view === 'own' ? 'org = $' : 'enterprise_org = $', value: call.principal.org },
      ...(state ? [{ sql: 'state = $', value: state }] : []),
      ...(positionId ? [{ sql: 'position_id = $', value: positionId }] : []),
    ];
    return this.database.withTenant(call.principal, (tx) => page(tx, placements.table, { ...request, where, orderBy: 'startsOn', descending }));
  }
}
