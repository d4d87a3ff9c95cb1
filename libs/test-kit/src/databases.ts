// Databases for tests on the run's one server (jest/setup.mjs): each test file gets its own, cloned from a template that is built once.
import { createHash, randomBytes } from 'node:crypto';
import pg from 'pg';

export interface FreshDatabase {
  /** As the superuser; a service's own role is another matter. */
  readonly url: string;
  readonly name: string;
  /** Superuser sessions in this database. Row policies do not hold for them. */
  readonly admin: pg.Pool;
  /** Ends every session in the database and removes it. Optional at the end of a file, since the server goes with the run; harmless twice. */
  drop(): Promise<void>;
}

interface TestServer {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** A new database, empty or a clone of `template`; `name` must be new on the server. */
export async function freshDatabase(name = `test_${randomBytes(6).toString('hex')}`, template?: string): Promise<FreshDatabase> {
  await onServer((server) => create(server, name, template));
  const admin = new pg.Pool({ connectionString: urlOf(name), max: 4, allowExitOnIdle: true });
  // A dropped database ends idle sessions, which is no news.
  admin.on('error', () => {});
  let dropped: Promise<void> | undefined;
  const drop = async () => {
    await admin.end();
    await onServer((server) => server.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`));
  };
  return { url: urlOf(name), name, admin, drop: () => (dropped ??= drop()) };
}

/**
 * The name of a template that `build` has filled: built once for each server and `key`, however many workers ask, who wait for the one that
 * builds. A build that fails leaves nothing and is tried again by the next one. `build` closes its connections; what it depends on is part of `key`.
 */
export function templateDatabase(key: string, build: (adminUrl: string) => Promise<void>): Promise<string> {
  const name = `template_${createHash('sha256').update(key).digest('hex').slice(0, 16)}`;
  return onServer(async (server) => {
    // The lock goes with the session, also when the worker dies in the middle. Others may wait for longer than a statement may take.
    await server.query('set statement_timeout = 0');
    await server.query('select pg_advisory_lock(hashtextextended($1, 0))', [name]);
    const { rowCount } = await server.query('select from pg_database where datname = $1 and datistemplate', [name]);
    if (rowCount) return name;
    const identifier = pg.escapeIdentifier(name);
    await server.query(`drop database if exists ${identifier} with (force)`);
    await create(server, name);
    await build(urlOf(name));
    // A clone fails while anyone is connected to its template.
    await server.query(`alter database ${identifier} with allow_connections false`);
    await server.query('select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1', [name]);
    await server.query(`alter database ${identifier} with is_template true`);
    return name;
  });
}

async function create(server: pg.Client, name: string, template?: string): Promise<void> {
  // Measured with 60 tables, 11 MB: 60-130 ms, file_copy 170-250 ms (and 2.5 s for the first), because that makes two checkpoints each time.
  const source = template === undefined ? '' : ` template ${pg.escapeIdentifier(template)}`;
  await server.query(`create database ${pg.escapeIdentifier(name)}${source} strategy wal_log`);
}

async function onServer<T>(work: (server: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: urlOf('postgres') });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function urlOf(database: string): string {
  const { host, port, user, password } = testServer();
  return `postgres://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${host}:${port}/${encodeURIComponent(database)}`;
}

function testServer(): TestServer {
  const address = process.env['TANDEM_TEST_PG'];
  if (!address) throw new Error('TANDEM_TEST_PG is not set: database tests belong in a .db.test.ts or .e2e.test.ts file and run through jest.config.mjs');
  return JSON.parse(address) as TestServer;
}
