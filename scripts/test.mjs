// The whole test command: check, then every jest project; the last line counts. No test at all is a failure.
//   --distributed   only what needs Kafka: in containers, or on the broker that TANDEM_TEST_KAFKA names
//   --kafka-local   what needs Kafka as well, on a broker that deploy/kafka-local.mjs starts for it (CI)
//   --faults        only the fault runs, five rounds each (--rounds n), of the embedded and of the distributed profile
//   --deep          with --faults: 40 rounds, ten minutes without a broker, cuts in one direction, lost data, the whole story through restarts
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const isFaults = process.argv.includes('--faults');
const isDistributed = process.argv.includes('--distributed');
const isDeep = isFaults && process.argv.includes('--deep');
const rounds = process.argv.includes('--rounds') ? (process.argv[process.argv.indexOf('--rounds') + 1] ?? '5') : isDeep ? '40' : '5';
const withKafka = process.argv.includes('--kafka-local');
const projects = isDistributed ? ['distributed'] : isFaults ? ['e2e'] : ['unit', 'db', 'e2e'];

const started = performance.now();
const minutes = () => ((performance.now() - started) / 60_000).toFixed(1);
let passed = 0;
let failed = 0;
let skipped = 0;

if (isDeep && process.env.TANDEM_TEST_NETWORK !== 'own') inOwnNetwork();
if (!isFaults && !isDistributed) run('check', [join(root, 'scripts/check.mjs'), '--static'], {});
// Unit and database tests share the cores; end-to-end and fault tests have them to themselves, because they measure order and time out.
for (const project of projects) jest(project);
if (withKafka || isFaults) onKafkaLocal(() => jest('distributed'));
if (skipped > 0 && process.env.CI && hasRealData()) {
  console.error(`${skipped} tests were skipped although what they need is here`);
  failed += 1;
}
console.log(`${minutes()} minutes in all`);
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);

function onKafkaLocal(work) {
  const kafka = (...args) => spawnSync(process.execPath, [join(root, 'deploy/kafka-local.mjs'), ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, KAFKA_LOCAL_DIR: folder, KAFKA_LOCAL_PORT: '0' } });
  const folder = mkdtempSync(join(tmpdir(), 'tandem-kafka-'));
  try {
    const { status, stdout } = kafka('up');
    if (status === 0) process.env.TANDEM_TEST_KAFKA = stdout.trim();
    // Without a broker the setup of the distributed tests fails, and so does this run.
    work();
  } finally {
    kafka('down', '--wipe');
    delete process.env.TANDEM_TEST_KAFKA;
  }
}

/** Runs this command again in a network namespace of its own, whose firewall the one-way cuts change; where that is not allowed they are skipped with a word. */
function inOwnNetwork() {
  const probe = spawnSync('unshare', ['--net', 'sh', '-c', 'ip link set lo up && iptables -L INPUT -n'], { stdio: 'ignore' });
  if (probe.status !== 0) return console.error('no network namespace here (root, unshare, ip and iptables are needed): one-way cuts are skipped');
  // What a broker needs is fetched where there still is a network.
  onKafkaLocal(() => undefined);
  const { status } = spawnSync('unshare', ['--net', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh', process.execPath, ...process.argv.slice(1)], { stdio: 'inherit', env: { ...process.env, TANDEM_TEST_NETWORK: 'own' } });
  process.exit(status ?? 1);
}

/** The real code lists, which some tests want at true size and the repository does not hold. */
function hasRealData() {
  return existsSync(process.env.TANDEM_TEST_DATA ?? join(root, '../shared/data'));
}

function run(name, args, env) {
  const before = performance.now();
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
  console.log(`${name}: ${((performance.now() - before) / 60_000).toFixed(1)} minutes`);
  if (status === 0) passed += 1;
  else failed += 1;
}

function jest(project) {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-test-'));
  const report = join(folder, 'report.json');
  const before = performance.now();
  const single = project === 'e2e' || project === 'distributed';
  spawnSync(
    process.execPath,
    ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', '--selectProjects', project, '--json', `--outputFile=${report}`, ...(single ? ['--runInBand'] : ['--maxWorkers=2']), ...(isFaults ? ['--testPathPatterns', isDeep ? 'faults|story.kafka' : 'faults'] : [])],
    { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, ...(isFaults && { TANDEM_TEST_FAULT_ROUNDS: rounds }), ...(isDeep && { TANDEM_TEST_DEEP: 'on' }) } },
  );
  count(report, project);
  rmSync(folder, { recursive: true, force: true });
  console.log(`${project}: ${((performance.now() - before) / 60_000).toFixed(1)} minutes`);
}

function count(report, project) {
  try {
    const result = JSON.parse(readFileSync(report, 'utf8'));
    passed += result.numPassedTests;
    // A suite that could not even be loaded has no failed test of its own.
    failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
    skipped += result.numPendingTests;
    if (result.numTotalTests === 0) failed += 1;
  } catch {
    console.error(`${project}: jest left no report`);
    failed += 1;
  }
}
