// Ports of the loopback address.
import { createServer } from 'node:net';

export const HOST = '127.0.0.1';

/** Free now; whoever binds it must be ready to lose it to another process and ask again. */
export async function findFreePort(): Promise<number> {
  const port = await bind(0);
  if (port === null) throw new Error('the system has no free port');
  return port;
}

export async function isPortTaken(port: number): Promise<boolean> {
  return (await bind(port)) === null;
}

function bind(port: number): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(null) : reject(error)));
    probe.listen(port, HOST, () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : null));
    });
  });
}
