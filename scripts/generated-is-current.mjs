// Generates again into the tree and compares with what was there; puts nothing back, so a difference is also the mend.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const generated = join(root, 'libs/contracts/src/generated');

const before = digest();
execFileSync(process.execPath, [join(root, 'scripts/generate.mjs')], { cwd: root, stdio: 'inherit' });
if (digest() !== before) {
  console.error('generated code was not current; it is now: look at it and commit');
  process.exit(1);
}

function digest() {
  const hash = createHash('sha256');
  for (const page of ['docs/asyncapi.yaml', 'docs/events.md']) hash.update(readFileSync(join(root, page)));
  for (const file of readdirSync(generated, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)).sort()) {
    hash.update(file).update(readFileSync(file));
  }
  return hash.digest('hex');
}
