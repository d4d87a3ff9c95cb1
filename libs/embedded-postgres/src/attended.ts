// A command under the watchdog: it gets its orderly end from us, or from the watchdog when this process is gone, also after kill -9.
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Account } from './account.js';

/** Signals in order, each with the milliseconds that it is given before the next one. */
export type EndSteps = readonly (readonly [NodeJS.Signals, number])[];

export interface AttendedCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly account: Account;
  readonly whenOrphaned: EndSteps;
  readonly onOutput: (text: string) => void;
}

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The watchdog itself died; the command may still run, unattended. */
  readonly unattended: boolean;
}

export interface Attended {
  readonly pid: number;
  readonly ended: Promise<Ending>;
  /** Begins the end and keeps this process alive until `ended`, which tells when it is reached. Only the first call counts. */
  end(steps: EndSteps): void;
  /** From here on the command does not keep this process alive. */
  unref(): void;
}

type Message = { started: number } | { failed: string } | { output: string } | { exited: { code: number | null; signal: NodeJS.Signals | null } };

export const WATCHDOG = fileURLToPath(new URL('../watchdog/watchdog.mjs', import.meta.url));

/** Rejects when the command cannot be started at all. `mark` is shown in the watchdog's command line. */
export function attend(mark: string, { onOutput, account, ...command }: AttendedCommand): Promise<Attended> {
  // Its own session: Ctrl-C in a terminal goes to the whole group and would cut off the end that we ask for.
  const watchdog = spawn(process.execPath, [WATCHDOG, mark], { detached: true, stdio: ['ignore', 'ignore', 'ignore', 'ipc'], env: plainEnvironment() });
  const run = { ...command, identity: { uid: account.uid, gid: account.gid }, env: plainEnvironment() };
  return new Promise((resolve, reject) => {
    const ended = new Promise<Ending>((settle) => {
      watchdog.on('message', (message: Message) => {
        if ('output' in message) onOutput(message.output);
        if ('started' in message) resolve(attended(watchdog, message.started, ended));
        if ('failed' in message) reject(new Error(message.failed));
        if ('exited' in message) settle({ ...message.exited, unattended: false });
      });
      watchdog.once('exit', () => {
        settle({ code: null, signal: null, unattended: true });
        reject(new Error('the watchdog process ended before the command was started'));
      });
    });
    watchdog.once('error', reject);
    tell(watchdog, { run });
  });
}

/** NODE_OPTIONS, PG* and LD_LIBRARY_PATH of the caller are not meant for these programs; without a locale the server would take "C". */
function plainEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8' };
}

function tell(watchdog: ChildProcess, message: object): void {
  // A watchdog that is gone shows in 'exit'.
  if (watchdog.connected) watchdog.send(message, () => {});
}

function attended(watchdog: ChildProcess, pid: number, ended: Promise<Ending>): Attended {
  return {
    pid,
    ended,
    end(steps) {
      watchdog.ref();
      watchdog.channel?.ref();
      tell(watchdog, { end: steps });
    },
    unref() {
      watchdog.unref();
      watchdog.channel?.unref();
    },
  };
}
