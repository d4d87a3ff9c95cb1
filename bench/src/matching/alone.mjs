// One measure in a process of its own, from the build: `kernel FILE` or `whole FILE`. Prints milliseconds and the most memory that was resident, in MB.
import { readFileSync } from 'node:fs';
import { deferredAcceptance, solve } from '@tandem/stable-matching';

const [what, path] = process.argv.slice(2);
const bytes = readFileSync(path);
const all = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
const [applicants, positions, wishes] = all;
let at = 3;
const take = (length) => all.subarray(at, (at += length));
const level = { wishStart: take(applicants + 1), wishPosition: take(wishes), wishRank: take(wishes), capacity: take(positions), orderStart: take(positions + 1) };
const work = what === 'kernel' ? () => deferredAcceptance(level) : whole(level);
const started = performance.now();
work();
const ms = performance.now() - started;
// The system's count for this program; `resourceUsage` also knows what the parent held when it started us.
const [, peak] = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
console.log(JSON.stringify({ ms, rss: Number(peak) / 1_024 }));

function whole({ wishStart, wishPosition, wishRank, capacity }) {
  const applicant = Array.from({ length: applicants }, (_, a) => `student-${String(a).padStart(7, '0')}`);
  const position = Array.from(capacity, (_, p) => `position-${String(p).padStart(6, '0')}`);
  const priorities = position.map(() => []);
  for (let a = 0; a < applicants; a += 1) for (let w = wishStart[a]; w < wishStart[a + 1]; w += 1) priorities[wishPosition[w]][wishRank[w]] = applicant[a];
  const instance = {
    applicants: applicant.map((id, a) => ({ id, preferences: Array.from(wishPosition.subarray(wishStart[a], wishStart[a + 1]), (p) => position[p]) })),
    positions: position.map((id, p) => ({ id, capacity: capacity[p], priorities: priorities[p] })),
  };
  return () => solve(instance);
}
