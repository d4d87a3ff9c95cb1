// Connections on which nothing is answered any more. kafkajs lets a request time out and sends the next one over the same connection: where packets
// were dropped, TCP tries again at ever longer intervals, and a broker that can be reached again is not heard for half a minute.
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ISocketFactory } from 'kafkajs';

const KEEP_ALIVE_MS = 60_000;

export class Sockets {
  /** By the broker, host:port. */
  readonly #open = new Map<string, Set<Socket>>();

  readonly factory: ISocketFactory = ({ host, port, ssl, onConnect }) => {
    const socket = ssl ? connectTls({ host, port, ...(isIP(host) === 0 && { servername: host }), ...ssl }, onConnect) : connect({ host, port }, onConnect);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    const broker = `${host}:${port}`;
    const sockets = this.#open.get(broker) ?? new Set();
    this.#open.set(broker, sockets.add(socket));
    socket.once('close', () => sockets.delete(socket));
    return socket;
  };

  /** A request to the broker had no answer in time: what is sent to it next goes over new connections. */
  drop(broker: string): void {
    for (const socket of this.#open.get(broker) ?? []) socket.destroy(new Error(`no answer from ${broker} in time`));
  }
}
