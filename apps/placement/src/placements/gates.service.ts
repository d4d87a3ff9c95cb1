// Gates: evidence as rows, recorded by the college today and by the agreements' own feature later.
import type { Tx } from '@tandem/persistence';
import type { Call, TargetAt } from '@tandem/service-kit';
import type { Gate } from '../gates.js';
import type { PlacementRow } from './placement.entity.js';

export type Recording = TargetAt & { readonly gates: readonly { readonly gate: Gate; readonly evidence: string }[] };
export type PassedGates = ReadonlyMap<string, ReadonlySet<string>>;
export interface GatesRow {
  readonly gate: string;
  readonly evidence: string;
  readonly by: string;
  readonly at: Date;
}

/** The same gate again replaces its evidence; the audit row says who recorded what came before. */
export async function passGates(tx: Tx, { principal, now }: Call, items: readonly Recording[], rows: readonly PlacementRow[]): Promise<null[]> {
  const there = new Set(rows.map(({ id }) => id));
  const passed = items.filter(({ id }) => there.has(id)).flatMap(({ id, gates }) => gates.map(({ gate, evidence }) => ({ placement_id: id, gate, evidence })));
  tx.write(
    `insert into gates as g (org, placement_id, gate, evidence, by, at) select $1, p.placement_id, p.gate, p.evidence, $2, $3
       from (select distinct on (placement_id, gate) * from jsonb_to_recordset($4::jsonb) p(placement_id uuid, gate text, evidence text)) p
     on conflict (org, placement_id, gate) do update set evidence = excluded.evidence, by = excluded.by, at = excluded.at`,
    [principal.org, principal.account, now, JSON.stringify(passed)],
  );
  return rows.map(() => null);
}

export async function gatesOf(tx: Tx, org: string, ids: readonly string[]): Promise<Map<string, GatesRow[]>> {
  const rows = await tx.query<GatesRow & { placement_id: string }>('select placement_id, gate, evidence, by, at from gates where org = $1 and placement_id = any($2::uuid[]) order by gate', [org, ids]);
  const byPlacement = new Map<string, GatesRow[]>();
  for (const { placement_id, ...row } of rows) byPlacement.set(placement_id, [...(byPlacement.get(placement_id) ?? []), row]);
  return byPlacement;
}
