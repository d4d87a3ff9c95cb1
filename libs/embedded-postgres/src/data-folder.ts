// The folder that holds the database: where it may be, whose it is, and whether a first start was completed in it.
import { spawnSync } from 'node:child_process';
import { accessSync, chmodSync, constants, existsSync, mkdirSync, readFileSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Account } from './account.js';
import { PostgresRefusal } from './refusal.js';

/** Creates the folder's ancestors where missing and returns its real path, under which the server will know it. */
export function settleFolder(dataDir: string, account: Account): string {
  const wanted = existsSync(dataDir) ? realpathSync(dataDir) : resolve(dataDir);
  const above = nearestExisting(dirname(wanted));
  refuseUnreachable(wanted, above, account);
  try {
    createBetween(above, dirname(wanted));
    // The claim and the unfinished first start lie beside the folder.
    accessSync(dirname(wanted), constants.W_OK | constants.X_OK);
  } catch {
    throw unreachable(wanted, account.name, above);
  }
  return join(realpathSync(dirname(wanted)), basename(wanted));
}

/** False for a folder that is missing or empty: the first start is still to come, or was cut off. */
export function isInitialised(dataDir: string, account: Account, major: string): boolean {
  if (!existsSync(dataDir) || readdirSync(dataDir).length === 0) return false;
  const versionFile = join(dataDir, 'PG_VERSION');
  if (!existsSync(versionFile)) {
    throw new PostgresRefusal('postgres.not_a_data_folder', `${dataDir} holds files that are not a PostgreSQL database. Tandem touches nothing there: give it another folder, or empty this one.`, { folder: dataDir });
  }
  const uid = account.uid ?? process.getuid?.();
  const owner = statSync(dataDir).uid;
  if (uid !== undefined && owner !== uid) {
    throw new PostgresRefusal('postgres.wrong_owner', `${dataDir} belongs to user number ${owner}, but the database would run as "${account.name}" (${uid}). Start Tandem as the user who first started it, or hand the folder over: chown -R ${account.name} ${dataDir}`, {
      folder: dataDir, owner, account: account.name,
    });
  }
  const found = readFileSync(versionFile, 'utf8').trim();
  if (found !== major) {
    throw new PostgresRefusal('postgres.wrong_version', `${dataDir} was written by PostgreSQL ${found}, and this is PostgreSQL ${major}, which cannot read it. Restore a backup into a new folder, or start the Tandem version that wrote it.`, { folder: dataDir, found, needed: major });
  }
  return true;
}

/** `wanted` is reachable when `container` and each folder above it let the account pass. Asked as that account: mode bits do not tell of access lists. */
export function refuseUnreachable(wanted: string, container: string, account: Account): void {
  if (account.uid === undefined || account.gid === undefined) return;
  const way: string[] = [];
  for (let at = realpathSync(container); !way.includes(at); at = dirname(at)) way.unshift(at);
  const firstClosed = 'for folder; do [ -x "$folder" ] || { printf %s "$folder"; exit; }; done';
  const { stdout } = spawnSync('/bin/sh', ['-c', firstClosed, 'sh', ...way], { uid: account.uid, gid: account.gid, cwd: '/', encoding: 'utf8' });
  if (stdout) throw unreachable(wanted, account.name, stdout);
}

function nearestExisting(folder: string): string {
  return existsSync(folder) ? folder : nearestExisting(dirname(folder));
}

/** Only folders that are made here get a mode, whatever the umask; those that were there keep theirs. */
function createBetween(above: string, folder: string): void {
  if (folder === above || existsSync(folder)) return;
  createBetween(above, dirname(folder));
  mkdirSync(folder);
  chmodSync(folder, 0o755);
}

function unreachable(folder: string, account: string, blockedBy: string): PostgresRefusal {
  return new PostgresRefusal(
    'postgres.unreachable_folder',
    `The database runs as the user "${account}", who cannot use ${folder}: ${blockedBy} does not let that user in. Use a place that every user can pass through (for example below /srv or /var/lib), or start Tandem as a user who is not root and owns the folder. Tandem does not change the rights of folders that it did not create.`,
    { folder, blockedBy, account },
  );
}
