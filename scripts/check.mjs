// The quick half of the tests: generated code current, contracts unbroken, types, lint, import boundaries, and the unit tests (`--static`: without them).
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const steps = {
  'generated code is current': ['node', 'scripts/generated-is-current.mjs'],
  'proto lint': ['node_modules/.bin/buf', 'lint'],
  contracts: ['node', 'scripts/contracts.mjs', 'check'],
  types: ['node', 'node_modules/nx/dist/bin/nx.js', 'run-many', '-t', 'build', '--output-style=static'],
  'types of scripts': ['node', 'node_modules/typescript-7/bin/tsc', '-p', 'scripts'],
  lint: ['node_modules/.bin/oxlint'],
  imports: ['node', 'scripts/imports.mjs'],
  ...(!process.argv.includes('--static') && { 'unit tests': ['node', '--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', '--selectProjects', 'unit'] }),
};

let failed = 0;
for (const [name, [command = '', ...args]] of Object.entries(steps)) {
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)`);
  if (status !== 0) {
    failed += 1;
    console.error(stdout, stderr);
  }
}
process.exit(failed > 0 ? 1 : 0);
