// How far a consumer is with each aggregate and each partition; written in the transaction of the effect.
import type { Batch } from '@tandem/event-log';
import type { Tx } from '@tandem/persistence';

export async function loadProgress(tx: Tx, consumer: string, keys: readonly string[]): Promise<Map<string, number>> {
  // In key order: two instances that meet during a rebalance wait for each other instead of deadlocking.
  const rows = await tx.query<{ key: string; sequence: number }>('select key, sequence from progress where consumer = $1 and key = any($2::uuid[]) order by key for update', [consumer, keys]);
  return new Map(rows.map(({ key, sequence }) => [key, sequence]));
}

export function saveProgress(tx: Tx, consumer: string, progress: ReadonlyMap<string, number>): void {
  if (progress.size === 0) return;
  const entries = [...progress].sort(([a], [b]) => (a < b ? -1 : 1));
  tx.write(
    `insert into progress as p (consumer, key, sequence) select $1, k, s from unnest($2::uuid[], $3::int[]) t(k, s)
     on conflict (consumer, key) do update set sequence = excluded.sequence where p.sequence < excluded.sequence`,
    [consumer, entries.map(([key]) => key), entries.map(([, sequence]) => sequence)],
  );
}

export interface LoadedPositions {
  /** How often the projection was rebuilt. */
  readonly rebuilds: number;
  readonly positions: ReadonlyMap<number, bigint>;
}

/** Positions mean nothing in a topic that was made anew under the same name: only those stored for this incarnation count. */
export async function loadPositions(tx: Tx, consumer: string, topic: string, incarnation: string): Promise<LoadedPositions> {
  const rows = await tx.query<{ partition: number; position: string }>(
    'select partition, position from positions_of_consumers where consumer = $1 and (partition = -1 or (topic = $2 and incarnation = $3))',
    [consumer, topic, incarnation],
  );
  const positions = new Map(rows.map(({ partition, position }) => [partition, BigInt(position)]));
  const rebuilds = Number(positions.get(-1) ?? 0);
  positions.delete(-1);
  return { rebuilds, positions };
}

/** Nothing where another instance has begun a rebuild since `rebuilds` was loaded: this one will hear of it and begin again. */
export function savePositions(tx: Tx, consumer: string, { topic, incarnation, advance }: Pick<Batch, 'topic' | 'incarnation' | 'advance'>, rebuilds: number): void {
  if (advance.size === 0) return;
  tx.write(
    `insert into positions_of_consumers as p (consumer, topic, incarnation, partition, position) select $1, $2, $3, k, v from unnest($4::int[], $5::bigint[]) t(k, v)
     where $6 = coalesce((select position from positions_of_consumers where consumer = $1 and topic = '' and partition = -1), 0)
     on conflict (consumer, topic, partition) do update set position = excluded.position, incarnation = excluded.incarnation
     where p.position < excluded.position or p.incarnation <> excluded.incarnation`,
    [consumer, topic, incarnation, [...advance.keys()], [...advance.values()].map(String), rebuilds],
  );
}
