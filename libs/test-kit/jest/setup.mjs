// Starts one real PostgreSQL for the whole jest run, however many projects name this file, and leaves its address in TANDEM_TEST_PG.
// A server named there from outside is used as it is.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export default async function setup() {
  if (process.env.TANDEM_TEST_PG) return;
  const folder = mkdtempSync(join(tmpdir(), 'tandem-test-pg-'));
  chmodSync(folder, 0o755);
  const args = ['--no-warnings', '--conditions=@tandem/source', '--import', '@swc-node/register/esm-register', join(import.meta.dirname, 'server.mjs'), folder];
  const server = spawn(process.execPath, args, {
    cwd: join(import.meta.dirname, '../../..'),
    env: { ...process.env, NODE_OPTIONS: '', SWC_NODE_PROJECT: 'tsconfig.base.json' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [answer] = await Promise.race([once(server, 'message'), once(server, 'exit').then(([code]) => [{ error: `it ended with ${code}` }])]);
  if (answer.error) throw new Error(`The PostgreSQL of the tests did not start: ${answer.error}`);
  process.env.TANDEM_TEST_PG = JSON.stringify(answer);
  globalThis.__tandemTestPostgres = server;
  server.unref();
  server.channel.unref();
}
