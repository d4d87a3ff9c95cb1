// The test run's PostgreSQL, in a process of its own: jest loads its setup file in a way that cannot read TypeScript sources.
// It lives as long as the channel to jest, and its server as long as it does, so nothing stays after kill -9 of either.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { startPostgres } from '@tandem/embedded-postgres';

const folder = process.argv[2];
let server;

async function leave() {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
  process.exit();
}

process.on('disconnect', () => void leave());
// Ctrl-C reaches the whole group: jest ends, and with it the channel.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
try {
  // Some tests hold a transaction open for longer than a service may. A clone writes its size into the log: with room there, fewer checkpoints.
  const settings = { max_connections: 300, idle_in_transaction_session_timeout: 0, max_wal_size: '2GB' };
  server = await startPostgres({ dataDir: join(folder, 'database'), settings });
  const { host, port, superuser: user, password } = server;
  if (process.connected) process.send({ host, port, user, password });
  else await leave();
} catch (error) {
  process.send({ error: error instanceof Error ? error.message : String(error) });
  await leave();
}
