import { afterAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { freshDatabase, templateDatabase, type FreshDatabase } from './databases.js';

const databases: FreshDatabase[] = [];
afterAll(() => Promise.all(databases.map((database) => database.drop())));

async function fresh(name?: string, template?: string): Promise<FreshDatabase> {
  const database = await freshDatabase(name, template);
  databases.push(database);
  return database;
}

async function on(url: string, sql: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

describe('a fresh database', () => {
  it('is empty, named as asked, and gone after its drop although sessions are open', async () => {
    const database = await fresh('asked_for');
    const { rows } = await database.admin.query("select current_database() as name, (select count(*)::int from pg_tables where schemaname = 'public') as tables");
    expect(rows).toEqual([{ name: 'asked_for', tables: 0 }]);
    const session = new pg.Client(database.url);
    session.on('error', () => {});
    await session.connect();
    await Promise.all([database.drop(), database.drop()]);
    const again = await fresh('asked_for');
    expect(again.url).toBe(database.url);
  });

  it('is on a server that finds Chinese words by trigrams and keeps what it commits', async () => {
    const { admin } = await fresh();
    await admin.query('create extension pg_trgm');
    const { rows } = await admin.query("select cardinality(show_trgm('人工智能')) as trigrams, current_setting('fsync') as fsync, current_setting('max_connections')::int as sessions");
    expect(rows).toEqual([{ trigrams: 5, fsync: 'on', sessions: 300 }]);
  });
});

describe('a template', () => {
  it('is built once, however many ask at once, and its clones do not see each other', async () => {
    let builds = 0;
    const build = async (url: string) => {
      builds += 1;
      await on(url, 'create table entry as select 1 as n');
    };
    const names = await Promise.all(Array.from({ length: 5 }, () => templateDatabase('built once', build)));
    expect([builds, new Set(names).size]).toEqual([1, 1]);
    const [one, other] = await Promise.all([fresh(undefined, names[0]), fresh(undefined, names[0])]);
    await one.admin.query('insert into entry values (2)');
    expect((await other.admin.query('select n from entry')).rows).toEqual([{ n: 1 }]);
  });

  it('can be cloned although its build left a session open', async () => {
    const careless: pg.Client[] = [];
    const name = await templateDatabase('careless', async (url) => {
      const client = new pg.Client(url);
      client.on('error', () => {});
      await client.connect();
      careless.push(client);
    });
    expect((await (await fresh(undefined, name)).admin.query('select 1 as n')).rows).toEqual([{ n: 1 }]);
  });

  it('is built again after a build that failed', async () => {
    await expect(templateDatabase('second try', (url) => on(url, 'create table half (n int); select no_such_column'))).rejects.toThrow('no_such_column');
    const name = await templateDatabase('second try', (url) => on(url, 'create table half (n int)'));
    expect((await (await fresh(undefined, name)).admin.query('select count(*)::int as n from half')).rows).toEqual([{ n: 0 }]);
  });

  it('is another one under another key', async () => {
    const [one, other] = await Promise.all(['key 1', 'key 2'].map((key) => templateDatabase(key, async () => {})));
    expect(one).not.toBe(other);
  });
});
