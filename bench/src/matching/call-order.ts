// Minimum shares by call order against Parcoursup's published Java, where TANDEM_PARCOURSUP names the folder of its sources (that which holds `fr`).
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callOrder, callSequence } from '@tandem/stable-matching';
import { isQuick, median, short, type Report } from '../report.js';
import { int32 } from './baseline.js';
import { randomNumbers } from './instance.js';

const shares = [{ group: 'grant', percent: 20 }, { group: 'resident', percent: 60 }];
const RUNS = isQuick ? 1 : 8;
const WARM_UP = isQuick ? 0 : 3;

export function compareCallOrders(report: Report, applicants: number, seed: number): void {
  const draw = randomNumbers(seed);
  const bits = Int32Array.from({ length: applicants }, () => (draw() < 0.15 ? 1 : 0) + (draw() < 0.5 ? 2 : 0));
  const list = Array.from(bits, (mask, n) => ({ id: String(n), groups: shares.filter((_, bit) => ((mask >> bit) & 1) === 1).map(({ group }) => group) }));
  const times = timesOf(() => callSequence(bits, shares));
  console.log(`\ncall order of ${applicants} with two shares: ${short(median(times))} ms on numbers, ${short(median(timesOf(() => callOrder(list, shares))))} ms from ids to ids`);
  const sources = process.env['TANDEM_PARCOURSUP'];
  if (!sources) return console.log("Parcoursup's published Java: skipped (TANDEM_PARCOURSUP names its sources)");
  const java = published(sources, bits);
  const order = callOrder(list, shares).map(Number);
  report.check("the order of Parcoursup's Java", order.findIndex((n, place) => n !== java.order[place]), -1);
  console.log(`Parcoursup's published Java, its own objects made before: ${short(median(java.times))} ms`);
  report.goal("Parcoursup's Java by our call order", java.times.map((each) => each / median(times)), '>=', 5);
}

function timesOf(work: () => unknown): number[] {
  return Array.from({ length: RUNS }, () => {
    const started = performance.now();
    work();
    return performance.now() - started;
  }).slice(WARM_UP);
}

function published(sources: string, bits: Int32Array): { times: number[]; order: Int32Array } {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-call-order-'));
  try {
    execFileSync('javac', ['-encoding', 'UTF-8', '-nowarn', '-d', folder, '-sourcepath', sources, join(import.meta.dirname, 'CallOrder.java')], { stdio: ['ignore', 'ignore', 'inherit'] });
    const head = Int32Array.of(bits.length, shares[0]!.percent, shares[1]!.percent);
    writeFileSync(join(folder, 'in'), Buffer.concat([Buffer.from(head.buffer), Buffer.from(bits.buffer)]));
    const lines = execFileSync('java', ['-Xmx2g', '-cp', folder, 'CallOrder', join(folder, 'in'), join(folder, 'out'), String(RUNS)], { encoding: 'utf8' }).trim().split('\n');
    return { times: lines.slice(WARM_UP).map((nanoseconds) => Number(nanoseconds) / 1e6), order: int32(readFileSync(join(folder, 'out'))) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
