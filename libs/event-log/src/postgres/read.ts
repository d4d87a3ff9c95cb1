// Reading: the next batch, and where a partition without a stored position begins.
import type { Pool } from 'pg';
import type { DeliveredEvent, Positions, Subscription } from '../port.js';

type Row = [partition: number, position: string, id: string, key: string, headers: Record<string, string>, payload: Buffer];

// As many bytes as a batch may bring beside its first event: 250 events of the largest size would be 250 MB.
const MAX_BYTES = 8_000_000;

// All partitions at once, in the order given: the limit stops at the first that fill the batch, and the caller turns the order from read to
// read. The sum knows the size of a large payload without fetching it; it costs some 10 % of a read (66,000-90,000 events a second with it).
const READ = `
select partition, position, event_id, key, headers, payload from (
  select w.partition, e.*, sum(octet_length(payload)) over (rows unbounded preceding) bytes
  from unnest($2::int[], $3::bigint[]) w(partition, after), lateral (
    select position, event_id, key, headers, payload from entries
    where topic = $1 and partition = w.partition and position > w.after order by position limit $4) e
  limit $4) batch
where bytes - octet_length(payload) < ${MAX_BYTES}`;

export async function read(pool: Pool, topic: string, after: readonly (readonly [number, bigint])[], limit: number): Promise<DeliveredEvent[]> {
  const values = [topic, after.map(([partition]) => partition), after.map(([, position]) => position), limit];
  const { rows } = await pool.query<Row>({ name: 'read', text: READ, values, rowMode: 'array' });
  return rows.map(([partition, position, id, key, headers, payload]) => ({ id, topic, key, headers, payload, partition, position: BigInt(position) }));
}

/** The position before the first event that a partition without a stored position gets. */
export async function begin(pool: Pool, { topic, from }: Subscription, next: readonly bigint[], partitions: readonly number[]): Promise<Positions> {
  if (from === 'beginning') return new Map(partitions.map((partition) => [partition, 0n]));
  if (from === 'end') return new Map(partitions.map((partition) => [partition, next[partition]! - 1n]));
  const { rows } = await pool.query<[number, string]>({
    text: 'select p, position_before($1, p, $3) from unnest($2::int[]) p',
    values: [topic, partitions, from],
    rowMode: 'array',
  });
  return new Map(rows.map(([partition, position]) => [partition, BigInt(position)]));
}
