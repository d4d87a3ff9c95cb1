// W3: a roster of 50,000 invented students from CSV through the whole system, other mutations beside it, and the reader alone beside a plain COPY.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isQuick, median, numberOption, quantile, ratios, Report, short, spread, table } from './report.js';
import { until } from './stage.js';
import { World } from './w3/world.js';
import { writeRoster } from './w3/roster.js';

const ROOT = join(import.meta.dirname, '../..');
const MAIN = join(ROOT, 'apps/tandem/dist/main.js');
const STUDENTS = numberOption('students', isQuick ? 1_500 : 50_000);
const ROUNDS = isQuick ? 1 : numberOption('rounds', 3);
const READS = isQuick ? 1 : 5;
const SETTLE_MS = 300_000;

interface Round {
  readonly committed: number;
  readonly caughtUp: number;
  readonly others: readonly number[];
  readonly rssMb: number;
  /** Processor time until the projections had caught up. */
  readonly cpu: { readonly node: number; readonly server: number };
}
interface Reads {
  readonly copy: number[];
  readonly reader: number[];
  readonly rssMb: number[];
}

const report = new Report(`W3: ${STUDENTS} students from CSV, ${ROUNDS} rounds`);
const build = spawnSync(process.execPath, [join(ROOT, 'node_modules/typescript-7/bin/tsc'), '-b', join(ROOT, 'apps/tandem')], { encoding: 'utf8' });
if (build.status !== 0) throw new Error(`the build failed:\n${build.stdout}`);
const folder = mkdtempSync(join(tmpdir(), 'tandem-bench-'));
chmodSync(folder, 0o711);
try {
  const world = await World.start(MAIN, join(folder, 'home'));
  try {
    await measured(world);
  } finally {
    await world.stop();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
report.end();

async function measured(world: World): Promise<void> {
  const reads = await readerBesideCopy(world);
  const rounds: Round[] = [];
  for (let n = 0; n < ROUNDS; n += 1) rounds.push(await round(world, n));
  const others = rounds.map((each) => quantile(each.others, 0.99));
  console.log('\nmin/median/max over the rounds');
  table(['reader alone', 'value'], [['COPY of the file, ms', spread(reads.copy)], ['reader, fresh process, ms', spread(reads.reader)], ['its resident memory, MB', spread(reads.rssMb)]]);
  table(['import', 'value'], [
    ['committed, s', spread(rounds.map(({ committed }) => committed))], ['projections caught up, s', spread(rounds.map(({ caughtUp }) => caughtUp))],
    ['students a second', spread(rounds.map(({ committed }) => STUDENTS / committed))], ['other mutations', rounds.map((each) => each.others.length).join('/')],
    ['their p50, ms', spread(rounds.map((each) => median(each.others)))], ['their p99, ms', spread(others)], ['processor s, Node', spread(rounds.map(({ cpu }) => cpu.node))], ['processor s, PostgreSQL', spread(rounds.map(({ cpu }) => cpu.server))], ['resident after it, MB', spread(rounds.map(({ rssMb }) => rssMb))],
  ]);
  report.goal('committed with event and audit rows, s', rounds.map(({ committed }) => committed), '<=', 30);
  report.goal('projections caught up, s', rounds.map(({ caughtUp }) => caughtUp), '<=', 60);
  report.goal('p99 of other mutations meanwhile, ms', others, '<=', 1_000);
  report.goal('reader / COPY', ratios(reads.reader, reads.copy), '<=', 1);
  report.goal('reader, resident MB', reads.rssMb, '<=', 150);
}

/** The command as an office types it; others write meanwhile. */
async function round(world: World, n: number): Promise<Round> {
  const college = await world.college(n);
  const file = join(folder, `roster-${n}.csv`);
  writeRoster(file, STUDENTS, n);
  const others = world.othersWrite();
  const before = world.cpu();
  const start = performance.now();
  const { status, out } = await command(world, ['roster', 'import', file, '--org', college.code, '--json']);
  const committed = (performance.now() - start) / 1_000;
  const times = await others.stop();
  report.check('exit code of the import', status, 0);
  const { enrolled, complete, problems } = JSON.parse(out) as { enrolled: number; complete: boolean; problems: object[] };
  report.check('enrolled', enrolled, STUDENTS);
  report.check('complete without a problem', complete && problems.length === 0, true);
  await until(() => world.isSettled(), 'the projections', SETTLE_MS);
  const caughtUp = (performance.now() - start) / 1_000;
  const after = world.cpu();
  const cpu = { node: after.node - before.node, server: after.server - before.server };
  const counts = await world.countsOf(college.id);
  for (const [what, count] of Object.entries(counts)) report.check(`round ${n}: ${what}`, count, STUDENTS);
  console.log(`round ${n}: committed ${short(committed)} s, caught up ${short(caughtUp)} s`);
  return { committed, caughtUp, others: times, rssMb: world.rssMb(), cpu };
}

function command(world: World, args: readonly string[]): Promise<{ status: number | null; out: string }> {
  const child = spawn(process.execPath, [MAIN, ...args, '--url', world.url], { cwd: ROOT, env: { ...world.environment, TANDEM_HOME: world.home }, stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, out })));
}

/** Interleaved; the reader each time in a process of its own, timed inside it from the bytes to rows and problems. */
async function readerBesideCopy(world: World): Promise<Reads> {
  const file = join(folder, 'reader.csv');
  writeRoster(file, STUDENTS, 99);
  console.log(`${short(statSync(file).size / 1_000_000)} MB`);
  const reads: Reads = { copy: [], reader: [], rssMb: [] };
  for (let n = 0; n < READS; n += 1) {
    const copied = await world.copy(file);
    report.check('rows of the COPY', copied.rows, STUDENTS);
    reads.copy.push(copied.ms);
    const script = `import { readFileSync } from 'node:fs'; import { decoded, readRoster } from '@tandem/taxonomy'; const start = performance.now();
      const { good, problems } = readRoster(decoded(readFileSync(${JSON.stringify(file)})).text); console.log(JSON.stringify({ ms: performance.now() - start, good: good.length, problems: problems.length, rssMb: process.memoryUsage().rss / 1e6 }));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { cwd: join(ROOT, 'apps/tandem'), encoding: 'utf8', env: world.environment });
    if (stdout === '') throw new Error(stderr);
    const read = JSON.parse(stdout) as { ms: number; good: number; problems: number; rssMb: number };
    report.check('rows of the reader', read.good, STUDENTS);
    report.check('problems of the reader', read.problems, 0);
    reads.reader.push(read.ms);
    reads.rssMb.push(read.rssMb);
  }
  return reads;
}
