// Load for fault runs: colleges confirm and cancel placements, each operation under its own key, each outcome written down.
import { CallFailed, type Session } from '../commands/client.js';
import { documents } from '../story/steps.js';

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
export function startLoad(college: Session, positions: readonly string[], writers = 8): Load {
  const operations: Operation[] = [];
  const state = { stopped: false };
  const loops = Array.from({ length: writers }, () => writer(college, positions, operations, state));
  return {
    operations,
    stop: async () => {
      state.stopped = true;
      await Promise.all(loops);
    },
  };
}

async function writer(college: Session, positions: readonly string[], operations: Operation[], state: { stopped: boolean }): Promise<void> {
  for (let n = 0; !state.stopped; n += 1) {
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
