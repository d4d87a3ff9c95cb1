import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Pool, type PoolClient, type PoolConfig } from 'pg';
import { flush, sendGrouped } from './group.js';

const server = JSON.parse(process.env['TANDEM_TEST_PG'] ?? '{}') as PoolConfig;
let pool: Pool;
let client: PoolClient;

beforeAll(() => {
  pool = new Pool({ ...server, database: 'postgres', max: 1, pipeline: true } as PoolConfig);
  pool.on('error', () => undefined);
  pool.on('connect', (each) => each.on('error', () => undefined));
});
beforeEach(async () => {
  client = await pool.connect();
  await client.query('create temporary table if not exists kept (label text primary key)');
  await client.query('truncate kept');
});
afterEach(() => client.release());
afterAll(() => pool.end());

async function send(text: string, ...values: unknown[]): Promise<unknown> {
  const { rows } = await sendGrouped(client, { name: text.slice(0, 60), text, values });
  return rows;
}
async function outcomes(...sent: Promise<unknown>[]): Promise<unknown[]> {
  const settled = await Promise.allSettled(sent);
  return settled.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : (outcome.reason as { code?: string; message: string }).code ?? (outcome.reason as Error).message));
}
const labels = (): Promise<unknown> => send('select label from kept order by label');

describe('statements of one turn', () => {
  it('run in the order sent, each with its own answer, and leave in one write', async () => {
    const { stream } = (client as unknown as { connection: { stream: { write: unknown; _writev: (...args: unknown[]) => unknown } } }).connection;
    const original = stream._writev;
    let writes = 0;
    stream._writev = function counted(...args) {
      writes += 1;
      return original.apply(this, args);
    };
    const all = await outcomes(send('insert into kept values ($1)', 'a'), send('insert into kept values ($1)', 'b'), labels(), send('select 1 as one'));
    stream._writev = original;
    expect([all, writes]).toEqual([[[], [], [{ label: 'a' }, { label: 'b' }], [{ one: 1 }]], 1]);
  });

  it('that fail take those behind them along, and nothing of what was before in the transaction stays', async () => {
    const all = await outcomes(send('begin'), send('insert into kept values ($1)', 'a'), send('select 1 / $1::int', 0), send('insert into kept values ($1)', 'b'), send('commit'));
    expect(all).toEqual([[], [], '22012', '25P02', '25P02']);
    await client.query('rollback');
    expect(await labels()).toEqual([]);
  });

  it('whose preparation the server skipped are prepared when they come again', async () => {
    await outcomes(send('select nothing_of_this_kind'), send('select 2 as two'));
    expect(await outcomes(send('select 2 as two'))).toEqual([[{ two: 2 }]]);
    await expect(send('select nothing_of_this_kind')).rejects.toMatchObject({ code: '42703' });
  });

  it('stay before what is sent past the group', async () => {
    const waiting = outcomes(send('begin'), send('insert into kept values ($1)', 'a'));
    flush(client);
    await client.query('rollback');
    expect([await waiting, await labels()]).toEqual([[[], []], []]);
  });
});

describe('a value that cannot be sent', () => {
  it('fails its group and costs the connection, not the next one', async () => {
    const circle: Record<string, unknown> = {};
    circle['itself'] = circle;
    const all = await outcomes(send('select 3 as three'), send('select $1::jsonb', circle));
    expect(all.every((outcome) => typeof outcome === 'string')).toBe(true);
    client.release(true);
    client = await pool.connect();
    expect(await send('select 4 as four')).toEqual([{ four: 4 }]);
  });
});
