// How a long command ends early: the first Ctrl-C waits for the batch in hand, the second for nothing.
import { progress } from './output.js';

export const INTERRUPTED = 130;

export interface Interruption {
  readonly wanted: boolean;
  forget(): void;
}

export function interruption(): Interruption {
  const state = { wanted: false, forget: () => process.off('SIGINT', ask).off('SIGTERM', ask) };
  const ask = (): void => {
    if (state.wanted) process.exit(INTERRUPTED);
    state.wanted = true;
    progress('Stopping after the batch in hand');
  };
  process.on('SIGINT', ask).on('SIGTERM', ask);
  return state;
}

/** Runs with an ear for Ctrl-C, which is deaf again afterwards. */
export async function interruptible<T>(work: (interrupted: Interruption) => Promise<T>): Promise<T> {
  const interrupted = interruption();
  try {
    return await work(interrupted);
  } finally {
    interrupted.forget();
  }
}
