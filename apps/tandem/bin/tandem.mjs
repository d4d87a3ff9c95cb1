#!/usr/bin/env node
// Runs the build when it is current, else the sources, so that it works right after `npm ci`.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const app = join(dirname(fileURLToPath(import.meta.url)), '..');
const root = join(app, '../..');

if (isBuilt()) await import(pathToFileURL(join(app, 'dist/main.js')).href);
else fromSources();

/** Each package was compiled after the last change of its sources. */
function isBuilt() {
  return ['libs', 'apps'].every((folder) =>
    readdirSync(join(root, folder)).every((name) => {
      const source = join(root, folder, name, 'src');
      if (!existsSync(source)) return true;
      const stamp = join(root, folder, name, 'dist/.tsbuildinfo');
      return existsSync(stamp) && newest(source) <= statSync(stamp).mtimeMs;
    }),
  );
}

function newest(folder) {
  return Math.max(0, ...readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name)).map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs));
}

function fromSources() {
  const register = new URL('./sources.mjs', import.meta.url).href;
  const child = spawn(process.execPath, ['--conditions=@tandem/source', '--no-warnings', '--import', register, join(app, 'src/main.ts'), ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, SWC_NODE_PROJECT: join(root, 'tsconfig.base.json') },
  });
  // A terminal's Ctrl-C reaches the child by itself; a signal sent to this process alone is passed on.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
}
