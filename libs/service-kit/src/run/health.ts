// How a service that runs alone says how it is: over HTTP for the orchestrator and the monitoring, over gRPC for whoever calls it.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client, credentials, status, type Server, type ServiceDefinition, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { service as health } from 'grpc-health-check';
import type { Registry } from 'prom-client';

export type Readiness = Readonly<Record<string, boolean>>;

export function isReady(readiness: Readiness): boolean {
  const parts = Object.values(readiness);
  return parts.length > 0 && parts.every(Boolean);
}

export interface HealthSettings {
  readonly host: string;
  readonly port: number;
  readonly readiness: () => Promise<Readiness>;
  readonly registry: Registry;
}
export interface RunningHealth {
  readonly url: string;
  /** Answers 503 on /readyz from now on. */
  drain(): void;
  stop(): Promise<void>;
}

/** /healthz: the process answers; /readyz: it can serve; /metrics. */
export async function serveHealth({ host, port, readiness, registry }: HealthSettings): Promise<RunningHealth> {
  const state = { draining: false };
  const answers: Readonly<Record<string, () => Promise<readonly [status: number, body: string]>>> = {
    '/healthz': async () => [200, JSON.stringify({ alive: true })],
    '/readyz': async () => {
      const parts = await readiness().catch(() => ({}));
      const ready = !state.draining && isReady(parts);
      return [ready ? 200 : 503, JSON.stringify({ ready, ...(state.draining && { draining: true }), ...parts })];
    },
    '/metrics': async () => [200, await registry.metrics()],
  };
  const server = createServer((request, response) => {
    const [path = ''] = (request.url ?? '').split('?');
    const answer = answers[path];
    if (!answer) return void response.writeHead(404).end();
    void answer().then(
      ([status, body]) => response.writeHead(status, { 'content-type': path === '/metrics' ? registry.contentType : 'application/json' }).end(body),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    drain: () => {
      state.draining = true;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type Answer = (error: { readonly code: status } | null, answer?: { readonly status: string }) => void;

/** The standard health service (grpc.health.v1) beside the service's own. It looks when it is asked, so that a service nobody asks stays at rest. */
export class GrpcHealth {
  private readiness: (() => Promise<Readiness>) | null = null;

  addTo(server: Server): void {
    server.addService(health as ServiceDefinition, {
      Check: (call: { readonly request: { readonly service?: string } }, answer: Answer) => void this.check(call.request.service ?? '', answer),
      Watch: (call: { emit(name: 'error', error: { readonly code: status }): void }) => call.emit('error', { code: status.UNIMPLEMENTED }),
    } as UntypedServiceImplementation);
  }

  start(readiness: () => Promise<Readiness>): void {
    this.readiness = readiness;
  }

  /** Callers that look are told before the calls under way are answered. */
  stop(): void {
    this.readiness = null;
  }

  private async check(service: string, answer: Answer): Promise<void> {
    if (service !== '') return answer({ code: status.NOT_FOUND });
    const parts = (await this.readiness?.().catch(() => ({}))) ?? {};
    answer(null, { status: isReady(parts) ? 'SERVING' : 'NOT_SERVING' });
  }
}

/** Asks the services at these addresses how they are. */
export class HealthOf {
  private readonly clients: ReadonlyMap<string, Client>;

  constructor(addresses: Readonly<Record<string, string>>) {
    this.clients = new Map(Object.entries(addresses).map(([name, address]) => [name, new Client(address, credentials.createInsecure())]));
  }

  async readiness(): Promise<Readonly<Record<string, Readiness>>> {
    return Object.fromEntries(await Promise.all([...this.clients].map(async ([name, client]) => [name, { serving: await isServing(client) }] as const)));
  }

  close(): void {
    for (const client of this.clients.values()) client.close();
  }
}

function isServing(client: Client): Promise<boolean> {
  const { path, requestSerialize, responseDeserialize } = health['Check']!;
  return new Promise((resolve) => {
    const answered = (error: Error | null, answer?: unknown): void => resolve(!error && (answer as { status?: string | number }).status === 'SERVING');
    client.makeUnaryRequest(path, requestSerialize as (value: unknown) => Buffer, responseDeserialize, { service: '' }, { deadline: Date.now() + 1_000 } as never, answered);
  });
}
