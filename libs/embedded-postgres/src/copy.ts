// Copies of a data folder: of one whose server runs (PostgreSQL's low-level backup, because the package ships no pg_basebackup) and of one at rest.
import { chownSync } from 'node:fs';
import { copyFile, mkdir, open, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { serverAccount } from './account.js';

/** Of the server as it runs, or of what its next start makes anew; the folders themselves must be there. */
const LEFT_OUT: ReadonlySet<string> = new Set(['postmaster.pid', 'postmaster.opts', 'pg_internal.init']);
const EMPTIED: ReadonlySet<string> = new Set(['pg_wal', 'pg_replslot', 'pg_dynshmem', 'pg_notify', 'pg_serial', 'pg_snapshots', 'pg_stat_tmp', 'pg_subtrans']);

export interface Copied {
  files: number;
  bytes: number;
}

/**
 * Copies the data folder of a running server to `target`, which must not exist: a server started on it recovers to the moment at which the copy
 * ended. The server goes on working meanwhile. https://www.postgresql.org/docs/18/continuous-archiving.html#BACKUP-LOWLEVEL-BASE-BACKUP
 */
export async function copyRunning(server: { readonly host: string; readonly port: number; readonly superuser: string; readonly password: string }, dataDir: string, target: string): Promise<Copied> {
  const client = new pg.Client({ host: server.host, port: server.port, user: server.superuser, password: server.password, database: 'postgres' });
  await client.connect();
  try {
    await client.query('set statement_timeout = 0');
    // Keeps every piece of the log from here on until this session ends, however long the copy takes.
    await client.query(`select pg_create_physical_replication_slot('tandem_copy_' || pg_backend_pid(), true, true)`);
    await client.query(`select pg_backup_start('tandem', fast => true)`);
    const copied: Copied = { files: 0, bytes: 0 };
    await copyFolder(dataDir, target, copied, (name) => LEFT_OUT.has(name) || name.startsWith('pgsql_tmp'), EMPTIED);
    const { rows } = await client.query<{ labelfile: string; spcmapfile: string }>('select labelfile, spcmapfile from pg_backup_stop(wait_for_archive => false)');
    await written(join(target, 'backup_label'), rows[0]?.labelfile ?? '');
    if (rows[0]?.spcmapfile) throw new Error('a tablespace outside the data folder is not copied');
    await copyFolder(join(dataDir, 'pg_wal'), join(target, 'pg_wal'), copied, (name) => name === 'archive_status' || name === 'summaries');
    await mkdir(join(target, 'pg_wal', 'archive_status'), { recursive: true });
    await mkdir(join(target, 'pg_wal', 'summaries'), { recursive: true });
    await owned(target);
    return copied;
  } finally {
    await client.end();
  }
}

/** Copies a data folder whose server does not run, to be started by this machine's account. */
export async function copyStopped(dataDir: string, target: string): Promise<Copied> {
  const copied: Copied = { files: 0, bytes: 0 };
  await copyFolder(dataDir, target, copied, (name) => LEFT_OUT.has(name));
  await owned(target);
  return copied;
}

/** Every file is on disk before the next is begun; one that vanishes meanwhile was temporary. */
// oxlint-disable-next-line max-params -- from, to, what it counts, what it leaves out
async function copyFolder(from: string, to: string, copied: Copied, leave: (name: string) => boolean, emptied: ReadonlySet<string> = new Set()): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (leave(entry.name)) continue;
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) {
      await copyFolder(source, target, copied, emptied.has(entry.name) ? () => true : leave);
      continue;
    }
    try {
      await copyFile(source, target);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
      throw error;
    }
    copied.files += 1;
    copied.bytes += (await synced(target)).size;
  }
}

async function synced(file: string): Promise<{ readonly size: number }> {
  const handle = await open(file, 'r');
  try {
    await handle.datasync();
    return await handle.stat();
  } finally {
    await handle.close();
  }
}

async function written(file: string, text: string): Promise<void> {
  await writeFile(file, text, { mode: 0o600 });
  await synced(file);
}

/** To the account that runs the server, where that is another than ours. */
async function owned(folder: string): Promise<void> {
  const { uid, gid } = serverAccount();
  if (uid === undefined || gid === undefined) return;
  chownSync(folder, uid, gid);
  for (const name of await readdir(folder, { recursive: true })) {
    const path = join(folder, name);
    if ((await stat(path)).uid !== uid) chownSync(path, uid, gid);
  }
}
