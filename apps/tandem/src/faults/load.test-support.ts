// Load for fault runs: colleges confirm and cancel placements, each operation under its own key, each outcome written down.
import type { Role } from '@tandem/contracts';
import { setTimeout as after } from 'node:timers/promises';
import { until } from '@tandem/test-kit';
import { CallFailed } from '../commands/call-failed.js';
import type { Session } from '../commands/client.js';
import { sample } from '../sample/region.js';
import { documents, type PositionNode } from '../story/steps.js';
import type { Verdict } from './invariants.test-support.js';

/** A Tandem, as one process or as several. */
export interface Callable {
  as(role: Role, org: string): Promise<Session>;
}

export interface Result extends Verdict {
  readonly fault: string;
  readonly round: number;
  readonly operations: number;
  /** Operations without an answer, or events in hand when the fault came. */
  readonly unknown: number;
  /** Events that came to a reaction again. */
  readonly redelivered?: number;
}
export const clean: Verdict = { ackedLost: 0, doubleEffects: 0, sequenceGaps: 0, phantoms: 0, seatsAndCountsDiffer: 0, parked: 0 };

export interface Operation {
  readonly key: string;
  readonly kind: 'confirm' | 'cancel';
  readonly input: Record<string, unknown>;
  /** `unknown`: an error on the wire; it may or may not have happened. */
  outcome: 'acked' | 'refused' | 'unknown';
  id?: string;
}

export interface Load {
  readonly operations: Operation[];
  /** Ends after the operations in hand. */
  stop(): Promise<void>;
}

interface Confirmed {
  readonly results: readonly { readonly id: string | null; readonly version: number | null; readonly error: { readonly code: string } | null }[];
}

/** Keeps `writers` operations in flight on these positions until it is stopped or nothing answers any more. */
export function startLoad(college: Session, positions: readonly string[], { writers = 8, pauseMs = 0 }: { readonly writers?: number; readonly pauseMs?: number } = {}): Load {
  const operations: Operation[] = [];
  const state = { stopped: false, pauseMs };
  const loops = Array.from({ length: writers }, () => writer(college, positions, operations, state));
  return {
    operations,
    stop: async () => {
      state.stopped = true;
      await Promise.all(loops);
    },
  };
}

async function writer(college: Session, positions: readonly string[], operations: Operation[], state: { readonly stopped: boolean; readonly pauseMs: number }): Promise<void> {
  for (let n = 0; !state.stopped; n += 1) {
    if (state.pauseMs > 0) await after(state.pauseMs);
    const position = positions[Math.floor(Math.random() * positions.length)];
    const confirm: Operation = { key: crypto.randomUUID(), kind: 'confirm', input: { placements: [{ position, studentId: crypto.randomUUID() }] }, outcome: 'unknown' };
    operations.push(confirm);
    if (!(await perform(college, confirm))) return;
    if (n % 4 !== 0 || confirm.id === undefined) continue;
    const cancel: Operation = { key: crypto.randomUUID(), kind: 'cancel', input: { id: confirm.id, version: 1, reason: 'mistake' }, outcome: 'unknown' };
    operations.push(cancel);
    if (!(await perform(college, cancel))) return;
  }
}

/** False when the outcome is unknown. */
export async function perform(college: Session, operation: Operation): Promise<boolean> {
  try {
    if (operation.kind === 'confirm') {
      const { results } = await college.mutate<Confirmed>(documents.confirm, operation.input, operation.key);
      const [result] = results;
      operation.outcome = result?.error ? 'refused' : 'acked';
      if (result?.id) operation.id = result.id;
    } else {
      await college.mutate(documents.cancel, operation.input, operation.key);
      operation.outcome = 'acked';
    }
    return true;
  } catch (error) {
    if (error instanceof CallFailed && /^[a-z]/.test(error.code)) {
      operation.outcome = 'refused';
      return true;
    }
    return false;
  }
}

/** How many operations the load has answered before the fault comes. */
export const WARM = 40;

export async function warm(load: Load): Promise<void> {
  await until(() => load.operations.filter(({ outcome }) => outcome === 'acked').length >= WARM, { what: 'the load to run', deadlineMs: 20_000 });
}

/** Four positions with more seats than any load fills. */
export async function publishPositions(tandem: Callable): Promise<string[]> {
  const enterprise = await tandem.as('enterprise_hr', sample.electronics.code);
  const bureau = await tandem.as('bureau_officer', sample.bureau.code);
  const ids: string[] = [];
  for (let n = 0; n < 4; n += 1) {
    const { node } = await enterprise.mutate<{ node: PositionNode }>(documents.draft, { terms: { ...terms(), title: `样例岗位 ${n}（虚构）` } });
    const { node: submitted } = await enterprise.mutate<{ node: PositionNode }>(documents.submit, { id: node.id, version: node.version });
    await bureau.mutate(documents.decide, { decision: { position: node.id, positionVersion: submitted.version, decision: 'publish' } });
    ids.push(node.id);
  }
  await until(async () => (await Promise.all(ids.map((id) => enterprise.query<PositionNode>(documents.position, { id })))).every(({ state }) => state === 'published'), { what: 'the positions to be published' });
  return ids;
}

function terms(): Record<string, unknown> {
  return { kind: 'internship', occupation: '9-01-01-01', industry: '9911', region: '990101', headcount: 9_000, startsOn: '2027-03-01', endsOn: '2027-08-31', weeklyHours: 40, payFen: 300_000 };
}

/** Everything sent, consumed and nothing held, within the half minute that healing may take. */
export async function quiet(tandem: Callable): Promise<void> {
  const operator = await tandem.as('operator', 'OPERATOR');
  type State = { unsent: number; consumers: { lag: number; held: number; parked: number }[] };
  await until(async () => (await operator.query<State[]>(documents.consumers)).every(({ unsent, consumers }) => unsent === 0 && consumers.every(({ lag, held }) => lag <= 0 && held === 0)), { what: 'everything to be sent and consumed', deadlineMs: 30_000 });
}

/** What the fault runs counted, a line each. */
export function table(rows: readonly Result[]): string {
  const lines = rows.map((row) => `${row.fault.padEnd(52)} round ${row.round}  ${row.operations} operations, ${row.unknown} in flight; acked lost ${row.ackedLost}, double effects ${row.doubleEffects}, gaps ${row.sequenceGaps}, phantoms ${row.phantoms}, parked ${row.parked}${row.redelivered === undefined ? '' : `, redelivered ${row.redelivered}`}`);
  const total = (of: (row: Result) => number): number => rows.reduce((sum, row) => sum + of(row), 0);
  return `\n${lines.join('\n')}\nfault runs ${rows.length}: in flight ${total(({ unknown }) => unknown)}, acked writes lost ${total(({ ackedLost }) => ackedLost)}, double effects ${total(({ doubleEffects }) => doubleEffects)}\n`;
}
