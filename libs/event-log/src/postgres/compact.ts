// Removing what a later event of the same key has superseded.
import type { Pool } from 'pg';

const FOUND_AT_ONCE = 50_000;
const DELETED_AT_ONCE = 1_000;

// A window over one partition, not an index on key: the index would cost every append, this sort only runs when the log is compacted.
const SUPERSEDED = `
select position from (
  select position, appended_at, row_number() over (partition by key order by position desc) age
  from entries where topic = $1 and partition = $2) e
where age > 1 and appended_at < $3 order by position limit ${FOUND_AT_ONCE}`;

export async function compact(pool: Pool, topic: string, partitions: Iterable<number>, olderThan: Date): Promise<number> {
  let dropped = 0;
  for (const partition of partitions) {
    for (let found = FOUND_AT_ONCE; found === FOUND_AT_ONCE; ) {
      const { rows } = await pool.query<[string]>({ text: SUPERSEDED, values: [topic, partition, olderThan], rowMode: 'array' });
      found = rows.length;
      dropped += await drop(pool, topic, partition, rows.flat());
    }
  }
  return dropped;
}

/** In small steps: each is its own transaction, so an append waits for none and a stop loses at most one. */
async function drop(pool: Pool, topic: string, partition: number, positions: readonly string[]): Promise<number> {
  let dropped = 0;
  for (let from = 0; from < positions.length; from += DELETED_AT_ONCE) {
    const { rowCount } = await pool.query('delete from entries where topic = $1 and partition = $2 and position = any($3::bigint[])', [
      topic,
      partition,
      positions.slice(from, from + DELETED_AT_ONCE),
    ]);
    dropped += rowCount ?? 0;
  }
  return dropped;
}
