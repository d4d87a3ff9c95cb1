// Which packages of others a compiled program imports before it does anything: found by following its static imports.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const STATIC_IMPORT = /^(?:import|export)\s[^;'"`]*?from\s*['"]([^'"]+)['"]|^import\s*['"]([^'"]+)['"]/gm;
const WORKSPACE = join(import.meta.dirname, '../../..');

export function packagesOf(main: string): string[] {
  const packages = new Set<string>();
  const seen = new Set<string>();
  const waiting = [main];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    for (const [, from, alone] of readFileSync(file, 'utf8').matchAll(STATIC_IMPORT)) {
      const name = from ?? alone ?? '';
      if (name.startsWith('.')) waiting.push(join(dirname(file), name));
      else if (name.startsWith('@tandem/')) waiting.push(entryOf(name));
      else if (!name.startsWith('node:')) packages.add(name);
    }
  }
  return [...packages].sort();
}

/** The compiled file behind `@tandem/x` or `@tandem/x/y`. */
function entryOf(name: string): string {
  const [scope, pkg, ...rest] = name.split('/');
  const folder = join(WORKSPACE, 'node_modules', `${scope}/${pkg}`);
  const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { exports: Record<string, { default: string }> };
  const entry = exports[['.', ...rest].join('/')];
  if (!entry) throw new Error(`${name} has no entry`);
  return join(folder, entry.default);
}
