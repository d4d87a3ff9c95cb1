// What row security costs at 1,000,000 rows: the same page and the same count under the policies and, without them, with an explicit WHERE.
import { createHash } from 'node:crypto';
import { policySql, TenantDatabase, type Policy } from '@tandem/persistence';
import type pg from 'pg';
import { isQuick, median, numberOption, ratios, Report, spread, table } from './report.js';
import { Stage } from './stage.js';

const ROWS = numberOption('rows', isQuick ? 20_000 : 1_000_000);
const OWN = ROWS / 50;
const PAGES = isQuick ? 20 : 400;
const COUNTS = isQuick ? 5 : 40;
const ROUNDS = isQuick ? 1 : 3;
const ORG = '10000000-0000-4000-8000-000000000001';
const STRANGER = '10000000-0000-4000-8000-00000000ffff';
const SHAPES: readonly Policy[] = [
  { shape: 'own' },
  { shape: 'parties', parties: ['park_org', 'reviewer_org'] },
  { shape: 'published', parties: ['park_org', 'reviewer_org'] },
];

const page = (from: string): string => `select id, title, starts_on from ${from} where org = $1 order by starts_on desc, id desc limit 50`;
const count = (from: string): string => `select count(*)::int n from ${from} where org = $1`;

interface Timed {
  readonly walled: number[];
  readonly plain: number[];
}

const report = new Report(`Row security: ${ROWS} rows, of which the organisation owns ${OWN}`);
await Stage.with(async (stage) => {
  const access = await stage.database('bench_rls', 'rls');
  const admin = stage.admin('bench_rls');
  const app = new TenantDatabase(access);
  const rows: string[][] = [];
  for (const policy of SHAPES) {
    const name = `positions_${policy.shape}`;
    await fill(admin, name, policy);
    await checks(app, admin, name);
    await measure(policy, 'page of 50', page(name), PAGES);
    await measure(policy, 'count', count(name), COUNTS);
    await admin.query(`create index on ${name} (org, starts_on, id) include (park_org, reviewer_org, is_public); drop index ${name}_listed`);
    await admin.query(`vacuum analyze ${name}`);
    await measure(policy, 'count, the index holds the columns of the policy', count(name), COUNTS);
    await admin.query(`drop table ${name}`);
  }
  console.log('\nmedian ms of a query, there and back; min/median/max over the rounds');
  table(['query', 'under policies', 'explicit WHERE'], rows);
  await app.close();

  async function measure({ shape }: Policy, what: string, text: string, times: number): Promise<void> {
    const timed = await compare(app, admin, text, times);
    rows.push([`${shape}: ${what}`, spread(timed.walled), spread(timed.plain)]);
    report.goal(`${shape}: ${what}`, ratios(timed.walled, timed.plain), '<=', 1.15);
  }
}, { shared_buffers: '512MB', statement_timeout: '300s' });
report.end();

/** Row security does not hold for the superuser: the same table serves both sides. */
async function fill(admin: pg.Pool, name: string, policy: Policy): Promise<void> {
  await admin.query(`create table ${name} (org uuid not null, id uuid not null unique, version integer not null, is_public boolean not null, park_org uuid, reviewer_org uuid,
    title text not null, region text not null, starts_on date not null, headcount integer not null, primary key (org, id))`);
  await admin.query(
    `insert into ${name} select case when n % 50 = 0 then $2::uuid else md5('org' || n % 997)::uuid end, md5('id' || n)::uuid, 1, n % 3 = 0, case when n % 7 = 0 then md5('park' || n % 100)::uuid end,
       md5('bureau' || n % 20)::uuid, '样例岗位（虚构）' || n, '99010' || n % 10, date '2027-01-01' + (n % 700), 5 from generate_series(1, $1::int) n`,
    [ROWS, ORG],
  );
  await admin.query(`create index ${name}_listed on ${name} (org, starts_on, id)`);
  for (const statement of policySql(name, policy, 'rls_app')) await admin.query(statement);
  await admin.query(`vacuum analyze ${name}`);
}

async function checks(app: TenantDatabase, admin: pg.Pool, name: string): Promise<void> {
  const plain = await admin.query<{ id: string }>(page(name), [ORG]);
  const [walled, counted, foreign, plan] = await app.withTenant({ org: ORG }, (tx) =>
    Promise.all([tx.query<{ id: string }>(page(name), [ORG]), tx.query<{ n: number }>(count(name), [ORG]), tx.queryOnce<{ n: number }>(`select count(*)::int n from ${name}`), tx.queryOnce<{ 'QUERY PLAN': string }>(`explain ${page(name)}`, [ORG])]),
  );
  const unknown = await app.withTenant({ org: STRANGER }, (tx) => tx.query<{ n: number }>(count(name), [ORG]));
  report.check(`${name}: the same page`, walled.map(({ id }) => id).join(), plain.rows.map(({ id }) => id).join());
  report.check(`${name}: count`, counted[0]?.n, OWN);
  report.check(`${name}: what the policies let see`, foreign[0]?.n, name.endsWith('published') ? await visible(admin, name) : OWN);
  report.check(`${name}: another organisation's`, unknown[0]?.n, name.endsWith('published') ? await visible(admin, name, ORG) : 0);
  report.check(`${name}: the setting is read once a query`, plan.some((line) => line['QUERY PLAN'].includes('InitPlan')), true);
}

/** Published rows of one organisation, or its own and all published ones. */
async function visible(admin: pg.Pool, name: string, of?: string): Promise<number> {
  const where = of === undefined ? 'is_public or org = $1' : 'is_public and org = $1';
  const { rows } = await admin.query<{ n: number }>(`select count(*)::int n from ${name} where ${where}`, [ORG]);
  return rows[0]?.n ?? 0;
}

/** Turn by turn, so that what else the machine does meets both alike. */
async function compare(app: TenantDatabase, admin: pg.Pool, text: string, times: number): Promise<Timed> {
  const timed: Timed = { walled: [], plain: [] };
  const client = await admin.connect();
  const name = createHash('sha256').update(text).digest('base64url');
  for (let round = 0; round < ROUNDS; round += 1) {
    const each: Timed = { walled: [], plain: [] };
    // One transaction around all: what is measured is the query, so both sides pay one trip.
    await app.withTenant({ org: ORG }, async (tx) => {
      for (let n = 0; n < times; n += 1) {
        each.walled.push(await timeOf(() => tx.query(text, [ORG])));
        each.plain.push(await timeOf(() => client.query({ name, text, values: [ORG] })));
      }
    });
    timed.walled.push(median(each.walled));
    timed.plain.push(median(each.plain));
  }
  client.release();
  return timed;
}

async function timeOf(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}
