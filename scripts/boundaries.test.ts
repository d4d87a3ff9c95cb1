// Every rule about imports, with what it refuses and what it lets pass, run by the command of `npm run check` on a small tree laid out like this one.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

interface Found {
  readonly modules: number;
  readonly violations: readonly { readonly rule: string; readonly way: readonly string[] }[];
}

const root = join(import.meta.dirname, '..');
const front = { '.': { '@tandem/source': './src/index.ts' } };
const all = ['contracts', 'taxonomy', 'indicators', 'persistence', 'event-log', 'demand', 'identity'];
const packages: Record<string, { exports?: object; dependencies?: string[]; devDependencies?: string[] }> = {
  'libs/contracts': { exports: front, dependencies: ['@tandem/persistence'] },
  'libs/taxonomy': { exports: front, dependencies: ['@tandem/indicators', '@tandem/contracts', 'csv-parse', 'typeorm'] },
  'libs/indicators': { exports: front },
  'libs/stable-matching': { exports: front },
  'libs/persistence': { exports: front, dependencies: ['@tandem/contracts', '@tandem/demand', 'typeorm'], devDependencies: ['@jest/globals', '@tandem/indicators', 'zod'] },
  'libs/event-log': { exports: { ...front, './conformance': { '@tandem/source': './src/conformance.ts' } }, dependencies: ['kafkajs'] },
  'libs/test-kit': { exports: front, dependencies: ['@tandem/persistence'] },
  'apps/demand': { exports: { '.': { '@tandem/source': './src/demand.module.ts' } }, dependencies: [...all.map((name) => `@tandem/${name}`), 'typeorm'], devDependencies: ['@tandem/test-kit'] },
  'apps/identity': { exports: { '.': { '@tandem/source': './src/identity.module.ts' } } },
  'apps/gateway': { exports: { '.': { '@tandem/source': './src/gateway.module.ts' } } },
  'apps/tandem': { dependencies: ['@tandem/demand', '@tandem/contracts'] },
  bench: { dependencies: ['@tandem/tandem'] },
};

// What a clean tree may do; every file here must pass.
const clean: Record<string, string[]> = {
  'libs/contracts/src/index.ts': ["export * from './principal.js';"],
  'libs/contracts/src/principal.ts': [],
  'libs/indicators/src/index.ts': [],
  'libs/stable-matching/src/index.ts': ["export * from './checker/verify.js';", "export * from './solver/solve.js';"],
  'libs/stable-matching/src/instance/market.ts': [],
  'libs/stable-matching/src/solver/solve.ts': ["import '../instance/market.js';"],
  'libs/stable-matching/src/checker/verify.ts': ["import '../instance/market.js';"],
  'libs/taxonomy/src/index.ts': ["import '@tandem/indicators';", "import 'csv-parse';", "import 'node:crypto';"],
  'libs/persistence/src/index.ts': ["export * from './table.js';"],
  'libs/persistence/src/table.ts': ["import '@tandem/contracts';", "import type { P } from './policy.js';"],
  // A cycle of types is none.
  'libs/persistence/src/policy.ts': ["import './table.js';", 'export type P = 1;'],
  'libs/persistence/src/table.db.test.ts': ["import '@jest/globals';", "import '@tandem/indicators';", "import './test-support.js';"],
  'libs/persistence/src/test-support.ts': ["import '@jest/globals';"],
  'libs/event-log/src/index.ts': ["import './kafka/kafka-log.js';"],
  'libs/event-log/src/kafka/kafka-log.ts': ["import 'kafkajs';"],
  'libs/event-log/src/conformance.ts': ["export * from './conformance/reader.js';"],
  'libs/event-log/src/conformance/reader.ts': [],
  'libs/test-kit/src/index.ts': ["import '@tandem/persistence';"],
  'apps/demand/src/demand.module.ts': ["import './positions/positions.module.js';"],
  'apps/demand/src/operator.ts': [],
  'apps/demand/src/projections/known-codes.ts': ["import '@tandem/persistence';"],
  'apps/demand/src/migrations/0001-demand.ts': ["import 'typeorm';"],
  'apps/demand/src/positions/positions.module.ts': ["import './positions.grpc.js';", "import './positions.events.js';"],
  'apps/demand/src/positions/position.ts': ["import '@tandem/contracts';", "import '@tandem/taxonomy';", "import '../operator.js';"],
  'apps/demand/src/positions/position.entity.ts': ["import './position.js';", "import 'typeorm';"],
  'apps/demand/src/positions/positions.service.ts': ["import './position.entity.js';", "import '../projections/known-codes.js';", "import '../operator.js';"],
  'apps/demand/src/positions/positions.grpc.ts': ["import './positions.service.js';"],
  'apps/demand/src/positions/positions.events.ts': ["import './position.entity.js';"],
  'apps/demand/src/positions/positions.db.test.ts': ["import '@tandem/test-kit';", "import '@tandem/event-log/conformance';", "import '../reviews/review.js';"],
  'apps/demand/src/reviews/review.ts': [],
  'apps/identity/src/identity.module.ts': [],
  'apps/gateway/src/gateway.module.ts': ["import './positions/positions.resolver.js';"],
  'apps/gateway/src/edge/nodes.ts': [],
  'apps/gateway/src/positions/positions.resolver.ts': ["import '../edge/nodes.js';", "import '../organisations/organisations.resolver.js';"],
  'apps/gateway/src/organisations/organisations.resolver.ts': [],
  'apps/gateway/src/organisations/names.ts': [],
  'apps/tandem/src/main.ts': ["import '@tandem/demand';", "import './launch/launch.js';"],
  'apps/tandem/src/launch/launch.ts': [],
};

// Rule, claim, the planted file, what it imports.
const planted: [rule: string, claim: string, file: string, ...lines: string[]][] = [
  ['no-cycles', 'two files that need each other', 'libs/persistence/src/one.ts', "import './two.js';"],
  ['resolvable', 'an import that cannot be followed', 'libs/persistence/src/lost.ts', "import './nowhere.js';"],
  ['declared', 'an npm package that package.json does not name', 'libs/contracts/src/orm.ts', "import 'typeorm';"],
  ['declared', 'a package of the workspace that package.json does not name', 'libs/indicators/src/undeclared.ts', "import '@tandem/taxonomy';"],
  ['declared', 'a test that does not declare what it uses', 'libs/taxonomy/src/rows.test.ts', "import '@jest/globals';"],
  ['declared', 'an npm package that only tests may use', 'libs/persistence/src/schema.ts', "import 'zod';"],
  ['declared', 'a package of the workspace that only tests may use', 'libs/persistence/src/figures.ts', "import '@tandem/indicators';"],
  ['no-app-to-app', 'a service that imports another', 'apps/demand/src/positions/x.service.ts', "import '@tandem/identity';"],
  ['no-app-to-app', 'rules that import another service', 'apps/demand/src/positions/x.ts', "import '@tandem/identity';"],
  ['no-lib-to-app', 'a lib that imports a service', 'libs/persistence/src/up.ts', "import '@tandem/demand';"],
  ['contracts-alone', 'contracts that import a lib', 'libs/contracts/src/table.ts', "import '@tandem/persistence';"],
  ['pure-libs', 'a pure lib that imports another kind of lib', 'libs/taxonomy/src/call.ts', "import type { Principal } from '@tandem/contracts';"],
  ['pure-libs', 'a pure lib that reads files', 'libs/taxonomy/src/files.ts', "import 'node:fs';"],
  ['pure-libs', 'a pure lib that imports a framework, though declared', 'libs/taxonomy/src/rows.ts', "import 'typeorm';"],
  ['checker-alone', 'a checker that asks the solver', 'libs/stable-matching/src/checker/again.ts', "import '../solver/solve.js';"],
  ['checker-alone', 'a reader that knows the solver, be it by type', 'libs/stable-matching/src/instance/levels.ts', "import type { Levels } from '../solver/solve.js';"],
  ['checker-alone', 'a solver that asks the checker', 'libs/stable-matching/src/solver/sure.ts', "import '../checker/verify.js';"],
  ['kafka-in-one-place', 'a file beside the adapter that speaks to Kafka, though declared', 'libs/event-log/src/topics.ts', "import type { Kafka } from 'kafkajs';"],
  ['pure-rules', 'rules that know their table, be it by type', 'apps/demand/src/positions/seats.ts', "import type { Row } from './position.entity.js';"],
  ['pure-rules', 'rules that import a framework', 'apps/demand/src/positions/orm.ts', "import 'typeorm';"],
  ['pure-rules', 'rules that read the clock of the system', 'apps/demand/src/positions/time.ts', "import 'node:perf_hooks';"],
  ['pure-rules', 'rules that read a projection', 'apps/demand/src/reviews/codes.ts', "import '../projections/known-codes.js';"],
  ['no-feature-to-feature', 'a service that uses another feature', 'apps/demand/src/reviews/reviews.service.ts', "import '../positions/position.js';"],
  ['no-feature-to-feature', 'rules that use another feature', 'apps/demand/src/reviews/reviewed.ts', "import '../positions/position.js';"],
  ['no-feature-to-feature', 'a resolver that uses a part of another feature', 'apps/gateway/src/positions/titles.resolver.ts', "import '../organisations/names.js';"],
  ['inward-only', 'an entity that knows a service', 'apps/demand/src/positions/seat.entity.ts', "import './positions.service.js';"],
  ['inward-only', 'a service that knows its edge', 'apps/demand/src/positions/seats.service.ts', "import type { Grpc } from './positions.grpc.js';"],
  ['inward-only', 'an edge that knows reactions', 'apps/demand/src/positions/seats.grpc.ts', "import './positions.events.js';"],
  ['inward-only', 'reactions that know the edge', 'apps/demand/src/positions/seats.events.ts', "import './positions.grpc.js';"],
  ['inward-only', 'a projection that knows a feature', 'apps/demand/src/projections/known-positions.ts', "import '../positions/position.entity.js';"],
  ['inward-only', 'a migration that knows an entity of today', 'apps/demand/src/migrations/0002-seats.ts', "import '../positions/position.entity.js';"],
  ['inward-only', 'a feature of the gateway that knows the root', 'apps/gateway/src/positions/root.ts', "import '../gateway.module.js';"],
  ['inward-only', "the gateway's edge that knows a feature", 'apps/gateway/src/edge/names.ts', "import '../organisations/names.js';"],
  ['front-door-only', "a relative path into another package's sources", 'apps/tandem/src/relative.ts', "import '../../../libs/contracts/src/index.js';"],
  ['front-door-only', 'a file of another package that is no door', 'apps/tandem/src/deep.ts', "import '../../../libs/contracts/src/principal.js';"],
  ['front-door-only', 'a file of a package without doors', 'bench/start.mjs', "import '@tandem/tandem/src/launch/launch.js';"],
  ['front-door-only', 'a barrel inside a package', 'libs/event-log/src/limits.ts', "export * from './limits/size.js';"],
  ['front-door-only', 'a barrel of types inside a package', 'libs/event-log/src/types.ts', "export type { Size } from './limits/size.js';"],
  ['no-test-kit-in-product', 'a product that uses the conformance suite', 'apps/demand/src/positions/suite.service.ts', "import '@tandem/event-log/conformance';"],
  ['no-test-kit-in-product', 'a product that uses the test kit', 'apps/demand/src/positions/kit.service.ts', "import '@tandem/test-kit';"],
  ['no-test-kit-in-product', 'a product that uses jest', 'libs/persistence/src/jest.ts', "import '@jest/globals';"],
  ['no-test-kit-in-product', 'a product that uses what tests lean on', 'libs/persistence/src/support.ts', "import './test-support.js';"],
  ['no-test-kit-in-product', 'a product that uses a test', 'libs/persistence/src/tested.ts', "import './table.db.test.js';"],
];
const beside: Record<string, string[]> = { 'libs/persistence/src/two.ts': ["import './one.js';"], 'libs/event-log/src/limits/size.ts': ['export type Size = 1;'] };
// Each way round has a shorter one through a type, which is what a cruiser that looks at one cycle per import would see.
const hidden = ['red', 'green', 'blue'];
for (const [i, name] of hidden.entries()) {
  const [next, last] = [hidden[(i + 1) % 3], hidden[(i + 2) % 3]];
  beside[`libs/event-log/src/${name}.ts`] = [`import type { T } from './${last}.js';`, `import './${next}.js';`, 'export type T = 1;'];
}

describe('import boundaries', () => {
  let tree: string;
  let found: Found;

  beforeAll(() => {
    tree = mkdtempSync(join(tmpdir(), 'tandem-boundaries-'));
    for (const [folder, { exports, dependencies = [], devDependencies = [] }] of Object.entries(packages)) {
      const name = `@tandem/${basename(folder)}`;
      write(`${folder}/package.json`, JSON.stringify({ name, type: 'module', exports, dependencies: versions(dependencies), devDependencies: versions(devDependencies) }));
      link(folder, name);
    }
    for (const name of ['typeorm', 'csv-parse', 'zod', 'kafkajs', '@jest/globals']) {
      write(`node_modules/${name}/package.json`, JSON.stringify({ name, main: 'index.js' }));
      write(`node_modules/${name}/index.js`, '');
    }
    for (const [file, lines] of [...Object.entries({ ...clean, ...beside }), ...planted.map(([, , file, ...lines]) => [file, lines] as const)]) write(file, lines.join('\n'));
    found = imports(tree);
  }, 60_000);

  afterAll(() => rmSync(tree, { recursive: true, force: true }));

  function write(file: string, text: string): void {
    mkdirSync(dirname(join(tree, file)), { recursive: true });
    writeFileSync(join(tree, file), text);
  }

  function link(folder: string, name: string): void {
    mkdirSync(join(tree, 'node_modules/@tandem'), { recursive: true });
    symlinkSync(join(tree, folder), join(tree, 'node_modules', name));
  }

  const rulesAt = (file: string): string[] => found.violations.filter(({ rule, way }) => way[0] === file || (rule === 'no-cycles' && way.includes(file))).map(({ rule }) => rule);

  it.each(planted)('%s refuses %s, and no other rule does', (rule, _claim, file) => {
    expect(rulesAt(file)).toEqual([rule]);
  });

  it('sees a cycle that a shorter way through a type would hide', () => {
    const cycles = found.violations.filter(({ way }) => way.includes('libs/event-log/src/red.ts'));
    expect(cycles).toEqual([{ rule: 'no-cycles', way: expect.arrayContaining(hidden.map((name) => `libs/event-log/src/${name}.ts`)) }]);
  });

  it.each(Object.keys(clean))('lets %s pass', (file) => {
    expect(found.violations.filter(({ way }) => way[0] === file)).toEqual([]);
  });

  it('has a planted violation for each rule', () => {
    const rules = execFileSync(process.execPath, ['-p', `JSON.stringify(require('./.dependency-cruiser.cjs').forbidden.map(({ name }) => name))`], { cwd: root, encoding: 'utf8' });
    expect(new Set(planted.map(([rule]) => rule))).toEqual(new Set(JSON.parse(rules) as string[]));
  });

  it('finds nothing in this repository', () => {
    const here = imports(root);
    expect(here.modules).toBeGreaterThan(200);
    expect(here.violations.map(({ rule, way }) => `${rule}: ${way.join(' -> ')}`)).toEqual([]);
  }, 60_000);
});

function imports(cwd: string): Found {
  const { stdout, stderr } = spawnSync(process.execPath, [join(root, 'scripts/imports.mjs'), '--json'], { cwd, encoding: 'utf8' });
  if (stderr) throw new Error(stderr);
  return JSON.parse(stdout) as Found;
}

function versions(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, '*']));
}
