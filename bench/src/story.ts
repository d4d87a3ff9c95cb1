// The region's story of 1,200 students again and again on one system: how long it takes, and what the one process keeps in memory (W7).
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isQuick, numberOption, Report, table } from './report.js';
import { memoryKb, until } from './stage.js';

const ROOT = join(import.meta.dirname, '../..');
const MAIN = join(ROOT, 'apps/tandem/dist/main.js');
const STUDENTS = numberOption('students', isQuick ? 60 : 1_200);
const TELLINGS = numberOption('rounds', isQuick ? 1 : 5);

const report = new Report(`The story of ${STUDENTS} students, ${TELLINGS} times on one system`);
const home = mkdtempSync(join(tmpdir(), 'tandem-bench-'));
chmodSync(home, 0o711);
const child = spawn(process.execPath, [MAIN, 'start'], { cwd: ROOT, env: { ...process.env, PORT: '0', TANDEM_HOME: home, TANDEM_SEED: 'organisations' }, stdio: ['ignore', 'ignore', 'pipe'] });
const ended = once(child, 'exit');
let words = '';
child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString()));
const seconds: number[] = [];
const rss: number[] = [];
try {
  await until(() => /Ready on \S+/.test(words), 'the system to be ready');
  const url = /Ready on (\S+)/.exec(words)?.[1] ?? '';
  for (let n = 0; n < TELLINGS; n += 1) {
    const told = execFileSync(process.execPath, [MAIN, 'story', '--url', url, '--students', String(STUDENTS), '--json'], { cwd: ROOT, encoding: 'utf8', env: { ...process.env, TANDEM_HOME: home }, stdio: ['ignore', 'pipe', 'ignore'] });
    const story = JSON.parse(told) as { readonly seconds: number; readonly disagreements: readonly string[] };
    report.check(`telling ${n + 1}: totals`, story.disagreements.join('; '), '');
    seconds.push(story.seconds);
    rss.push(memoryKb(child.pid ?? 0, 'VmRSS') / 1_024);
  }
} finally {
  child.kill('SIGTERM');
  await ended;
  rmSync(home, { recursive: true, force: true });
}
table(['telling', 'seconds', 'RSS MB'], seconds.map((each, n) => [String(n + 1), each.toFixed(1), (rss[n] ?? 0).toFixed(0)]));
report.goal('seconds of the first telling', seconds.slice(0, 1), '<=', 120);
report.goal('RSS after a telling, MB', rss, '<=', 400);
if (rss.length > 2) report.goal('RSS after the last / after the second', [(rss.at(-1) ?? 0) / (rss[1] ?? 1)], '<=', 1.15);
report.end();
