// Import boundaries of the tree it is run in, by the rules of .dependency-cruiser.cjs. `--json` prints what it found as data.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cruise } from 'dependency-cruiser';
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';

const folders = ['libs', 'apps', 'scripts', 'bench'].filter((folder) => existsSync(folder));
const options = await extractOptions(join(import.meta.dirname, '../.dependency-cruiser.cjs'));
const { modules, summary } = (await cruise(folders, { ...options, validate: true })).output;

const violations = unique([
  ...summary.violations.map(({ rule, from, to, cycle }) => ({ rule: rule.name, way: cycle ? [from, ...cycle.map(({ name }) => name)] : [from, to] })),
  ...cycles(modules).map((way) => ({ rule: 'no-cycles', way })),
]);
if (process.argv.includes('--json')) console.log(JSON.stringify({ modules: modules.length, violations }));
else report();
// Nothing looked at is no success.
process.exit(violations.length > 0 || modules.length === 0 ? 1 : 0);

/** Of all the cycles through an import the cruiser looks at one, and a way through a type can hide the way that counts; so the shortest through each file. */
function cycles(all) {
  const values = ({ dependencyTypes }) => !dependencyTypes.includes('type-only');
  const next = new Map(all.map(({ source, dependencies }) => [source, dependencies.filter(values).map(({ resolved }) => resolved)]));
  return [...next.keys()].map((source) => wayBack(source, next)).filter(Boolean);
}

function wayBack(source, next) {
  const seen = new Set();
  for (let ways = [[source]]; ways.length > 0; ) {
    const longer = ways.flatMap((way) => (next.get(way.at(-1)) ?? []).map((file) => [...way, file]));
    const round = longer.find((way) => way.at(-1) === source);
    if (round) return round;
    ways = longer.filter((way) => !seen.has(way.at(-1)) && seen.add(way.at(-1)));
  }
  return null;
}

function unique(found) {
  // A cycle is found from each of its files.
  const key = ({ rule, way }) => `${rule} ${rule === 'no-cycles' ? way.slice(1).sort((a, b) => (a < b ? -1 : 1)) : way}`;
  return [...new Map(found.map((each) => [key(each), each])).values()];
}

function report() {
  for (const { rule, way } of violations) console.log(`${rule}: ${way.join(' -> ')}`);
  console.log(`${violations.length} violations in ${modules.length} files`);
}
