// A backup of the embedded profile: the data folder as of one moment, secrets and keys. It counts only after it has been restored and read.
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { copyRunning, copyStopped, startPostgres, type Copied, type EmbeddedServer } from '@tandem/embedded-postgres';
import pg from 'pg';

export class BackupRefusal extends Error {
  constructor(readonly code: 'backup.home_empty' | 'backup.folder_taken' | 'backup.not_a_backup' | 'backup.home_not_empty', message: string) {
    super(message);
    this.name = 'BackupRefusal';
  }
}

/** Rows of every table of every database, as they were read from the restored copy. */
export type Rows = Readonly<Record<string, Readonly<Record<string, number>>>>;

export interface Manifest {
  readonly madeAt: string;
  readonly postgres: Copied;
  readonly verified: Rows;
}

const BESIDE = ['secrets', 'keys', 'installed'] as const;
type Server = Pick<EmbeddedServer, 'host' | 'port' | 'superuser' | 'password'>;

/** Whole or not at all: what is not verified never bears the folder's name. The system may run meanwhile. */
export async function backup(homeFolder: string, target: string, onProgress: (step: string) => void): Promise<Manifest> {
  const [home, folder] = [resolve(homeFolder), resolve(target)];
  if (!existsSync(join(home, 'postgres', 'PG_VERSION'))) throw new BackupRefusal('backup.home_empty', `${home} holds no data; is TANDEM_HOME right?`);
  if (existsSync(folder)) throw new BackupRefusal('backup.folder_taken', `${folder} is there already; name a new folder`);
  const draft = `${folder}.unfinished`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true, mode: 0o711 });
  try {
    onProgress('Copying');
    const postgres = await copied(home, draft);
    // After the data: a key is made before the first value that it seals.
    copyBeside(home, draft);
    onProgress('Restoring the copy and reading it');
    const verified = await read(draft);
    const manifest: Manifest = { madeAt: new Date().toISOString(), postgres, verified };
    writeFileSync(join(draft, 'manifest.json'), JSON.stringify(manifest, null, 2));
    renameSync(draft, folder);
    return manifest;
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
}

/** Into an empty TANDEM_HOME; the backup stays as it is. */
export async function restore(source: string, homeFolder: string): Promise<Manifest> {
  const [folder, home] = [resolve(source), resolve(homeFolder)];
  const file = join(folder, 'manifest.json');
  if (!existsSync(file)) throw new BackupRefusal('backup.not_a_backup', `${folder} is no finished backup: it has no manifest.json`);
  if (existsSync(home) && readdirSync(home).length > 0) throw new BackupRefusal('backup.home_not_empty', `${home} is not empty; restore into a new TANDEM_HOME`);
  // Whole or not at all: half a home would look like one.
  const draft = `${home}.unfinished`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true, mode: 0o711 });
  await copyStopped(join(folder, 'postgres'), join(draft, 'postgres'));
  copyBeside(folder, draft);
  rmSync(home, { recursive: true, force: true });
  renameSync(draft, home);
  return JSON.parse(readFileSync(file, 'utf8')) as Manifest;
}

function copyBeside(from: string, to: string): void {
  for (const name of BESIDE) if (existsSync(join(from, name))) cpSync(join(from, name), join(to, name), { recursive: true, preserveTimestamps: true });
}

async function copied(home: string, draft: string): Promise<Copied> {
  const target = join(draft, 'postgres');
  const running = await runningServer(home);
  if (running) return copyRunning(running, join(home, 'postgres'), target);
  // Its own start has it come to rest properly; then there is nothing that changes.
  await withServer(home, () => Promise.resolve());
  return copyStopped(join(home, 'postgres'), target);
}

/** The server that another process runs on this home; null when none answers. */
export async function runningServer(home: string): Promise<Server | null> {
  const pidFile = join(home, 'postgres', 'postmaster.pid');
  if (!existsSync(pidFile)) return null;
  const port = Number(readFileSync(pidFile, 'utf8').split('\n')[3]);
  const server = { host: '127.0.0.1', port, superuser: 'postgres', password: readFileSync(join(home, 'secrets', 'postgres-superuser'), 'utf8').trim() };
  const client = clientOf(server, 'postgres');
  try {
    await client.connect();
    await client.end();
    return server;
  } catch {
    return null;
  }
}

/** Restores the draft beside itself, starts a server on it and reads every value of every row; the checksums of those pages are looked at by that, not those of indexes. */
async function read(draft: string): Promise<Rows> {
  const trial = `${draft}.trial`;
  rmSync(trial, { recursive: true, force: true });
  mkdirSync(trial, { recursive: true, mode: 0o711 });
  try {
    await copyStopped(join(draft, 'postgres'), join(trial, 'postgres'));
    cpSync(join(draft, 'secrets'), join(trial, 'secrets'), { recursive: true });
    return await withServer(trial, rowsOf);
  } finally {
    rmSync(trial, { recursive: true, force: true });
  }
}

export async function withServer<T>(home: string, work: (server: Server) => Promise<T>): Promise<T> {
  const server = await startPostgres({ dataDir: join(home, 'postgres'), secretsDir: join(home, 'secrets') });
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}

async function rowsOf(server: Server): Promise<Rows> {
  const named = await inDatabase(server, 'postgres', (client) => client.query<{ datname: string }>(`select datname from pg_database where datname like 'tandem\\_%' order by 1`));
  const all: Record<string, Record<string, number>> = {};
  for (const { datname } of named.rows) all[datname] = await inDatabase(server, datname, rowsIn);
  return all;
}

async function rowsIn(client: pg.Client): Promise<Record<string, number>> {
  await client.query('set statement_timeout = 0; set enable_indexonlyscan = off');
  const { rows } = await client.query<{ name: string }>(`select c.relname name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by 1`);
  const counts: Record<string, number> = {};
  for (const { name } of rows) {
    const counted = await client.query<{ n: string }>(`select count(t::text) n from public.${pg.escapeIdentifier(name)} t`);
    counts[name] = Number(counted.rows[0]?.n);
  }
  return counts;
}

async function inDatabase<T>(server: Server, database: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = clientOf(server, database);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

export function clientOf({ host, port, superuser, password }: Server, database: string): pg.Client {
  return new pg.Client({ host, port, user: superuser, password, database, connectionTimeoutMillis: 5_000 });
}
