// Which way imports point. Each rule has a planted violation in scripts/boundaries.test.ts: a boundary check that does not run looks exactly like one that passes.
// Read from the folder it is run in, so that the test can run it on a small tree of its own.
const { existsSync, readdirSync, readFileSync } = require('node:fs');
const path = require('node:path');

const at = (...names) => path.join(process.cwd(), ...names);
const packages = ['libs', 'apps']
  .flatMap((kind) => (existsSync(at(kind)) ? readdirSync(at(kind)).map((name) => `${kind}/${name}`) : []))
  .concat('bench')
  .filter((folder) => existsSync(at(folder, 'package.json')))
  .map((folder) => ({ folder, ...JSON.parse(readFileSync(at(folder, 'package.json'), 'utf8')) }));

const WORKSPACE = '^(libs|apps|bench)/';
/** What only tests use: the test kit, the conformance suite that every event log adapter runs, and a package's own support files. */
const TEST_KIT = ['^libs/test-kit/', '^libs/event-log/src/conformance(/|[.]ts$)', '(^|/|[.])test-support[.]ts$', '^libs/embedded-postgres/src/another-tandem[.]ts$'];
const TESTS = ['[.]test[.]tsx?$', ...TEST_KIT];
/** A file whose imports are held to a product's measure. */
const PRODUCT = { path: '^(libs|apps)/', pathNot: TESTS };

const PURE_LIBS = '^libs/(taxonomy|stable-matching|internship-rules|indicators)/';
/** Well-kept parsers that a pure lib may use when it declares them: no framework, no driver. */
const PARSERS = '^node_modules/(csv-parse|uuid)/';

const SERVICE = '^apps/(?!gateway/|tandem/|console/)([^/]+)/src/';
/** Rules: a service's file without suffix, in a feature or at the root (`positions/position.ts`, `operator.ts`). */
const RULES = `${SERVICE}(?!projections/|ledger/|migrations/)[^.]+[.]ts$`;
const OWN_RULES = '^apps/$1/src/(?!projections/|ledger/|migrations/)[^.]+[.]ts$';

/** A service's layers from the outside in; each may import itself, what is further in, and what is named beside it. */
const layers = [
  { layer: `${SERVICE}[^/]+/[^/]+[.]entity[.]ts$`, mayImport: '[.]entity[.]ts$' },
  { layer: `${SERVICE}[^/]+/[^/]+[.]service[.]ts$`, mayImport: '/(projections|ledger)/|[.](entity|service)[.]ts$' },
  { layer: `${SERVICE}[^/]+/[^/]+[.](grpc|events)[.]ts$`, mayImport: '/(projections|ledger)/|[.](entity|service)[.]ts$' },
  { layer: `${SERVICE}ledger/`, mayImport: '/(projections|ledger)/' },
  { layer: `${SERVICE}projections/`, mayImport: '/projections/' },
  // Triggers of the cells are made from the indicators' definitions, not written out a second time.
  { layer: `${SERVICE}migrations/`, mayImport: '/migrations/|/indicators/cube[.]ts$' },
];

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one file, or three. Imports of types alone do not count: they are gone when the code runs.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      comment: 'An import that cannot be followed is one that no other rule sees.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'declared',
      comment: "A package that the importing package's own package.json does not name; it resolves only by the luck of hoisting.",
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'declared',
      comment: 'What runs in production is declared in `dependencies`.',
      severity: 'error',
      from: PRODUCT,
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm', 'type-only'], pathNot: '^node_modules/(@jest|jest[^/]*)/' },
    },
    // `@tandem/x` resolves through node_modules whether or not it is declared, so what is declared is read from each package.json.
    ...packages.map(({ folder, dependencies, devDependencies }) => ({
      name: 'declared',
      comment: "A package of this workspace that the importing package's own package.json does not name.",
      severity: 'error',
      from: { path: `^${folder}/` },
      to: { path: WORKSPACE, pathNot: [`^${folder}/`, ...foldersOf({ ...dependencies, ...devDependencies })] },
    })),
    ...packages.map(({ folder, devDependencies }) => ({
      name: 'declared',
      comment: 'What runs in production is declared in `dependencies`.',
      severity: 'error',
      from: { path: `^${folder}/`, pathNot: TESTS },
      to: { path: ['$^', ...foldersOf(devDependencies)], pathNot: TEST_KIT },
    })),
    {
      name: 'no-app-to-app',
      comment: 'Services meet only through contracts, calls and events. apps/tandem is the composition root.',
      severity: 'error',
      from: { path: '^apps/(?!tandem/)([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'no-lib-to-app',
      comment: 'Dependencies point from apps to libs.',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^(apps|bench)/' },
    },
    {
      name: 'contracts-alone',
      comment: 'Everything imports contracts; what contracts imported, everything would.',
      severity: 'error',
      from: { path: '^libs/contracts/' },
      to: { path: '^libs/', pathNot: '^libs/contracts/' },
    },
    {
      name: 'pure-libs',
      comment: 'Pure libs compute: pure libs, node:crypto and the parsers they declare, nothing else.',
      severity: 'error',
      from: { path: PURE_LIBS, pathNot: TESTS },
      to: { pathNot: [PURE_LIBS, PARSERS, '^(node:)?crypto$', '^apps/'], dependencyTypesNot: ['unknown'] },
    },
    {
      name: 'checker-alone',
      comment: 'What checks a matching shares only the reader of instances with what makes one; the reader knows neither.',
      severity: 'error',
      from: { path: '^libs/stable-matching/src/(checker|instance)/', pathNot: TESTS },
      to: { path: '^libs/stable-matching/src/', pathNot: '^libs/stable-matching/src/($1|instance)/' },
    },
    {
      name: 'checker-alone',
      comment: 'No solver leans on the checker: a mistake of both would go unseen.',
      severity: 'error',
      from: { path: '^libs/stable-matching/src/(?!index[.]ts$|checker/)', pathNot: TESTS },
      to: { path: '^libs/stable-matching/src/checker/' },
    },
    {
      name: 'kafka-in-one-place',
      comment: 'Whoever speaks to Kafka must know how kafkajs loses messages: one folder does, everybody else speaks to the port.',
      severity: 'error',
      from: { pathNot: '^libs/event-log/src/kafka/' },
      to: { path: '^node_modules/kafkajs/' },
    },
    {
      name: 'pure-rules',
      comment: 'A service file without suffix holds rules: no I/O, no clock, no framework. It imports contracts, pure libs and other such files.',
      severity: 'error',
      from: { path: RULES, pathNot: TESTS },
      to: { pathNot: [OWN_RULES, '^(node:)?crypto$', '^libs/contracts/', PURE_LIBS, `^apps/(?!$1/)`], dependencyTypesNot: ['unknown'] },
    },
    {
      name: 'no-feature-to-feature',
      comment: 'Two aggregates that change together live in one folder; all others meet through events. What a feature needs of another service it reads from projections/; what features of one service take from each other, with a constraint that speaks, they take from ledger/.',
      severity: 'error',
      from: { path: `${SERVICE}(?!projections/|migrations/)([^/]+)/`, pathNot: TESTS },
      to: { path: '^apps/$1/src/[^/]+/', pathNot: '^apps/$1/src/($2|projections|ledger|migrations)/' },
    },
    {
      name: 'no-feature-to-feature',
      comment: "In the gateway a type's fields lead to other types, so a resolver may use another feature's resolver (its loaders), and nothing else of it.",
      severity: 'error',
      from: { path: '^apps/(gateway)/src/(?!edge/)([^/]+)/', pathNot: TESTS },
      to: { path: '^apps/gateway/src/[^/]+/', pathNot: ['^apps/gateway/src/($2|edge)/', '[.]resolver[.]ts$'] },
    },
    ...layers.map(({ layer, mayImport }) => ({
      name: 'inward-only',
      comment: 'grpc and events import services, services entities, entities rules; never back. Projections and migrations import nothing of the features.',
      severity: 'error',
      from: { path: layer, pathNot: TESTS },
      to: { path: '^apps/$1/', pathNot: [mayImport, ...(/projections|ledger\/|migrations/.test(layer) ? [] : [OWN_RULES])] },
    })),
    {
      name: 'inward-only',
      comment: "An app's root puts its features together; no feature knows the root, but for rules that it shares.",
      severity: 'error',
      from: { path: '^apps/([^/]+)/src/[^/]+/', pathNot: [...TESTS, '^apps/tandem/', RULES, ...layers.map(({ layer }) => layer)] },
      to: { path: '^apps/$1/src/[^/]+$', pathNot: RULES },
    },
    {
      name: 'inward-only',
      comment: "The gateway's edge serves every feature and knows none.",
      severity: 'error',
      from: { path: '^apps/gateway/src/edge/', pathNot: TESTS },
      to: { path: '^apps/gateway/src/[^/]+/', pathNot: '^apps/gateway/src/edge/' },
    },
    ...packages.map(({ folder, exports }) => ({
      name: 'front-door-only',
      comment: 'A package is imported by its name, through what its package.json exports.',
      severity: 'error',
      from: { pathNot: `^${folder}/` },
      to: { path: `^${folder}/`, pathNot: doors(folder, exports) },
    })),
    {
      name: 'front-door-only',
      comment: "A relative path into another package's sources passes by its front door.",
      severity: 'error',
      from: { path: '^((?:libs|apps)/[^/]+|bench|scripts)/' },
      to: { path: WORKSPACE, pathNot: '^$1/', dependencyTypes: ['local'] },
    },
    {
      name: 'front-door-only',
      comment: 'Only a front door re-exports: a barrel inside a package hides who needs what.',
      severity: 'error',
      from: { path: WORKSPACE, pathNot: [...packages.flatMap(({ folder, exports }) => doors(folder, exports)), '/generated/'] },
      to: { dependencyTypes: ['export'] },
    },
    {
      name: 'no-test-kit-in-product',
      comment: 'Tests and what they lean on stay out of what runs.',
      severity: 'error',
      from: PRODUCT,
      to: { path: [...TESTS, '^node_modules/(@jest|jest[^/]*)/'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|[.]nx)/' },
    // Sees imports of types too: rules may not lean on a framework's types either.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['@tandem/source', 'import', 'node', 'default', 'types'] },
  },
};

/** The source files that a package's `exports` name; a pattern that matches nothing when there are none, because an empty list would match everything. */
function doors(folder, exports = {}) {
  return ['$^', ...Object.values(exports).map((door) => `^${folder}/${door['@tandem/source'].replace(/^[.][/]/, '').replaceAll('.', '[.]')}$`)];
}

function foldersOf(declared = {}) {
  return packages.filter(({ name }) => name in declared).map(({ folder }) => `^${folder}/`);
}
