// Benches run and their checks pass; what they measure here means nothing. That of the story is left to the story's own test, which does the same.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '..');

it.each(['matching', 'w2', 'w3', 'w4', 'w5', 'start', 'rls'])(
  'bench:%s',
  (name) => {
    const run = ['--conditions=@tandem/source', '--no-warnings', '--import', './apps/tandem/bin/sources.mjs', `bench/src/${name}.ts`, '--quick'];
    const { status, stdout, stderr } = spawnSync(process.execPath, run, { cwd: root, encoding: 'utf8', env: { ...process.env, SWC_NODE_PROJECT: 'tsconfig.base.json' }, timeout: 150_000 });
    expect({ status, told: status === 0 ? '' : `${stdout}\n${stderr}` }).toEqual({ status: 0, told: '' });
    expect(stdout).toContain('checks passed');
  },
  160_000,
);
