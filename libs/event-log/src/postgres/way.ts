// For tests: a way to the server that can be cut, as a restart cuts it: open connections end, new ones are refused.
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface Way {
  readonly port: number;
  cut(): Promise<void>;
  mend(): Promise<void>;
}

export async function wayTo(host: string, serverPort: number): Promise<Way> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const onward = connect(serverPort, host);
    for (const [one, other] of [[socket, onward], [onward, socket]] as const) {
      sockets.add(one);
      one.pipe(other);
      one.on('error', () => undefined).on('close', () => (sockets.delete(one), other.destroy()));
    }
  });
  const listen = async (port: number): Promise<void> => void (await once(server.listen(port, '127.0.0.1'), 'listening'));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    async cut() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    mend: () => listen(port),
  };
}
