// The library as somebody outside would have it: packed, unpacked, and used from a plain Node script.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { programOfReadme } from './readme.test-support.js';

const folder = mkdtempSync(join(tmpdir(), 'stable-matching-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const run = (command: string, args: readonly string[], cwd: string): string => execFileSync(command, args, { cwd, encoding: 'utf8', env: { PATH: process.env['PATH'], HOME: folder, npm_config_update_notifier: 'false' } });

it('packs into what a plain script can use, without tests, sources or anything of this repository', () => {
  const [packed] = JSON.parse(run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], join(import.meta.dirname, '..'))) as [{ filename: string; files: { path: string }[] }];
  const paths = packed.files.map(({ path }) => path);
  expect(paths).toEqual(expect.arrayContaining(['README.md', 'package.json', 'dist/index.js', 'dist/index.d.ts']));
  expect(paths.filter((path) => /test|oracle|^src|[.]map$|tsbuildinfo/.test(path))).toEqual([]);

  const modules = join(folder, 'node_modules');
  const home = join(modules, '@tandem/stable-matching');
  mkdirSync(home, { recursive: true });
  run('tar', ['-xzf', join(folder, packed.filename), '-C', home, '--strip-components', '1'], folder);
  cpSync(join(dirname(createRequire(import.meta.url).resolve('csv-parse')), '../..'), join(modules, 'csv-parse'), { recursive: true });

  const { imports, body } = programOfReadme();
  writeFileSync(join(folder, 'script.mjs'), `
    import { deepStrictEqual as claim, throws } from 'node:assert';
    import { ${imports.join(', ')} } from '@tandem/stable-matching';
    const refused = (work, code) => throws(work, (error) => error.code === code);
    ${body}
    console.log('all true');
  `);
  expect(run(process.execPath, ['script.mjs'], folder)).toBe('all true\n');
});
