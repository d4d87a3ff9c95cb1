// From a data folder to a server that answers: start, wait until it is ready, look whether it keeps what Tandem promises.
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { Account } from './account.js';
import { attend, type Attended } from './attended.js';
import { SUPERUSER } from './first-start.js';
import { END_STEPS, endOrphan, ORPHAN_END_STEPS } from './orphan.js';
import { findFreePort, HOST, isPortTaken } from './port.js';
import type { Program } from './program.js';
import { PostgresRefusal } from './refusal.js';
import { PROMISED, serverArguments, type Settings } from './settings.js';

/** Recovery after a crash may take long, but reports every 10 s. */
const SILENCE_MS = 60_000;
const ATTEMPTS = 5;
const READY = 'database system is ready to accept connections';
const PORT_LOST = /could not bind .*Address already in use/;
/** After a crash, processes of the old server may hold its memory for a moment, or it is itself still on its way out. */
const PASSES = /is still in use|lock file "postmaster.pid" already exists/;

export interface Launch {
  readonly dataDir: string;
  readonly port: number | undefined;
  readonly settings: Settings;
  readonly password: string;
  readonly account: Account;
  readonly program: Program;
  readonly log: (line: string) => void;
}

export interface Launched {
  readonly attended: Attended;
  readonly port: number;
}

export async function launch(options: Launch): Promise<Launched> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await choosePort(options.port);
    const output = new StartOutput(options.log);
    const attended = await startOn(port, options, output);
    if (attended) return { attended, port };
    const portLost = PORT_LOST.test(output.text);
    if (portLost && options.port !== undefined) throw portInUse(port);
    if (attempt === ATTEMPTS || !(portLost || PASSES.test(output.text))) throw startFailed(options.dataDir, output.lastWords());
    await pause(200 * attempt);
    await endOrphan(options.dataDir, options.log);
  }
}

/** Null when the server ended by itself; `output` says why. */
async function startOn(port: number, options: Launch, output: StartOutput): Promise<Attended | null> {
  const { dataDir, account, program, password } = options;
  const attended = await attend(dataDir, {
    command: program.postgres,
    args: [...serverArguments(dataDir, options.settings), '-c', `port=${port}`],
    account,
    whenOrphaned: ORPHAN_END_STEPS,
    onOutput: (text) => output.add(text),
  });
  const first = await Promise.race([output.ready, attended.ended]);
  if (typeof first === 'object') return null;
  try {
    if (first === 'silent') throw startFailed(dataDir, `nothing for ${SILENCE_MS / 1000} s after: ${output.lastWords()}`);
    await assertPromises(port, password);
    return attended;
  } catch (error) {
    attended.end(END_STEPS);
    await attended.ended;
    throw error;
  }
}

async function choosePort(asked: number | undefined): Promise<number> {
  if (asked === undefined) return findFreePort();
  if (await isPortTaken(asked)) throw portInUse(asked);
  return asked;
}

async function assertPromises(port: number, password: string): Promise<void> {
  const client = new pg.Client({ host: HOST, port, user: SUPERUSER, password, database: 'postgres', connectionTimeoutMillis: 10_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ name: string; setting: string }>('select name, setting from pg_settings where name = any($1)', [Object.keys(PROMISED)]);
    const seen = new Map(rows.map(({ name, setting }) => [name, setting]));
    for (const [name, promised] of Object.entries(PROMISED)) {
      const setting = seen.get(name) ?? 'missing';
      if (setting !== promised) throw new PostgresRefusal('postgres.not_durable', `The database runs with ${name} = ${setting} instead of ${promised}; Tandem does not store anything in it.`, { name, setting, promised });
    }
  } catch (error) {
    if ((error as { code?: string }).code === '28P01') throw wrongPassword();
    throw error;
  } finally {
    await client.end().catch(() => {});
  }
}

/** What the server says from its start on, line by line, and what follows from it. */
class StartOutput {
  text = '';
  readonly ready: Promise<'ready' | 'silent'>;
  readonly #log: (line: string) => void;
  #rest = '';
  #onText: () => void = () => {};

  constructor(log: (line: string) => void) {
    this.#log = log;
    this.ready = new Promise((resolve) => {
      const silence = setTimeout(resolve, SILENCE_MS, 'silent').unref();
      this.#onText = () => {
        silence.refresh();
        if (!this.text.includes(READY)) return;
        clearTimeout(silence);
        this.#onText = () => {};
        resolve('ready');
      };
    });
  }

  add(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#log(line);
    // Kept only for a start that fails; a server may run and talk for months.
    this.text = (this.text + text).slice(-4_000);
    this.#onText();
  }

  lastWords(): string {
    return this.text.trim().split('\n').slice(-4).join(' ');
  }
}

function portInUse(port: number): PostgresRefusal {
  return new PostgresRefusal('postgres.port_in_use', `Port ${port} on ${HOST} is already used by another program. Stop that program, choose another port, or name none and a free one is taken.`, { port });
}

function startFailed(dataDir: string, lastWords: string): PostgresRefusal {
  return new PostgresRefusal('postgres.start_failed', `The database in ${dataDir} did not start. Its last words: ${lastWords}`, { folder: dataDir });
}

function wrongPassword(): PostgresRefusal {
  return new PostgresRefusal('postgres.wrong_password', 'The database does not accept the password in its password file: the two are not from the same installation. Put the right file back from a backup.');
}
