import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TenantDatabase, type Tx } from '@tandem/persistence';
import { v7 as uuidv7 } from 'uuid';
import type { FreshDatabase } from '../databases.js';
import { shapes, shapesDatabase } from './test-support.js';

type Shape = (typeof shapes)[number];

const [owner, party, otherParty, foreign, subject, round] = Array.from({ length: 6 }, () => uuidv7());
let database: FreshDatabase;
let tenants: TenantDatabase;

/** Who looks; each is a way to open a transaction. */
const viewers = {
  owner: (fn: (tx: Tx) => Promise<unknown>) => tenants.withTenant({ org: owner ?? '' }, fn),
  'owner, as the subject': (fn: (tx: Tx) => Promise<unknown>) => tenants.withTenant({ org: owner ?? '', account: subject ?? '' }, fn),
  party: (fn: (tx: Tx) => Promise<unknown>) => tenants.withTenant({ org: party ?? '' }, fn),
  'other party': (fn: (tx: Tx) => Promise<unknown>) => tenants.withTenant({ org: otherParty ?? '' }, fn),
  foreign: (fn: (tx: Tx) => Promise<unknown>) => tenants.withTenant({ org: foreign ?? '' }, fn),
  'foreign, as the subject': (fn: (tx: Tx) => Promise<unknown>) => tenants.withTenant({ org: foreign ?? '', account: subject ?? '' }, fn),
  'round runner': (fn: (tx: Tx) => Promise<unknown>) => tenants.withRound({ org: foreign ?? '' }, round ?? '', fn),
  'runner of another round': (fn: (tx: Tx) => Promise<unknown>) => tenants.withRound({ org: foreign ?? '' }, uuidv7(), fn),
  'nobody, set to nothing': (fn: (tx: Tx) => Promise<unknown>) => tenants.withTenant({ org: '' }, fn),
  'nobody, never set': (fn: (tx: Tx) => Promise<unknown>) => tenants.withConsumer('a consumer', fn),
} as const;
type Viewer = keyof typeof viewers;
const everybody = Object.keys(viewers) as Viewer[];
const owners = new Set<Viewer>(['owner', 'owner, as the subject']);

beforeAll(async () => {
  const made = await shapesDatabase();
  database = made.database;
  tenants = new TenantDatabase(made.access, { max: 4 });
  await refill();
});
afterAll(async () => {
  await tenants.close();
  await database.drop();
});

/** As the superuser, whom no policy binds. */
async function refill(): Promise<void> {
  await database.admin.query(`truncate ${shapes.map((shape) => `${shape}_rows`).join(', ')}`);
  const put = (sql: string, values: unknown[]) => database.admin.query(sql, values);
  await put(`insert into own_rows (org, label) values ($1, 'mine'), ($2, 'theirs')`, [owner, uuidv7()]);
  await put(`insert into parties_rows (org, label, party_org, other_org) values ($1, 'both', $2, $3), ($1, 'alone', null, null)`, [owner, party, otherParty]);
  await put(`insert into published_rows (org, label, party_org, is_public) values ($1, 'private', $2, false), ($1, 'public', null, true)`, [owner, party]);
  await put(`insert into round_rows (org, label, sealed, subject_account, round_id) values
    ($1, 'open', false, $2, null), ($1, 'sealed', true, $2, null), ($1, 'in round', true, $2, $3), ($1, 'sealed of nobody', true, null, null)`, [owner, subject, round]);
  await put(`insert into shared_rows (org, label) values ($1, 'list')`, [owner]);
}

/** What each sees; who is not named sees nothing. */
const readers: Readonly<Record<Shape, Partial<Record<Viewer, readonly string[]>>>> = {
  own: { owner: ['mine'], 'owner, as the subject': ['mine'] },
  parties: { owner: ['alone', 'both'], 'owner, as the subject': ['alone', 'both'], party: ['both'], 'other party': ['both'] },
  published: {
    owner: ['private', 'public'], 'owner, as the subject': ['private', 'public'], party: ['private', 'public'], 'other party': ['public'],
    foreign: ['public'], 'foreign, as the subject': ['public'], 'round runner': ['public'], 'runner of another round': ['public'],
  },
  round: { owner: ['open'], 'owner, as the subject': ['in round', 'open', 'sealed'], 'round runner': ['in round'] },
  shared: Object.fromEntries(everybody.filter((viewer) => !viewer.startsWith('nobody')).map((viewer) => [viewer, ['list']])),
};
const reading = shapes.flatMap((shape) => everybody.map((viewer) => ({ shape, viewer, sees: readers[shape][viewer] ?? [] })));
const strangers = reading.filter(({ viewer }) => !owners.has(viewer));

async function labels(tx: Tx, sql: string, values: readonly unknown[] = []): Promise<string[]> {
  return (await tx.queryOnce<{ label: string }>(sql, values)).map(({ label }) => label).sort();
}

async function all(shape: Shape): Promise<unknown[]> {
  return (await database.admin.query<object>(`select * from ${shape}_rows order by label`)).rows;
}

describe('reading', () => {
  it.each(reading)('$shape: $viewer sees $sees', async ({ shape, viewer, sees }) => {
    expect(await viewers[viewer]((tx) => labels(tx, `select label from ${shape}_rows`))).toEqual(sees);
  });

  it.each(reading)('$shape: $viewer, who asks for the id, sees no other', async ({ shape, viewer, sees }) => {
    const ids = (await database.admin.query<{ id: string }>(`select id from ${shape}_rows`)).rows.map(({ id }) => id);
    expect(await viewers[viewer]((tx) => labels(tx, `select label from ${shape}_rows where id = any($1::uuid[])`, [ids]))).toEqual(sees);
  });
});

describe('writing', () => {
  it.each(strangers)('$shape: $viewer changes and deletes nothing, and inserts nothing for the owner', async ({ shape, viewer }) => {
    const before = await all(shape);
    expect(await viewers[viewer]((tx) => labels(tx, `update ${shape}_rows set label = 'taken' where label <> '' returning label`))).toEqual([]);
    expect(await viewers[viewer]((tx) => labels(tx, `delete from ${shape}_rows where label <> '' returning label`))).toEqual([]);
    // Without a condition the read policy is not asked, only that of the verb.
    await viewers[viewer]((tx) => tx.queryOnce(`update ${shape}_rows set label = 'taken'`));
    await viewers[viewer]((tx) => tx.queryOnce(`delete from ${shape}_rows`));
    await expect(viewers[viewer]((tx) => tx.queryOnce(`insert into ${shape}_rows (org, label) values ($1, 'planted')`, [owner]))).rejects.toMatchObject({ code: '42501' });
    expect(await all(shape)).toEqual(before);
  });

  it.each(shapes)('%s: the owner inserts, changes and deletes its own, and gives nothing away', async (shape) => {
    const mine = uuidv7();
    const as = <T>(fn: (tx: Tx) => Promise<T>) => tenants.withTenant({ org: owner ?? '' }, fn);
    await as((tx) => tx.queryOnce(`insert into ${shape}_rows (org, id, label) values ($1, $2, 'new')`, [owner, mine]));
    expect(await as((tx) => labels(tx, `update ${shape}_rows set label = 'changed' where id = $1 returning label`, [mine]))).toEqual(['changed']);
    await expect(as((tx) => tx.queryOnce(`update ${shape}_rows set org = $2 where id = $1`, [mine, foreign]))).rejects.toMatchObject({ code: '42501' });
    expect(await as((tx) => labels(tx, `delete from ${shape}_rows where id = $1 returning label`, [mine]))).toEqual(['changed']);
  });

  it('an upsert on a foreign id takes no row over', async () => {
    const { rows } = await database.admin.query<{ id: string }>('select id from parties_rows limit 1');
    const upsert = (id: string | undefined) => viewers.foreign((tx) => tx.queryOnce(`insert into parties_rows (org, id, label) values ($1, $2, 'x') on conflict (id) do update set label = 'taken', org = excluded.org`, [foreign, id]));
    await expect(upsert(rows[0]?.id)).rejects.toMatchObject({ code: '42501' });
    expect(await all('parties')).toHaveLength(2);
  });
});

describe('the roles', () => {
  it.each(shapes)('%s: relay and report reach no row, the owner of the table sees no more than a tenant', async (shape) => {
    for (const role of ['relay', 'report']) await expect(database.admin.query(`set role shapes_${role}; select from ${shape}_rows`)).rejects.toMatchObject({ code: '42501' });
    await database.admin.query('reset role');
    const client = await database.admin.connect();
    try {
      await client.query('set role shapes_owner');
      expect((await client.query(`select from ${shape}_rows`)).rowCount).toBe(0);
    } finally {
      client.release(true);
    }
  });
});
