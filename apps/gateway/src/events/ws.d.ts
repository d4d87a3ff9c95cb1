// What is used of `ws`, which brings no types.
declare module 'ws' {
  import type { IncomingMessage } from 'node:http';
  import type { Duplex } from 'node:stream';

  export default class WebSocket {
    close(code: number, reason: string): void;
    terminate(): void;
  }
  export class WebSocketServer {
    constructor(options: { readonly noServer: true; readonly maxPayload: number });
    readonly clients: ReadonlySet<WebSocket>;
    handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, done: (client: WebSocket) => void): void;
    emit(event: 'connection', client: WebSocket, request: IncomingMessage): boolean;
  }
}
