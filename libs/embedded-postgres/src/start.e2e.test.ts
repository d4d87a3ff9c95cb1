import { createServer } from 'node:net';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { serverAccount } from './account.js';
import { anotherTandem, aPlace, ask, copyOf, serversOf, until, watchdogsOf, type Place } from './another-tandem.js';
import type { EmbeddedServer } from './server.js';
import { startPostgres, type StartOptions } from './start.js';

jest.setTimeout(60_000);
const isRoot = process.getuid?.() === 0;
const clearings: (() => void)[] = [];
const running: EmbeddedServer[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
  for (const clear of clearings.splice(0)) clear();
});

const original = aPlace();
beforeAll(async () => (await startPostgres({ dataDir: original.dataDir })).stop());
afterAll(original.clear);

function place(found = aPlace()): Place {
  clearings.push(found.clear);
  return found;
}

const startedBefore = () => place(copyOf(original));

async function start(options: StartOptions): Promise<EmbeddedServer> {
  const server = await startPostgres(options);
  running.push(server);
  return server;
}

describe('a start', () => {
  it('creates the database the first time and finds it again from then on', async () => {
    const { dataDir } = place();
    const first = await start({ dataDir });
    await ask(first, 'create table kept as select 7 as n');
    await first.stop();
    const second = await start({ dataDir });
    expect([first.firstStart, second.firstStart]).toEqual([true, false]);
    expect(await ask(second, 'select n from kept')).toEqual([{ n: 7 }]);
  });

  it('keeps the password where only its own user can read it', async () => {
    const { dataDir, folder } = place();
    const server = await start({ dataDir, secretsDir: join(folder, 'safe') });
    const file = join(folder, 'safe', 'postgres-superuser');
    expect([statSync(file).mode & 0o777, statSync(join(folder, 'safe')).mode & 0o777]).toEqual([0o600, 0o700]);
    expect(readFileSync(file, 'utf8')).toBe(server.password);
    await expect(ask({ ...server, password: 'guess' }, 'select 1')).rejects.toMatchObject({ code: '28P01' });
  });

  it('leaves an acknowledged commit on the disk and a stuck transaction no room', async () => {
    const server = await start({ dataDir: startedBefore().dataDir, settings: { max_connections: 30 } });
    const rows = await ask<{ name: string; setting: string }>(server, 'select name, setting from pg_settings');
    expect(Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))).toMatchObject({
      fsync: 'on', full_page_writes: 'on', synchronous_commit: 'on', data_checksums: 'on', max_prepared_transactions: '0', track_commit_timestamp: 'on',
      idle_in_transaction_session_timeout: '10000', statement_timeout: '30000', listen_addresses: '127.0.0.1', max_connections: '30', server_encoding: 'UTF8',
    });
  });

  it.each([{ fsync: 'off' }, { synchronous_commit: 'off' }, { listen_addresses: '*' }])('refuses a setting that its promises rest on: %j', async (settings) => {
    await expect(startPostgres({ dataDir: startedBefore().dataDir, settings })).rejects.toMatchObject({ code: 'postgres.fixed_setting' });
  });

  it('writes nothing into its log that stands in a row', async () => {
    const log: string[] = [];
    const server = await start({ dataDir: startedBefore().dataDir, log: (line) => log.push(line) });
    await ask(server, "create table person (name text unique); insert into person values ('Li Hua')");
    await expect(ask(server, "insert into person values ('Li Hua')")).rejects.toThrow('duplicate key');
    await until('the error in the log', () => log.some((line) => line.includes('duplicate key')));
    expect(log.filter((line) => line.includes('Li Hua'))).toEqual([]);
  });

  it('finds Chinese words by trigrams, also for a caller without any locale', async () => {
    const tandem = anotherTandem({ dataDir: startedBefore().dataDir }, { env: { LANG: '', LC_ALL: 'C' } });
    const server = await tandem.hears('server');
    await ask(server, 'create extension pg_trgm');
    expect(await ask(server, "select cardinality(show_trgm('人工智能')) as trigrams, upper('é') as upper")).toEqual([{ trigrams: 5, upper: 'É' }]);
    tandem.wish('leave');
  });

});

describe('a running server', () => {
  it('tells when it ends by itself, and the next start recovers what was committed', async () => {
    const { dataDir } = startedBefore();
    const server = await start({ dataDir });
    await ask(server, 'create table kept as select 7 as n');
    const exit = new Promise((resolve) => server.onExit(resolve));
    process.kill(server.pid, 'SIGKILL');
    expect(await exit).toEqual({ code: null, signal: 'SIGKILL' });
    expect(await ask(await start({ dataDir }), 'select n from kept')).toEqual([{ n: 7 }]);
  });

  it('stops once, however often it is asked, and does not report that as an exit', async () => {
    const { dataDir } = startedBefore();
    const server = await start({ dataDir });
    const onExit = jest.fn();
    server.onExit(onExit);
    await Promise.all([server.stop(), server.stop()]);
    await server.stop();
    expect(onExit).not.toHaveBeenCalled();
    await until('the watchdog to leave', () => watchdogsOf(dataDir).length === 0);
    expect([serversOf(dataDir), existsSync(`${dataDir}.lock`)]).toEqual([[], false]);
  });
});

describe('the port', () => {
  it('is the one asked for', async () => {
    const { dataDir } = startedBefore();
    const { port } = await start({ dataDir });
    await running.splice(0)[0]?.stop();
    expect((await start({ dataDir, port })).port).toBe(port);
  });

  it('is refused by name when another program has it', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const port = (other.address() as { port: number }).port;
    const { dataDir } = startedBefore();
    await expect(startPostgres({ dataDir, port })).rejects.toMatchObject({ code: 'postgres.port_in_use', details: { port }, message: expect.stringContaining(`Port ${port} `) });
    other.close();
    expect((await start({ dataDir, port })).port).toBe(port);
  });
});

describe('the data folder', () => {
  it('is left alone when it holds something else', async () => {
    const { dataDir } = place();
    mkdirSync(dataDir);
    writeFileSync(join(dataDir, 'thesis.txt'), 'all of it');
    await expect(startPostgres({ dataDir })).rejects.toMatchObject({ code: 'postgres.not_a_data_folder' });
    expect(readdirSync(dataDir)).toEqual(['thesis.txt']);
  });

  it('may be there already, empty', async () => {
    const { dataDir } = place();
    mkdirSync(dataDir);
    expect((await start({ dataDir })).firstStart).toBe(true);
  });

  it('is refused when another version of PostgreSQL wrote it', async () => {
    const { dataDir } = startedBefore();
    writeFileSync(join(dataDir, 'PG_VERSION'), '17\n');
    await expect(startPostgres({ dataDir })).rejects.toMatchObject({ code: 'postgres.wrong_version', details: { found: '17', needed: '18' } });
  });

  it('is refused without its password file, and with one of another installation', async () => {
    const { dataDir, folder } = startedBefore();
    const file = join(folder, 'secrets', 'postgres-superuser');
    writeFileSync(file, 'another');
    await expect(startPostgres({ dataDir })).rejects.toMatchObject({ code: 'postgres.wrong_password' });
    rmSync(file);
    await expect(startPostgres({ dataDir })).rejects.toMatchObject({ code: 'postgres.no_password', details: { file } });
    expect(serversOf(dataDir)).toEqual([]);
  });

  it('is created anew when the first start was cut off in the middle', async () => {
    const { dataDir, folder } = place();
    const tandem = anotherTandem({ dataDir });
    const half = await until('a half-made database', () => readdirSync(folder).find((name) => name.includes('unfinished') && existsSync(join(folder, name, 'data', 'base'))) ?? null);
    tandem.process.kill('SIGKILL');
    const server = await start({ dataDir });
    expect(server.firstStart).toBe(true);
    expect(await ask(server, 'select count(*)::int > 0 as whole from pg_proc')).toEqual([{ whole: true }]);
    await until('initdb to be gone', () => serversOf(join(folder, half)).length === 0);
    expect(watchdogsOf(dataDir)).toHaveLength(1);
  });
});

(isRoot ? describe : describe.skip)('started by root', () => {
  it('runs as a user without rights, to whom the secrets are closed', async () => {
    const { dataDir, folder } = place();
    const server = await start({ dataDir });
    const { uid } = serverAccount();
    expect(uid).toBeGreaterThan(0);
    expect([statSync(`/proc/${server.pid}`).uid, statSync(dataDir).uid, statSync(join(folder, 'secrets')).uid]).toEqual([uid, uid, 0]);
  });

  it('names the folder that keeps this user out, and leaves its rights alone', async () => {
    const { folder } = place();
    const closed = join(folder, 'closed');
    mkdirSync(closed, { mode: 0o700 });
    const dataDir = join(closed, 'deep', 'database');
    await expect(startPostgres({ dataDir })).rejects.toMatchObject({ code: 'postgres.unreachable_folder', details: { folder: dataDir, blockedBy: closed } });
    expect([statSync(closed).mode & 0o777, readdirSync(closed)]).toEqual([0o700, []]);
  });

  it('makes the folders on the way passable whatever the umask', async () => {
    const before = process.umask(0o077);
    try {
      await start({ dataDir: join(place().folder, 'a', 'b', 'database') });
    } finally {
      process.umask(before);
    }
  });

  it('does not take over the database of another user', async () => {
    const { dataDir } = startedBefore();
    chownSync(dataDir, 12_345, 12_345);
    await expect(startPostgres({ dataDir })).rejects.toMatchObject({ code: 'postgres.wrong_owner', details: { owner: 12_345 } });
  });
});

(isRoot ? describe : describe.skip)('started by another user', () => {
  it('runs as that user', async () => {
    const { dataDir, folder } = place();
    const { uid = 0, gid = 0 } = serverAccount();
    chownSync(folder, uid, gid);
    const tandem = anotherTandem({ dataDir }, { uid, gid });
    const { pid } = await tandem.hears('server');
    expect([statSync(`/proc/${pid}`).uid, statSync(join(folder, 'secrets', 'postgres-superuser')).uid]).toEqual([uid, uid]);
    tandem.wish('leave');
    await until('the server to be gone', () => serversOf(dataDir).length === 0);
  });

  it('names the folder in which this user may not write', async () => {
    const { folder } = place();
    chmodSync(folder, 0o755);
    const { uid = 0, gid = 0 } = serverAccount();
    const refusal = await anotherTandem({ dataDir: join(folder, 'deep', 'database') }, { uid, gid }).hears('refusal');
    expect(refusal).toMatchObject({ code: 'postgres.unreachable_folder', details: { blockedBy: folder } });
  });
});
