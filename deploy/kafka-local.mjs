#!/usr/bin/env node
// A real Apache Kafka (KRaft) on loopback without Docker, for tests, benches and trying things out. The jars come from Maven Central, once.
//   up [--nodes 1|3]   start what does not run, wait until it serves, print the brokers' addresses
//   kill <n>           kill -9 node n: a crash
//   start <n>          start node n again on its data, wait until it serves
//   status             a line for each node; exit 1 unless all run
//   down [--wipe]      stop all; --wipe removes their data
// Settings: KAFKA_LOCAL_DIR (data, logs), KAFKA_LOCAL_PORT (of the first node; 0 takes free ones), KAFKA_LOCAL_HEAP (of each node, e.g. 384m).
// Needs Java 17 and, for the first start, Maven; on Debian and Ubuntu it installs them when it may.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';

const VERSION = '4.4.0';
const LOG4J = '2.25.5';
const CLUSTER = 'VGFuZGVtLUthZmthLUxvYw';
const folder = process.env.KAFKA_LOCAL_DIR ?? join(tmpdir(), 'tandem-kafka-local');
const firstPort = Number(process.env.KAFKA_LOCAL_PORT ?? 39292);
const heap = process.env.KAFKA_LOCAL_HEAP ?? '384m';
const jars = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'tandem', `kafka-${VERSION}`);
const READY_MS = 90_000;

const [command = 'up', ...args] = process.argv.slice(2);
const commands = { up, kill: (n) => kill(nodeOf(n)), start: (n) => launch(nodeOf(n)), status, down };
if (!Object.hasOwn(commands, command)) fail(`usage: kafka-local.mjs ${Object.keys(commands).join(' | ')}`);
await commands[command](...args);

async function up(option, count = '1') {
  const nodes = Number(option === '--nodes' ? count : 1);
  if (nodes !== 1 && nodes !== 3) fail('--nodes 1 or 3');
  const known = cluster();
  if (known && known.nodes !== nodes) fail(`${folder} holds a cluster of ${known.nodes}: down --wipe first`);
  need('java', 'openjdk-17-jre-headless');
  fetchJars();
  mkdirSync(folder, { recursive: true });
  if (!known) writeFileSync(join(folder, 'cluster.json'), JSON.stringify({ nodes, firstPort: firstPort || (await freePorts()) }));
  await Promise.all(all().map(launch));
  console.log(all().map((n) => `127.0.0.1:${portOf(n)}`).join(','));
}

async function launch(n) {
  if (pidOf(n) !== null) return;
  const at = join(folder, String(n));
  if (!existsSync(join(at, 'data', 'meta.properties'))) format(n, at);
  for (const port of [portOf(n), portOf(n) + 50]) if (await isTaken(port)) fail(`port ${port} is taken by another process: set KAFKA_LOCAL_PORT`);
  const log = join(at, 'server.log');
  if (existsSync(log)) renameSync(log, `${log}.before`);
  const out = openSync(log, 'w');
  const java = ['-Xms128m', `-Xmx${heap}`, '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:+ExitOnOutOfMemoryError', `-Dlog4j2.configurationFile=${join(at, 'log4j2.xml')}`, `-Dtandem.node=${at}`];
  const child = spawn('java', [...java, '-cp', join(jars, '*'), 'kafka.Kafka', join(at, 'server.properties')], { detached: true, stdio: ['ignore', out, out] });
  child.unref();
  writeFileSync(join(at, 'pid'), String(child.pid));
  for (const until = Date.now() + READY_MS; Date.now() < until; await after(100)) {
    if (/Kafka Server started/.test(readFileSync(log, 'utf8'))) return;
    if (pidOf(n) === null) break;
  }
  fail(`node ${n} does not serve:\n${readFileSync(log, 'utf8').split('\n').slice(-20).join('\n')}`);
}

function isTaken(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => (socket.destroy(), resolve(true)));
    socket.on('error', () => resolve(false));
  });
}

/** The first of a block that nobody is likely to want soon: each node takes a port, and one 50 above it. */
async function freePorts() {
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 12_000);
    const wanted = [0, 1, 2, 50, 51, 52].map((n) => first + n);
    if ((await Promise.all(wanted.map(isTaken))).every((taken) => !taken)) return first;
  }
}

/** Small and quick; durable as far as a kill -9 goes. With three nodes two must have what is acknowledged. */
function format(n, at) {
  mkdirSync(at, { recursive: true });
  const copies = all().length;
  const settings = {
    'process.roles': 'broker,controller',
    'node.id': n,
    listeners: `PLAINTEXT://127.0.0.1:${portOf(n)},CONTROLLER://127.0.0.1:${portOf(n) + 50}`,
    'controller.listener.names': 'CONTROLLER',
    'controller.quorum.voters': all().map((one) => `${one}@127.0.0.1:${portOf(one) + 50}`).join(','),
    'log.dirs': join(at, 'data'),
    'auto.create.topics.enable': false,
    'default.replication.factor': copies,
    'min.insync.replicas': copies === 3 ? 2 : 1,
    'offsets.topic.num.partitions': 4,
    'offsets.topic.replication.factor': copies,
    'transaction.state.log.num.partitions': 4,
    'transaction.state.log.replication.factor': copies,
    'transaction.state.log.min.isr': copies === 3 ? 2 : 1,
    'group.initial.rebalance.delay.ms': 0,
    // A node that comes back is refused until its old session has ended.
    'broker.session.timeout.ms': 3_000,
    'broker.heartbeat.interval.ms': 500,
    'log.cleaner.dedupe.buffer.size': 2_097_152,
    'log.segment.bytes': 67_108_864,
  };
  writeFileSync(join(at, 'server.properties'), Object.entries(settings).map(([name, value]) => `${name}=${value}\n`).join(''));
  writeFileSync(join(at, 'log4j2.xml'), '<Configuration><Appenders><Console name="out"><PatternLayout pattern="[%d] %p %m (%c)%n"/></Console></Appenders><Loggers><Root level="INFO"><AppenderRef ref="out"/></Root></Loggers></Configuration>');
  execFileSync('java', ['-Xmx128m', '-cp', join(jars, '*'), 'kafka.tools.StorageTool', 'format', '-t', CLUSTER, '-c', join(at, 'server.properties')], { stdio: ['ignore', 'ignore', 'pipe'] });
}

async function kill(n, signal = 'SIGKILL') {
  const pid = pidOf(n);
  if (pid === null) return;
  process.kill(pid, signal);
  for (const until = Date.now() + 20_000; pidOf(n) !== null; await after(20)) if (Date.now() > until) process.kill(pid, 'SIGKILL');
}

function status() {
  for (const n of all()) console.log(`node ${n}, 127.0.0.1:${portOf(n)}: ${pidOf(n) === null ? 'stopped' : `pid ${pidOf(n)}`}`);
  if (all().length === 0 || all().some((n) => pidOf(n) === null)) process.exitCode = 1;
}

async function down(option) {
  await Promise.all(all().map((n) => kill(n, 'SIGTERM')));
  if (option === '--wipe') rmSync(folder, { recursive: true, force: true });
}

/** Whole or not at all: moved into place when complete. */
function fetchJars() {
  if (existsSync(jars)) return;
  need('mvn', 'maven');
  const project = mkdtempSync(join(tmpdir(), 'kafka-jars-'));
  const dependency = (group, artifact, version, rest = '') => `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version>${rest}</dependency>`;
  // Kafka Connect's web server is not needed to run a broker.
  const withoutConnect = '<exclusions><exclusion><groupId>org.apache.kafka</groupId><artifactId>connect-runtime</artifactId></exclusion></exclusions>';
  const dependencies = [dependency('org.apache.kafka', 'kafka_2.13', VERSION), dependency('org.apache.kafka', 'kafka-tools', VERSION, withoutConnect), dependency('org.apache.logging.log4j', 'log4j-slf4j-impl', LOG4J)];
  writeFileSync(join(project, 'pom.xml'), `<project><modelVersion>4.0.0</modelVersion><groupId>tandem</groupId><artifactId>kafka-local</artifactId><version>1</version><dependencies>${dependencies.join('')}</dependencies></project>`);
  console.error(`fetching Kafka ${VERSION}`);
  try {
    execFileSync('mvn', ['-q', '-B', 'dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${join(project, 'jars')}`], { cwd: project, stdio: ['ignore', 'pipe', 'inherit'] });
    mkdirSync(join(jars, '..'), { recursive: true });
    if (!existsSync(jars)) execFileSync('cp', ['-r', join(project, 'jars'), jars]);
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}

function need(program, debian) {
  const isThere = () => {
    try {
      execFileSync('which', [program], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  };
  if (isThere()) return;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.error(`installing ${debian}`);
    execFileSync('apt-get', ['update', '-q'], { stdio: 'ignore' });
    execFileSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', debian], { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  }
  if (!isThere()) fail(`${program} is needed: install ${debian} or its like`);
}

function cluster() {
  const file = join(folder, 'cluster.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}

function all() {
  return Array.from({ length: cluster()?.nodes ?? 0 }, (_, n) => n + 1);
}

function nodeOf(text) {
  if (!all().includes(Number(text))) fail(`which node? ${all().join(', ') || 'none: run up first'}`);
  return Number(text);
}

function portOf(n) {
  return cluster().firstPort + n - 1;
}

/** Of a process that is really this node: its command line names the node's folder. */
function pidOf(n) {
  const at = join(folder, String(n));
  try {
    const pid = Number(readFileSync(join(at, 'pid'), 'utf8'));
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(`-Dtandem.node=${at}`) ? pid : null;
  } catch {
    return null;
  }
}

function fail(words) {
  console.error(`kafka-local: ${words}`);
  process.exit(1);
}
