// `match run` on a folder of CSV files, as a process, beside a process that only splits the same bytes into fields.
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OneLevel } from '@tandem/stable-matching';
import { median, ratios, short, spread, type Report } from '../report.js';
import { random, type Size } from './instance.js';

const command = join(import.meta.dirname, '../../../apps/tandem/dist/main.js');
const split = join(import.meta.dirname, 'split.mjs');
const ROWS_AT_ONCE = 10_000;

export function measureFolder(report: Report, size: Size, { rounds, seed, goal }: { rounds: number; seed: number; goal: number | null }): void {
  if (!existsSync(command)) return console.log('\nmatch run on CSV: skipped, there is no build (npm run build)');
  const folder = mkdtempSync(join(tmpdir(), 'tandem-matching-csv-'));
  try {
    const level = random(size, seed);
    write(join(folder, 'instance'), level);
    const figures = { fields: [] as number[], all: [] as number[], start: [] as number[], rss: 0 };
    for (let round = 0; round < rounds; round += 1) {
      figures.fields.push(Number(execFileSync(process.execPath, [split, join(folder, 'instance')], { encoding: 'utf8' })));
      figures.start.push(timed(() => run(['match', '--help'])));
      let status: number | null = null;
      figures.all.push(timed(() => (status = run(['match', 'run', join(folder, 'instance')], join(folder, 'assignments.csv')))));
      report.check(`match run, ${size.applicants}: exit code`, status, 0);
    }
    const verified = run(['match', 'verify', join(folder, 'instance'), '--assignments', join(folder, 'assignments.csv')]);
    report.check(`match verify of match run, ${size.applicants}`, verified, 0);
    const work = figures.all.map((ms, round) => ms - figures.start[round]!);
    console.log(`\nmatch run on CSV, ${size.applicants} x ${size.positions}: fields ${spread(figures.fields)} ms, the command in all ${spread(figures.all)} ms, of which to start it ${spread(figures.start)} ms`);
    if (goal === null) console.log(`  by the pass that only splits: work ${short(median(ratios(work, figures.fields)))}, in all ${short(median(ratios(figures.all, figures.fields)))} (no goal)`);
    else {
      report.goal(`match run by a pass that only splits, its start apart, ${size.applicants}`, ratios(work, figures.fields), '<=', goal);
      report.goal(`match run by a pass that only splits, with its start, ${size.applicants}`, ratios(figures.all, figures.fields), '<=', goal);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(args: readonly string[], into?: string): number | null {
  const out = into === undefined ? 'ignore' : openSync(into, 'w');
  const { status } = spawnSync(process.execPath, ['--max-old-space-size=8192', command, ...args], { stdio: ['ignore', out, 'ignore'] });
  if (typeof out === 'number') closeSync(out);
  return status;
}

function timed(work: () => unknown): number {
  const started = performance.now();
  work();
  return performance.now() - started;
}

function write(folder: string, { wishStart, wishPosition, wishRank, capacity, orderStart }: OneLevel): void {
  mkdirSync(folder);
  const applicant = (a: number): string => `student-${String(a).padStart(7, '0')}`;
  const position = (p: number): string => `position-${String(p).padStart(6, '0')}`;
  const order = new Int32Array(wishPosition.length);
  rows(join(folder, 'applicants.csv'), 'applicant,rank,position', (function* () {
    for (let a = 0; a + 1 < wishStart.length; a += 1) {
      for (let w = wishStart[a]!; w < wishStart[a + 1]!; w += 1) {
        order[orderStart[wishPosition[w]!]! + wishRank[w]!] = a;
        yield `${applicant(a)},${w - wishStart[a]! + 1},${position(wishPosition[w]!)}`;
      }
    }
  })());
  rows(join(folder, 'positions.csv'), 'position,capacity,host', Array.from(capacity, (seats, p) => `${position(p)},${seats},`));
  rows(join(folder, 'priorities.csv'), 'position,rank,applicant', (function* () {
    for (let p = 0; p < capacity.length; p += 1) for (let n = orderStart[p]!; n < orderStart[p + 1]!; n += 1) yield `${position(p)},${n - orderStart[p]! + 1},${applicant(order[n]!)}`;
  })());
}

function rows(path: string, header: string, lines: Iterable<string>): void {
  const file = openSync(path, 'w');
  let waiting = [header];
  for (const line of lines) {
    waiting.push(line);
    if (waiting.length < ROWS_AT_ONCE) continue;
    writeSync(file, `${waiting.join('\n')}\n`);
    waiting = [];
  }
  writeSync(file, waiting.length > 0 ? `${waiting.join('\n')}\n` : '');
  closeSync(file);
}
