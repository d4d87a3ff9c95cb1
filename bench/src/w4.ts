// W4: a list of 100 positions, each with its enterprise and 5 skills, over gateway and gRPC, beside plain http + pg in a process of its own in the same run.
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localToken } from '@tandem/gateway';
import pg from 'pg';
import { isQuick, numberOption, quantile, ratios, Report, spread, table } from './report.js';
import { until } from './stage.js';

const ROOT = join(import.meta.dirname, '../..');
const POSITIONS = isQuick ? 500 : 20_000;
const ENTERPRISES = 500;
const ROUNDS = isQuick ? 1 : numberOption('rounds', 3);
const ROUND_MS = isQuick ? 300 : 4_000;
const AT_ONCE = 16;
const OPERATOR = '00000000-0000-8000-8000-000000000001';
const QUERY = JSON.stringify({
  query: '{ positions(view: published, page: { first: 100 }, orderBy: starts_on) { edges { node { id title headcount filled startsOn payFen enterprise { id name region } skills { code level } } } } }',
});

const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

interface Side {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
interface Round {
  readonly perSecond: number;
  readonly p99Ms: number;
}

const report = new Report(`GraphQL list of 100 of ${POSITIONS} positions, ${AT_ONCE} at once, ${ROUNDS} rounds`);
if (Number(process.versions.node.split('.')[0]) < 22) console.log('PostGraphile 5 needs Node 22: left out; plain http + pg stands beside it');
const home = mkdtempSync(join(tmpdir(), 'tandem-bench-'));
chmodSync(home, 0o711);
const tandem = spawn(process.execPath, [join(ROOT, 'apps/tandem/dist/main.js'), 'start'], { cwd: ROOT, env: { ...process.env, NODE_ENV: 'production', PORT: '0', TANDEM_HOME: home, TANDEM_SEED: 'organisations' }, stdio: ['ignore', 'ignore', 'pipe'] });
let words = '';
tandem.stderr.on('data', (chunk: Buffer) => (words += chunk.toString()));
let plain: ChildProcess | null = null;
try {
  await until(() => /Ready on \S+/.test(words), 'the system to be ready');
  await fill();
  plain = fork(join(import.meta.dirname, 'w4/plain.mjs'), { env: { ...process.env, NODE_ENV: 'production', BENCH_PG: connection('tandem_bench_w4'), BENCH_ORG: OPERATOR } });
  const [port] = (await once(plain, 'message')) as [number];
  const token = await localToken(secrets().local.privateKey, 'college_office', 'SAMPLE-COLLEGE-1');
  const sides = {
    tandem: { url: `${/Ready on (\S+)/.exec(words)?.[1]}/graphql`, headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, body: QUERY },
    plain: { url: `http://127.0.0.1:${port}/`, headers: {}, body: '' },
  };
  await check(sides);
  await measure(sides);
} finally {
  plain?.kill();
  tandem.kill('SIGTERM');
  await once(tandem, 'exit');
  rmSync(home, { recursive: true, force: true });
}
report.end();

async function measure(sides: Record<'tandem' | 'plain', Side>): Promise<void> {
  const seen = { tandem: [] as Round[], plain: [] as Round[] };
  for (const side of ['tandem', 'plain'] as const) await loaded(sides[side], ROUND_MS / 2);
  for (let n = 0; n < ROUNDS; n += 1) for (const side of ['tandem', 'plain'] as const) seen[side].push(await loaded(sides[side], ROUND_MS));
  const of = (side: 'tandem' | 'plain', what: keyof Round): number[] => seen[side].map((each) => each[what]);
  table(['', 'requests/s', 'p99 ms'], (['tandem', 'plain'] as const).map((side) => [side === 'plain' ? 'http + pg, rows + stringify' : 'Tandem, gateway + gRPC, row security', spread(of(side, 'perSecond')), spread(of(side, 'p99Ms'))]));
  report.goal('requests/s beside rows + stringify', ratios(of('tandem', 'perSecond'), of('plain', 'perSecond')), '>=', 0.6);
}

/** Both answer 100 positions with an enterprise and five skills each, and the same ones. */
async function check({ tandem: graphql, plain: raw }: Record<'tandem' | 'plain', Side>): Promise<void> {
  interface Row {
    readonly title: string;
    readonly enterprise: { readonly name: string };
    readonly skills: readonly unknown[];
  }
  const { data } = JSON.parse(await once1(graphql)) as { data: { positions: { edges: { node: Row }[] } } };
  const rows = JSON.parse(await once1(raw)) as Row[];
  const shape = (list: readonly Row[]): string => list.map(({ title, enterprise, skills }) => `${title} ${enterprise.name} ${skills.length}`).join('\n');
  report.check('rows', rows.length, 100);
  report.check('the same rows from both', shape(data.positions.edges.map(({ node }) => node)), shape(rows));
}

async function loaded(side: Side, ms: number): Promise<Round> {
  const until = performance.now() + ms;
  const started = performance.now();
  const times: number[] = [];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (performance.now() < until) {
        const before = performance.now();
        await once1(side);
        times.push(performance.now() - before);
      }
    }),
  );
  return { perSecond: (1_000 * times.length) / (performance.now() - started), p99Ms: quantile(times, 0.99) };
}

function once1({ url, headers, body }: Side): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: body ? 'POST' : 'GET', headers: { ...headers, ...(body && { 'content-length': String(Buffer.byteLength(body)) }) }, agent }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => (response.statusCode === 200 ? resolve(text) : reject(new Error(`${response.statusCode} ${text.slice(0, 200)}`))));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

function secrets(): { local: { privateKey: Parameters<typeof localToken>[0] } } {
  return JSON.parse(readFileSync(join(home, 'secrets/tandem.json'), 'utf8')) as { local: { privateKey: Parameters<typeof localToken>[0] } };
}

function connection(database: string): string {
  const port = readFileSync(join(home, 'postgres/postmaster.pid'), 'utf8').split('\n')[3];
  return `postgres://postgres:${encodeURIComponent(readFileSync(join(home, 'secrets/postgres-superuser'), 'utf8').trim())}@127.0.0.1:${port}/${database}`;
}

/** Rows below every policy: what is measured is reading. The plain side gets both tables in one database. */
async function fill(): Promise<void> {
  const organisations = `select '${OPERATOR}'::uuid org, md5('enterprise' || n)::uuid id, 1 as version, 1 as sequence, 'active' state, true is_public, md5('enterprise' || n)::uuid self_org, 'enterprise' kind, 'W4-' || n code,
    '样例企业' || n || '（虚构）' name, '990101' region, true invented, null::date suspended_until from generate_series(1, ${ENTERPRISES}) n`;
  const positions = `select md5('enterprise' || 1 + n % ${ENTERPRISES})::uuid org, md5('position' || n)::uuid id, 1 as version, 1 as sequence, 'published' state, true is_public, null::uuid park_org, null::uuid reviewer_org, 'internship' kind,
    '样例岗位' || n || '（虚构）' title, '9-01-01-01' occupation, '9911' industry, '990101' region, 5 headcount, 0 filled, date '2031-01-01' + (n % 365) starts_on, date '2032-12-31' ends_on, 40 weekly_hours, false has_night_work,
    300000 pay_fen, (select jsonb_agg(jsonb_build_object('code', 's' || k, 'level', k)) from generate_series(1, 5) k) skills, '{}'::text[] majors, '{}'::text[] hazards, false has_board, false has_lodging
    from generate_series(1, ${POSITIONS}) n`;
  const columns = 'org, id, version, sequence, state, is_public, park_org, reviewer_org, kind, title, occupation, industry, region, headcount, filled, starts_on, ends_on, weekly_hours, has_night_work, pay_fen, skills, majors, hazards, has_board, has_lodging';
  await run('postgres', 'create database tandem_bench_w4');
  await run('tandem_identity', `insert into organisations (org, id, version, sequence, state, is_public, self_org, kind, code, name, region, invented, suspended_until) ${organisations}`);
  await run('tandem_demand', `insert into positions (${columns}) ${positions}`, 'vacuum analyze positions');
  await run('tandem_bench_w4', `create table organisations as ${organisations}`, 'create unique index on organisations (id)', `create table positions as ${positions}`, 'create index on positions (starts_on, id) where is_public', 'vacuum analyze positions');
}

async function run(database: string, ...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: connection(database) });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}
