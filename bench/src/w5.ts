// W5: indicators over 1,000,000 rows. Cells kept by triggers beside plain SQL over the same rows in the same run: reading, upkeep, and a rebuild equal to the last cell.
import { protect } from '@tandem/indicators';
import { allCells, outcomesService } from '@tandem/outcomes';
import { migrateService } from '@tandem/service-kit';
import type pg from 'pg';
import { isQuick, median, numberOption, ratios, Report, spread, table } from './report.js';
import { Stage } from './stage.js';

const ROWS = numberOption('rows', isQuick ? 20_000 : 1_000_000);
const BATCH = 1_000;
const ROUNDS = isQuick ? 1 : 3;
const READS = isQuick ? 3 : 15;
const OPERATOR = '00000000-0000-8000-8000-000000000001';

/** Regions and occupations skewed as in life, 8 quarters, 3 colleges. */
const rowsFrom = (from: number, to: number): string => `select md5('college' || n % 3)::uuid org, md5('internship' || n)::uuid id, 1 as version, 1 as sequence, 'closed' state, md5('s' || n)::uuid student_id,
  md5('p' || n)::uuid position_id, md5('e' || n % 500)::uuid enterprise_org, 'internship' kind, (990000 + floor(121 * power(random(), 1.3)))::int::text region,
  '9-' || lpad(floor(81 * power(random(), 1.8))::int::text, 2, '0') occupation, date '2027-01-01' started_on, date '2027-01-15' + (n % 8) * 91 ended_on, 'completed' end_kind,
  (array['converted', 'other_job', 'seeking', 'unknown', 'not_seeking'])[1 + n % 5] sequel from generate_series(${from}, ${to}) n`;

const plain = `select region, occupation, to_char(ended_on, 'YYYY"Q"Q') period, count(*) population, count(*) filter (where sequel in ('converted', 'other_job', 'seeking')) denominator,
  count(*) filter (where sequel = 'converted') numerator, count(*) filter (where sequel = 'unknown') unknown from internships where state = 'closed' and end_kind in ('completed', 'converted_to_job') group by 1, 2, 3`;
const cells = `select array[region, occupation, period] key, sum(population)::int population, sum(denominator)::int denominator, sum(numerator)::int numerator, sum(unknown)::int unknown
  from cells where reader_org = '${OPERATOR}' and indicator = 'internship_to_job' group by region, occupation, period having sum(population) <> 0`;
const oneRegion = cells.replace('group by', `and region like '990010%' group by`);

const report = new Report(`Indicators: ${ROWS} rows`);
await Stage.with(async (stage) => {
  const access = await stage.database('bench_w5', 'w5');
  await migrateService(outcomesService, access);
  const admin = stage.admin('bench_w5', 1);
  await admin.query('create table internships_plain (like internships including defaults including indexes)');
  const upkeep = await fill(admin);
  await admin.query('vacuum analyze internships');
  await admin.query('vacuum analyze cells');
  await equal(admin);
  const timed = await measure(admin);
  console.log('\nmedian ms; min/median/max over the rounds');
  table(['', 'ms'], [['plain SQL, all cells', spread(timed.plain)], ['kept cells, all', spread(timed.cells)], ['kept cells, one region', spread(timed.region)], ['rebuild of all cells', spread(timed.rebuild)], ['disclosure control of all cells', spread(timed.protect)]]);
  table(['upkeep', 'events/s'], [['rows with cells', spread(upkeep.withCells.map(perSecond))], ['the same rows without', spread(upkeep.without.map(perSecond))]]);
  report.goal('one region, ms', timed.region, '<=', 5);
  report.goal('all cells / plain SQL', ratios(timed.cells, timed.plain), '<=', 0.25);
  report.goal('rebuild / plain SQL', ratios(timed.rebuild, timed.plain), '<=', 1.3);
  report.goal('disclosure control / reading all cells', ratios(timed.protect, timed.cells), '<=', 1);
  report.goal('upkeep, events/s beyond the insert itself', upkeep.withCells.map((ms, n) => perSecond(Math.max(1, ms - (upkeep.without[n] ?? 0)))), '>=', 50_000);
}, { shared_buffers: '256MB', statement_timeout: '300s' });
report.end();

/** Ms of one batch of 1,000 to events a second. */
function perSecond(ms: number): number {
  return (1_000 * BATCH) / ms;
}

/** Turn by turn into a table that keeps cells and one that does not; medians a third of the way each. */
async function fill(admin: pg.Pool): Promise<{ withCells: number[]; without: number[] }> {
  const each = { withCells: [] as number[], without: [] as number[] };
  const client = await admin.connect();
  for (let from = 1; from <= ROWS; from += BATCH) {
    await client.query(`create temp table batch as ${rowsFrom(from, Math.min(ROWS, from + BATCH - 1))}`);
    each.withCells.push(await timeOf(() => client.query('insert into internships (org, id, version, sequence, state, student_id, position_id, enterprise_org, kind, region, occupation, started_on, ended_on, end_kind, sequel) select * from batch')));
    each.without.push(await timeOf(() => client.query('insert into internships_plain (org, id, version, sequence, state, student_id, position_id, enterprise_org, kind, region, occupation, started_on, ended_on, end_kind, sequel) select * from batch')));
    await client.query('drop table batch');
  }
  client.release();
  const third = Math.max(1, Math.floor(each.withCells.length / ROUNDS));
  const parts = (values: readonly number[]): number[] => Array.from({ length: ROUNDS }, (_, n) => median(values.slice(n * third, (n + 1) * third)));
  return { withCells: parts(each.withCells), without: parts(each.without) };
}

/** What the triggers kept is what the sources say, cell by cell. */
async function equal(admin: pg.Pool): Promise<void> {
  const { rows } = await admin.query<{ different: number; kept: number }>(
    `with kept as (select org, indicator, region, occupation, period, population, denominator, numerator, unknown from cells where population <> 0 or denominator <> 0 or numerator <> 0 or unknown <> 0), rebuilt as (${allCells})
     select (select count(*)::int from ((table kept except table rebuilt) union all (table rebuilt except table kept)) x) different, (select count(*)::int from kept) kept`,
  );
  report.check('cells that differ from a rebuild', rows[0]?.different, 0);
  report.check('there are cells', (rows[0]?.kept ?? 0) > 1_000, true);
}

async function measure(admin: pg.Pool): Promise<Record<'plain' | 'cells' | 'region' | 'rebuild' | 'protect', number[]>> {
  const timed = { plain: [] as number[], cells: [] as number[], region: [] as number[], rebuild: [] as number[], protect: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    const each = { plain: [] as number[], cells: [] as number[], region: [] as number[], rebuild: [] as number[], protect: [] as number[] };
    for (let n = 0; n < READS; n += 1) {
      each.cells.push(await timeOf(() => admin.query(cells)));
      each.region.push(await timeOf(() => admin.query(oneRegion)));
      if (n % 5 === 0) each.plain.push(await timeOf(() => admin.query(plain)));
      if (n % 5 === 0) each.rebuild.push(await timeOf(() => admin.query(allCells)));
      const { rows } = await admin.query<Parameters<typeof protect>[0][number]>(cells);
      const before = performance.now();
      protect(rows);
      each.protect.push(performance.now() - before);
    }
    for (const name of ['plain', 'cells', 'region', 'rebuild', 'protect'] as const) timed[name].push(median(each[name]));
  }
  return timed;
}

async function timeOf(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}
