// Ends what setup.mjs started and waits for it; a server that was given from outside is left alone.
import { once } from 'node:events';

export default async function teardown() {
  const server = globalThis.__tandemTestPostgres;
  if (!server) return;
  globalThis.__tandemTestPostgres = undefined;
  delete process.env.TANDEM_TEST_PG;
  server.ref();
  const gone = once(server, 'exit');
  server.disconnect();
  await gone;
}
