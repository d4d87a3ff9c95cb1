// A process of its own that makes keys when told to: `node keys.test-support.ts <folder> <org>...`; prints one sealed value and one hash for each.
import { FileKeyRing } from './personal.js';

const [folder = '', ...orgs] = process.argv.slice(2);
const ring = new FileKeyRing(folder);
process.stdout.write('ready\n');
process.stdin.once('data', () => {
  const made = orgs.map((org) => ({ org, sealed: ring.seal(org, `${process.pid}`).bytes.toString('hex'), hash: ring.searchHash(org, 'x').toString('hex') }));
  process.stdout.write(`${JSON.stringify(made)}\n`, () => process.exit());
});
