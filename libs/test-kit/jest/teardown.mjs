// Ends what setup.mjs started and waits for it; a server that was given from outside is left alone.
import { once } from 'node:events';

export default async function teardown() {
  const watchdog = globalThis.__tandemTestPostgres;
  if (!watchdog) return;
  globalThis.__tandemTestPostgres = undefined;
  delete process.env.TANDEM_TEST_PG;
  watchdog.ref();
  const gone = once(watchdog, 'exit');
  watchdog.stdin.end();
  await gone;
}
