// What more levels of caps, and reserves, cost beside the kernel for one level: by the proposal, because a cap makes more of them.
import { deferredAcceptance, treeAcceptance, type Levels } from '@tandem/stable-matching';
import { isQuick, median, ratios, spread, table, type Report } from '../report.js';
import { random, type Size } from './instance.js';
import { nested, proposals } from './nested.js';

const variants = [
  { name: 'positions only', hostLevels: 0, reserves: false },
  { name: 'one cap level above', hostLevels: 1, reserves: false },
  { name: 'three cap levels above', hostLevels: 3, reserves: false },
  { name: 'three cap levels, reserves', hostLevels: 3, reserves: true },
] as const;

export function compareLevels(report: Report, sizes: readonly Size[], { rounds, seed }: { rounds: number; seed: number }): void {
  const rows: string[][] = [];
  for (const size of sizes) {
    const level = random(size, seed);
    const name = `${size.applicants} x ${size.positions}`;
    const own = deferredAcceptance(level);
    const one = nanoseconds(() => deferredAcceptance(level), proposals(level, own), { rounds, size });
    rows.push([`${name}, kernel for one level`, String(proposals(level, own)), spread(one)]);
    for (const { name: variant, hostLevels, reserves } of variants) {
      const levels: Levels = nested(level, hostLevels, { seed: seed + 1, reserves });
      const assigned = treeAcceptance(levels);
      if (hostLevels === 0) report.check(`${name}: trees of one position as the kernel for one level`, assigned.findIndex((p, a) => p !== own[a]), -1);
      const tree = nanoseconds(() => treeAcceptance(levels), proposals(levels, assigned), { rounds, size });
      rows.push([`${name}, ${variant}`, String(proposals(levels, assigned)), spread(tree)]);
      if (hostLevels === 1) report.goal(`two levels by one, a proposal, ${name}`, ratios(tree, one), '<=', 2);
    }
  }
  console.log('\nnanoseconds a proposal');
  table(['applicants x positions', 'proposals', 'min/median/max'], rows);
}

function nanoseconds(work: () => unknown, count: number, { rounds, size }: { rounds: number; size: Size }): number[] {
  const runs = isQuick ? 1 : Math.max(1, Math.min(50, Math.floor(300_000 / size.applicants)));
  work();
  return Array.from({ length: rounds }, () => median(Array.from({ length: runs }, () => {
    const started = performance.now();
    work();
    return ((performance.now() - started) * 1e6) / count;
  })));
}
