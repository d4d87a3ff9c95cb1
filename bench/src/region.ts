// A region's round through the real services: 20,000 students, bulk lists to published offers; what of it is matching and checking; and the memory of the process (issue: at most 120 s, 3 s, 600 MB).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isQuick, numberOption, Report, table } from './report.js';
import { childrenOf, memoryKb, until } from './stage.js';

const ROOT = join(import.meta.dirname, '../..');
const MAIN = join(ROOT, 'apps/tandem/dist/main.js');
const STUDENTS = numberOption('students', isQuick ? 600 : 20_000);

const LAST = 'a student asks why';
/** The story's steps that begin and end the round's parts. */
const STEPS = ['round announced and opened', 'preference lists in', 'matched and verified', LAST] as const;

const report = new Report(`A round of ${STUDENTS} students through the services`);
const home = mkdtempSync(join(tmpdir(), 'tandem-bench-'));
chmodSync(home, 0o711);
const child = spawn(process.execPath, [MAIN, 'start'], { cwd: ROOT, env: { ...process.env, PORT: '0', TANDEM_HOME: home, TANDEM_SEED: 'organisations' }, stdio: ['ignore', 'ignore', 'pipe'] });
const ended = once(child, 'exit');
let words = '';
child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString()));
try {
  await until(() => /Ready on \S+/.test(words), 'the system to be ready');
  const url = /Ready on (\S+)/.exec(words)?.[1] ?? '';
  const pid = child.pid ?? 0;
  const at = new Map<string, number>();
  const resident: { readonly at: number; readonly mb: number }[] = [];
  const sampling = setInterval(() => resident.push({ at: performance.now(), mb: memoryKb(pid, 'VmRSS') / 1_024 }), 50);
  const story = spawn(process.execPath, [MAIN, 'story', '--url', url, '--students', String(STUDENTS)], { cwd: ROOT, env: { ...process.env, TANDEM_HOME: home }, stdio: ['ignore', 'ignore', 'pipe'] });
  const told = once(story, 'exit');
  let steps = '';
  story.stderr.on('data', (chunk: Buffer) => {
    steps += chunk.toString();
    for (const step of STEPS) if (!at.has(step) && steps.includes(step)) at.set(step, performance.now());
    // What comes after the round is no part of this.
    if (at.has(LAST)) story.kill('SIGTERM');
  });
  await told;
  clearInterval(sampling);
  report.check('the round is verified', / verified\b/.test(steps), true);
  const [opened = NaN, lists = NaN, verified = NaN, published = NaN] = STEPS.map((step) => at.get(step));
  const calls = await (await fetch(`${url}/metrics`)).text();
  const spent = (method: string): number => calls.split('\n').filter((line) => line.startsWith('tandem_call_seconds_sum{') && line.includes(`method="${method}"`)).reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  const matching = spent('RoundsGrpc.matchRound') + spent('RoundsGrpc.verifyRound');
  const postgres = childrenOf(pid).map((pid) => memoryKb(pid, 'VmHWM') / 1_024);
  const seconds = (from: number, to: number): string => ((to - from) / 1_000).toFixed(1);
  table(['part', 'seconds'], [
    ['lists handed in', seconds(opened, lists)],
    ['closed, matched with explanations, verified', seconds(lists, verified)],
    ['of which the calls of matching and verifying', matching.toFixed(2)],
    ['published: offers issued', seconds(verified, published)],
  ]);
  console.log(`${/matched and verified.*/.exec(steps)?.[0] ?? ''}; PostgreSQL's largest process ${Math.max(0, ...postgres).toFixed(0)} MB with shared buffers`);
  report.goal('lists to published offers, s', [(published - opened) / 1_000], '<=', 120);
  report.goal('matching, verification, explanations with reading and storing, s', [matching], '<=', 3);
  report.goal('largest resident size of the one process in the round, MB', [Math.max(...resident.filter((one) => one.at >= opened && one.at <= published).map(({ mb }) => mb))], '<=', 600);
} finally {
  child.kill('SIGTERM');
  await ended;
  rmSync(home, { recursive: true, force: true });
}
report.end();
