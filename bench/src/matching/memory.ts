// Memory, and the whole at a million applicants, each in a process of its own.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { short, type Report } from '../report.js';
import { bytesOf } from './baseline.js';
import { random, type Size } from './instance.js';

const alone = join(import.meta.dirname, 'alone.mjs');
const build = join(import.meta.dirname, '../../../libs/stable-matching/dist/index.js');

export function measureMemory(report: Report, size: Size, seed: number): void {
  if (!existsSync(build)) return console.log('\nmemory: skipped, there is no build (npm run build)');
  const folder = mkdtempSync(join(tmpdir(), 'tandem-matching-memory-'));
  try {
    const level = random(size, seed);
    const path = join(folder, 'instance');
    writeFileSync(path, Buffer.concat([bytesOf(level), Buffer.from(level.orderStart.buffer)]));
    const [kernel, whole] = [run('kernel', path), run('whole', path)];
    const name = `${size.applicants} x ${size.positions}`;
    console.log(`\n${name}, each in a process of its own: kernel ${short(kernel.ms)} ms and ${short(kernel.rss)} MB resident, with its input; end to end ${short(whole.ms)} ms and ${short(whole.rss)} MB, with the instance`);
    report.goal(`MB of the kernel, ${name}`, [kernel.rss], '<=', 250);
    report.goal(`MB end to end, ${name}`, [whole.rss], '<=', 1_024);
    report.goal(`seconds end to end, ${name}`, [whole.ms / 1_000], '<=', 5);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(what: string, path: string): { ms: number; rss: number } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--max-old-space-size=8192', alone, what, path], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as { ms: number; rss: number };
}
