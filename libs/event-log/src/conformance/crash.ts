// A real process that is killed with -9 in the worst moment: the effect is written, the position is not.
import { fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ConformanceSubject } from './subject.js';

export interface Life {
  readonly module: string;
  readonly argument: string;
  readonly topic: string;
  readonly maxBatch: number;
  /** Files: one id a line as soon as it took effect; positions. */
  readonly effects: string;
  readonly positions: string;
  /** With so many effects it does not go on to the position, but waits for its end. */
  readonly stopAt: number | null;
}

/** Ids that took effect in the life that was killed and in the one after it. */
export interface Lives {
  readonly firstLife: readonly string[];
  readonly secondLife: readonly string[];
}

export async function liveAndDie(
  { child }: ConformanceSubject,
  { topic, maxBatch, deathAt, events }: { topic: string; maxBatch: number; deathAt: number; events: number },
): Promise<Lives> {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-conformance-'));
  const life = { module: child.module.href, argument: child.argument, topic, maxBatch, positions: join(folder, 'positions') };
  const [first, second] = [join(folder, 'first'), join(folder, 'second')];
  try {
    await liveUntil({ ...life, effects: first, stopAt: deathAt }, () => lines(first).length >= deathAt);
    const firstLife = lines(first);
    await liveUntil({ ...life, effects: second, stopAt: null }, () => new Set([...firstLife, ...lines(second)]).size === events);
    return { firstLife, secondLife: lines(second) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Starts it and kills it when it is over; looks whenever it says that effects are written. */
function liveUntil(life: Life, isOver: () => boolean): Promise<void> {
  const { execArgv, env, script } = howToRun();
  const child = fork(script, [JSON.stringify(life)], { execArgv, env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let complaints = '';
  child.stderr?.on('data', (text) => (complaints += String(text)));
  return new Promise((resolve, reject) => {
    let isKilled = false;
    child.on('message', () => {
      if (isOver()) isKilled = child.kill('SIGKILL');
    });
    child.once('error', reject);
    child.once('exit', () => {
      if (isKilled) resolve();
      else reject(new Error(`the consuming process ended by itself: ${complaints}`));
    });
  });
}

/** From sources when the suite itself is, else as built. */
function howToRun(): { script: string; execArgv: string[]; env: NodeJS.ProcessEnv } {
  const isSource = import.meta.url.endsWith('.ts');
  const script = fileURLToPath(new URL(`./crash-child.${isSource ? 'ts' : 'js'}`, import.meta.url));
  if (!isSource) return { script, execArgv: [], env: process.env };
  const project = fileURLToPath(new URL('../../../../tsconfig.base.json', import.meta.url));
  const execArgv = ['--no-warnings', '--import', '@swc-node/register/esm-register', '--conditions=@tandem/source'];
  return { script, execArgv, env: { ...process.env, SWC_NODE_PROJECT: project } };
}

function lines(file: string): string[] {
  return readFileSync(file, 'utf8').split('\n').filter(Boolean);
}
