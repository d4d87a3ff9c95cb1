// The command line as somebody types it, in a process of its own that may be killed: from the build, without a wrapper.
import { spawn } from 'node:child_process';
import { join } from 'node:path';

const main = join(import.meta.dirname, '../../dist/main.js');

export interface Ran {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

/** `onLine` hears its progress and may end it: with SIGKILL unless it says otherwise. */
export function tandemCommand(home: string, args: readonly string[], onLine: (line: string, kill: (signal?: NodeJS.Signals) => void) => void = () => undefined): Promise<Ran> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TANDEM_') && name !== 'PORT'));
  const child = spawn(process.execPath, [main, ...args], { env: { ...env, TANDEM_HOME: home, NODE_OPTIONS: '' }, stdio: ['ignore', 'pipe', 'pipe'] });
  const text = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (text.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => {
    text.err += chunk.toString();
    onLine(chunk.toString(), (signal = 'SIGKILL') => child.kill(signal));
  });
  return new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal, ...text })));
}
