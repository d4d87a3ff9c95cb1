// The first start: the database is made in a folder of its own and moved into place when it is whole, so that a start cut off anywhere is
// simply done again, and a folder that is in place is never touched.
import { randomBytes } from 'node:crypto';
import { chownSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Account } from './account.js';
import { attend, type EndSteps } from './attended.js';
import type { Program } from './program.js';
import { PostgresRefusal } from './refusal.js';

export const SUPERUSER = 'postgres';
const WHEN_ORPHANED: EndSteps = [['SIGTERM', 1_000], ['SIGKILL', 0]];

export interface FirstStart {
  readonly dataDir: string;
  readonly password: string;
  readonly account: Account;
  readonly program: Program;
}

export async function firstStart(options: FirstStart): Promise<void> {
  const { dataDir, account } = options;
  removeUnfinished(dataDir);
  // A name of its own: what an earlier start left behind may still be written to.
  const draft = `${dataDir}.unfinished-${randomBytes(4).toString('hex')}`;
  mkdirSync(draft, { mode: 0o700 });
  const passwordFile = join(draft, 'password');
  writeFileSync(passwordFile, options.password, { mode: 0o600 });
  if (account.uid !== undefined && account.gid !== undefined) for (const path of [draft, passwordFile]) chownSync(path, account.uid, account.gid);
  try {
    await initdb(options, join(draft, 'data'), passwordFile);
    putInPlace(join(draft, 'data'), dataDir);
  } finally {
    removeUnfinished(dataDir);
  }
}

/** The same password again when the file is there: a data folder that is away for a while (an unmounted disk) stays usable. */
export function keepPassword(file: string): string {
  if (existsSync(file)) return readPassword(file);
  const password = randomBytes(24).toString('base64url');
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, password, { mode: 0o600, flush: true });
  renameSync(draft, file);
  sync(dirname(file));
  return password;
}

export function readPassword(file: string): string {
  const password = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  if (password) return password;
  throw new PostgresRefusal('postgres.no_password', `The database is there, but its password file ${file} is missing or empty. Put it back from a backup: Tandem cannot open the database without it.`, { file });
}

async function initdb({ account, program, dataDir }: FirstStart, target: string, passwordFile: string): Promise<void> {
  let output = '';
  const args = [
    '-D', target, '-U', SUPERUSER, `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--data-checksums', '--encoding=UTF8',
    // The ctype is named as well: with "C", the choice of a container without LANG, pg_trgm finds no trigrams in Chinese.
    '--locale-provider=builtin', '--builtin-locale=C.UTF-8', `--lc-ctype=${process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8'}`,
  ];
  const onOutput = (text: string) => void (output += text);
  const { ended } = await attend(dataDir, { command: program.initdb, args, account, whenOrphaned: WHEN_ORPHANED, onOutput });
  const { code, signal } = await ended;
  if (code === 0) return;
  throw new PostgresRefusal('postgres.start_failed', `The database could not be created in ${dataDir} (initdb ended with ${signal ?? code}). Its last words: ${output.trim().split('\n').slice(-4).join(' ')}`, { folder: dataDir, exit: signal ?? code ?? 'unknown' });
}

function putInPlace(whole: string, dataDir: string): void {
  try {
    renameSync(whole, dataDir);
    sync(dirname(dataDir));
  } catch (error) {
    throw new PostgresRefusal('postgres.start_failed', `The new database could not be moved to ${dataDir} (${(error as Error).message}). If this folder is a mounted disk, name a folder inside it.`, { folder: dataDir });
  }
}

function removeUnfinished(dataDir: string): void {
  const mark = `${basename(dataDir)}.unfinished-`;
  for (const name of readdirSync(dirname(dataDir))) {
    if (!name.startsWith(mark)) continue;
    try {
      rmSync(join(dirname(dataDir), name), { recursive: true, force: true, maxRetries: 3 });
    } catch {
      // Still being written to by a start that is on its way out; the next first start finds it.
    }
  }
}

/** A rename is durable when its folder is. */
function sync(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
