// What must hold after healing, read below every policy: nothing acked is lost, nothing happened twice, no gap, nothing waits.
import type pg from 'pg';
import type { Operation } from './load.test-support.js';

/** One event of the log, as far as the invariants look. */
export interface Told {
  readonly topic: string;
  readonly key: string;
  readonly sequence: number;
}

export interface Looked {
  readonly demand: pg.Pool;
  readonly placement: pg.Pool;
  /** Everything in the log, and whether it drops what is published again: a log that does not may hold an event twice, with one effect. */
  readonly log: { readonly events: () => Promise<readonly Told[]>; readonly dropsDuplicates: boolean };
}

export interface Verdict {
  readonly ackedLost: number;
  readonly doubleEffects: number;
  readonly sequenceGaps: number;
  readonly phantoms: number;
  readonly seatsAndCountsDiffer: number;
  readonly parked: number;
}

export async function verdict({ demand, placement, log }: Looked, operations: readonly Operation[]): Promise<Verdict> {
  const acked = operations.filter(({ outcome }) => outcome === 'acked');
  const events = await log.events();
  const sequences = sequencesOf(events);
  const distinct = [...sequences.values()].reduce((sum, seen) => sum + seen.size, 0);
  return {
    ackedLost: await lost(placement, acked),
    doubleEffects: (await doubled(placement, operations)) + (log.dropsDuplicates ? events.length - distinct : 0),
    sequenceGaps: [...sequences.values()].filter((seen) => Math.max(...seen) !== seen.size).length,
    phantoms: await phantoms(sequences, placement),
    seatsAndCountsDiffer: await differ(demand, placement),
    parked: await one(demand, 'select count(*)::int n from held'),
  };
}

/** The log in a database of its own. */
export function logIn(pool: pg.Pool): Looked['log'] {
  return { events: async () => (await pool.query<Told>(`select topic, key, (headers->>'ce_sequence')::int sequence from entries`)).rows, dropsDuplicates: true };
}

function sequencesOf(events: readonly Told[]): Map<string, Set<number>> {
  const sequences = new Map<string, Set<number>>();
  for (const { topic, key, sequence } of events) {
    const of = `${topic} ${key}`;
    sequences.set(of, (sequences.get(of) ?? new Set()).add(sequence));
  }
  return sequences;
}

/** Acked confirmations and cancellations that are not there. */
async function lost(placement: pg.Pool, acked: readonly Operation[]): Promise<number> {
  const confirmed = acked.flatMap(({ kind, id }) => (kind === 'confirm' && id ? [local(id)] : []));
  const cancelled = acked.flatMap(({ kind, input }) => (kind === 'cancel' ? [local(input['id'] as string)] : []));
  const { rows } = await placement.query<{ id: string; state: string }>('select id, state from placements where id = any($1::uuid[])', [[...confirmed, ...cancelled]]);
  const states = new Map(rows.map(({ id, state }) => [id, state]));
  return confirmed.filter((id) => !states.has(id)).length + cancelled.filter((id) => states.get(id) !== 'cancelled').length;
}

/** A student of one operation with more than one placement. */
async function doubled(placement: pg.Pool, operations: readonly Operation[]): Promise<number> {
  const students = operations.flatMap(({ kind, input }) => (kind === 'confirm' ? (input['placements'] as { studentId: string }[]).map(({ studentId }) => studentId) : []));
  const { rows } = await placement.query<{ n: number }>('select count(*)::int n from (select student_id from placements where student_id = any($1::uuid[]) group by 1 having count(*) > 1) t', [students]);
  return rows[0]?.n ?? 0;
}

/** Events of placements that are not there, and placements without their events. */
async function phantoms(sequences: ReadonlyMap<string, ReadonlySet<number>>, placement: pg.Pool): Promise<number> {
  const topic = 'tandem.placement.placement ';
  const told = new Map([...sequences].filter(([of]) => of.startsWith(topic)).map(([of, seen]) => [of.slice(topic.length), Math.max(...seen)]));
  const { rows } = await placement.query<{ id: string; sequence: number }>('select id, sequence from placements');
  return rows.filter(({ id, sequence }) => told.get(id) !== sequence).length + Math.abs(told.size - rows.length);
}

/** Positions whose count of filled seats is not the number of their live placements, and seats and heads that are not those of live placements. */
async function differ(demand: pg.Pool, placement: pg.Pool): Promise<number> {
  const filled = await demand.query<{ id: string; filled: number }>('select id, filled from positions');
  const live = await placement.query<{ position_id: string; n: number }>(`select position_id, count(*)::int n from placements where state = 'confirmed' group by 1`);
  const counts = new Map(live.rows.map(({ position_id, n }) => [position_id, n]));
  const wrong = filled.rows.filter(({ id, filled: seats }) => seats !== (counts.get(id) ?? 0)).length;
  const orphans = await one(placement, `select count(*)::int n from seats s full join (select id from placements where state = 'confirmed') p on p.id = s.holder where p.id is null or s.holder is null`);
  const heads = await one(placement, `select count(*)::int n from (select distinct holder from heads) h full join (select id from placements where state = 'confirmed') p on p.id = h.holder where p.id is null or h.holder is null`);
  return wrong + orphans + heads;
}

async function one(pool: pg.Pool, text: string): Promise<number> {
  return (await pool.query<{ n: number }>(text)).rows[0]?.n ?? 0;
}

function local(global: string): string {
  return Buffer.from(global, 'base64url').toString('utf8').split(':')[1] ?? '';
}
