// Projects by suffix: `.test.ts` no I/O, `.db.test.ts` a real PostgreSQL, `.e2e.test.ts` running processes, `.kafka.test.ts` a real Kafka;
// `deep-*.kafka.test.ts` only where somebody has the time (TANDEM_TEST_DEEP=on).
const shared = {
  rootDir: import.meta.dirname,
  roots: ['<rootDir>/libs', '<rootDir>/apps', '<rootDir>/scripts'],
  modulePathIgnorePatterns: ['/dist/'],
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  transform: { '^.+\\.tsx?$': '@swc/jest' },
  testEnvironmentOptions: { customExportConditions: ['@tandem/source', 'node', 'node-addons'] },
  resolver: '<rootDir>/jest.resolver.cjs',
};
const database = { globalSetup: '<rootDir>/libs/test-kit/jest/setup.mjs', globalTeardown: '<rootDir>/libs/test-kit/jest/teardown.mjs' };
const distributed = { globalSetup: '<rootDir>/libs/test-kit/jest/distributed-setup.mjs', globalTeardown: '<rootDir>/libs/test-kit/jest/distributed-teardown.mjs' };

export default {
  // What waits has deadlines of its own; this one only ends what hangs, on a machine that is busy with other things.
  testTimeout: 60_000,
  projects: [
    { ...shared, displayName: 'unit', testMatch: ['**/*.test.{ts,tsx}'], testPathIgnorePatterns: ['/node_modules/', '\\.(db|e2e|kafka)\\.test\\.'] },
    { ...shared, ...database, displayName: 'db', testMatch: ['**/*.db.test.ts'] },
    { ...shared, ...database, displayName: 'e2e', testMatch: ['**/*.e2e.test.ts'] },
    { ...shared, ...distributed, displayName: 'distributed', testMatch: ['**/*.kafka.test.ts'], testPathIgnorePatterns: ['/node_modules/', ...(process.env.TANDEM_TEST_DEEP === 'on' ? [] : ['/deep-'])] },
  ],
};
