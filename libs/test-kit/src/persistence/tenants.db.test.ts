import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TenantDatabase, type Tx } from '@tandem/persistence';
import { v7 as uuidv7 } from 'uuid';
import type { FreshDatabase } from '../databases.js';
import { shapesDatabase } from './test-support.js';

let database: FreshDatabase;
/** One connection, so that each tenant gets the one that the last one left. */
let one: TenantDatabase;
let many: TenantDatabase;

beforeAll(async () => {
  const made = await shapesDatabase();
  database = made.database;
  one = new TenantDatabase(made.access, { max: 1 });
  many = new TenantDatabase(made.access, { max: 8 });
});
afterAll(async () => {
  await Promise.all([one.close(), many.close()]);
  await database.drop();
});

const put = 'insert into own_rows (org, label) values ($1, $2)';
async function labelsOf(org: string): Promise<string[]> {
  const { rows } = await database.admin.query<{ label: string }>('select label from own_rows where org = $1 order by label', [org]);
  return rows.map(({ label }) => label);
}

describe('a transaction', () => {
  it('commits what was only sent, and answers what was asked', async () => {
    const org = uuidv7();
    const answer = await one.withTenant({ org }, async (tx) => {
      tx.write(put, [org, 'sent']);
      const rows = await tx.query<{ label: string }>('select label from own_rows where org = $1', [org]);
      return rows.map(({ label }) => label);
    });
    expect([answer, await labelsOf(org)]).toEqual([['sent'], ['sent']]);
  });

  it.each<[string, (tx: Tx, org: string) => Promise<unknown>, object]>([
    ['a statement sent last and not looked at', async (tx) => tx.write('select 1 / 0'), { code: '22012' }],
    ['a statement sent first', async (tx, org) => { tx.write('select 1 / 0'); tx.write(put, [org, 'after']); }, { code: '22012' }],
    ['a query whose failure the work swallows', async (tx) => tx.query('select 1 / 0').catch(() => 'as if nothing were'), { code: '22012' }],
    ['a query that does not parse', async (tx) => tx.queryOnce('selct'), { code: '42601' }],
    ['work that throws between statements', async () => { throw new Error('no seat'); }, { message: 'no seat' }],
    ['a foreign row among own ones', async (tx) => tx.write(put, [uuidv7(), 'foreign']), { code: '42501' }],
  ])('commits nothing after %s', async (_, work, reason) => {
    const org = uuidv7();
    const failing = one.withTenant({ org }, async (tx) => {
      tx.write(put, [org, 'before']);
      return work(tx, org);
    });
    await expect(failing).rejects.toMatchObject(reason);
    expect(await labelsOf(org)).toEqual([]);
  });

  it('keeps a savepoint that held and forgets one that failed', async () => {
    const org = uuidv7();
    await one.withTenant({ org }, async (tx) => {
      for (const label of ['held', null]) {
        await tx.query('savepoint item');
        const tried = await tx.attempt(async () => tx.write(put, [org, label]));
        if (!tried.ok) await tx.query('rollback to savepoint item');
      }
    });
    expect(await labelsOf(org)).toEqual(['held']);
  });

  it('takes no statement after its end, so that work left running does not go on in the next one', async () => {
    const [org, next] = [uuidv7(), uuidv7()];
    let goOn: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (goOn = resolve));
    let late: Promise<unknown> = Promise.resolve();
    await one.withTenant({ org }, async (tx) => {
      late = released.then(() => tx.query(put, [org, 'late']));
      late.catch(() => undefined);
    });
    await one.withTenant({ org: next }, async (tx) => {
      goOn();
      await expect(late).rejects.toThrow('after its transaction had ended');
      tx.write(put, [next, 'own']);
    });
    expect([await labelsOf(org), await labelsOf(next)]).toEqual([[], ['own']]);
  });
});

/** Everything that a tenant could leave on a connection. */
const left = `select current_setting('app.org', true) org, current_setting('app.account', true) account, current_setting('app.round', true) round,
  current_setting('app.consumer', true) consumer, (select count(*)::int from own_rows) rows, pg_current_xact_id_if_assigned()::text as writing`;

describe('the next tenant on the same connection', () => {
  const rich = { org: uuidv7(), account: uuidv7() };
  it.each<[string, () => Promise<unknown>]>([
    ['work that was done', () => one.withTenant(rich, async (tx) => tx.write(put, [rich.org, 'kept']))],
    ['a failed statement', () => one.withTenant(rich, async (tx) => tx.write('select 1 / 0'))],
    ['work that threw', () => one.withTenant(rich, () => Promise.reject(new Error('refused')))],
    ['a round', () => one.withRound(rich, uuidv7(), () => Promise.reject(new Error('refused')))],
    ['a consumer that acted for several', () => one.withConsumer('known_things', async (tx) => { tx.actAs(rich); tx.actAs({ org: uuidv7() }); tx.write('select 1 / 0'); })],
    ['a session that was ended in mid-transaction', () => one.withTenant(rich, async (tx) => terminated(tx))],
    ['a commit by the work itself', () => one.withTenant(rich, async (tx) => tx.write('commit'))],
  ])('finds nothing of %s', async (_, work) => {
    await work().catch(() => undefined);
    const org = uuidv7();
    const [state] = await one.withTenant({ org }, (tx) => tx.queryOnce(left));
    expect(state).toMatchObject({ org, account: '', rows: 0, writing: null });
    expect([state?.['round'] || null, state?.['consumer'] || null]).toEqual([null, null]);
  });
});

async function terminated(tx: Tx): Promise<unknown> {
  const [me] = await tx.query<{ pid: number }>('select pg_backend_pid() pid');
  await database.admin.query('select pg_terminate_backend($1, 5000)', [me?.pid]);
  return tx.query('select 1');
}

describe('many at once', () => {
  it('200 transactions of 20 organisations on 8 connections never see each other, whether they commit or fail', async () => {
    const orgs = Array.from({ length: 20 }, () => uuidv7());
    const work = Array.from({ length: 200 }, async (_, n) => {
      const org = orgs[n % orgs.length] ?? '';
      let seen: { org: string }[] = [];
      const done = many.withTenant({ org }, async (tx) => {
        tx.write(put, [org, `${n}`]);
        seen = await tx.query<{ org: string }>('select org from own_rows');
        if (n % 3 === 0) throw new Error('half-way');
        if (n % 3 === 1) tx.write('select 1 / 0');
      });
      const outcome = await done.then(() => 'committed', () => 'failed');
      return { org, outcome, foreign: seen.filter((row) => row.org !== org).length, seen: seen.length };
    });
    const results = await Promise.all(work);
    const committed = results.filter(({ outcome }) => outcome === 'committed').length;
    expect([results.reduce((sum, { foreign }) => sum + foreign, 0), results.every(({ seen }) => seen > 0), committed]).toEqual([0, true, 66]);
    const { rows } = await database.admin.query<{ n: number }>('select count(*)::int n from own_rows where org = any($1::uuid[])', [orgs]);
    expect(rows[0]?.n).toBe(committed);
  });
});
