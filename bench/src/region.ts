// A region's round through the real services: 20,000 students, bulk lists to published offers; what of it is matching and checking; and the memory of the process (issue: at most 120 s, 3 s, 600 MB).
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isQuick, numberOption, Report, table } from './report.js';
import { childrenOf, memoryKb, until } from './stage.js';

const ROOT = join(import.meta.dirname, '../..');
const MAIN = join(ROOT, 'apps/tandem/dist/main.js');
const STUDENTS = numberOption('students', isQuick ? 600 : 20_000);

interface Told {
  readonly steps: readonly { readonly step: string; readonly seconds: number }[];
  readonly round: { readonly applicants: number; readonly matched: number };
  readonly disagreements: readonly string[];
}

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
  const said = execFileSync(process.execPath, [MAIN, 'story', '--url', url, '--students', String(STUDENTS), '--json'], { cwd: ROOT, encoding: 'utf8', maxBuffer: 1e8, env: { ...process.env, TANDEM_HOME: home }, stdio: ['ignore', 'pipe', 'ignore'] });
  const told = JSON.parse(said) as Told;
  report.check('totals', told.disagreements.join('; '), '');
  const at = (step: string): number => told.steps.find((one) => one.step === step)?.seconds ?? NaN;
  const calls = await (await fetch(`${url}/metrics`)).text();
  const spent = (method: string): number => calls.split('\n').filter((line) => line.startsWith('tandem_call_seconds_sum{') && line.includes(`method="${method}"`)).reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  const matching = spent('RoundsGrpc.matchRound') + spent('RoundsGrpc.verifyRound');
  const postgres = childrenOf(child.pid ?? 0).map((pid) => memoryKb(pid, 'VmHWM') / 1_024);
  table(['part', 'seconds'], [
    ['lists handed in', (at('preference lists in') - at('round announced and opened')).toFixed(1)],
    ['closed, matched with explanations, verified', (at('matched and verified') - at('preference lists in')).toFixed(1)],
    ['of which the calls of matching and verifying', matching.toFixed(2)],
    ['published: offers issued', (at('a student asks why') - at('matched and verified')).toFixed(1)],
  ]);
  console.log(`${told.round.matched} of ${told.round.applicants} placed; PostgreSQL's largest process ${Math.max(0, ...postgres).toFixed(0)} MB with shared buffers`);
  report.goal('lists to published offers, s', [at('a student asks why') - at('round announced and opened')], '<=', 120);
  report.goal('matching, verification, explanations with reading and storing, s', [matching], '<=', 3);
  report.goal('largest resident size of the one process, MB', [memoryKb(child.pid ?? 0, 'VmHWM') / 1_024], '<=', 600);
} finally {
  child.kill('SIGTERM');
  await ended;
  rmSync(home, { recursive: true, force: true });
}
report.end();
