// The gateway as a running server: GraphQL, health, readiness and metrics on one port.
import type { Server } from 'node:http';
import { NestFactory } from '@nestjs/core';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import type { EventLog } from '@tandem/event-log';
import { isReady, Metrics, type Readiness, type TokenSigner } from '@tandem/service-kit';
import express, { type Response } from 'express';
import { importJWK, type CryptoKey, type JWK } from 'jose';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { jsonBody } from './edge/limits.js';
import { Services, type Addresses } from './edge/services.js';
import { Sessions } from './edge/session.js';
import { LiveEvents } from './events/live-events.js';
import { serveSubscriptions } from './events/socket.js';
import { GatewayModule } from './gateway.module.js';

export { localToken } from './edge/session.js';

export interface GatewaySettings {
  readonly host: string;
  readonly port: number;
  readonly addresses: Addresses;
  readonly signer: TokenSigner;
  /** For subscriptions. */
  readonly log: EventLog;
  /** Verifies local tokens. */
  readonly localKey: JWK;
  readonly logger: Logger;
  /** Each service by name, as far as this process can tell. */
  readonly readiness: () => Promise<Readonly<Record<string, Readiness>>>;
  readonly registries: readonly Registry[];
}

export interface RunningGateway {
  readonly url: string;
  readonly metrics: Metrics;
  /** Answers 503 on /readyz from now on. */
  drain(): void;
  stop(): Promise<void>;
}

export async function startGateway(settings: GatewaySettings): Promise<RunningGateway> {
  const logger = settings.logger.child({ service: 'gateway' });
  const metrics = new Metrics('gateway');
  const services = new Services(settings.addresses, settings.signer);
  const sessions = new Sessions((await importJWK(settings.localKey, 'EdDSA')) as CryptoKey, services);
  const live = new LiveEvents(settings.log);
  const state = { draining: false };
  const server = express();
  server.disable('x-powered-by');
  server.get('/healthz', (_request, response) => void response.json({ alive: true }));
  server.get('/readyz', (_request, response) => void readyz(settings, state.draining, response));
  server.get('/metrics', (_request, response) => void sendMetrics([metrics.registry, ...settings.registries], response));
  server.use('/graphql', jsonBody(sessions));
  const report = { logger, observe: (operation: string, outcome: string, seconds: number) => metrics.calls.labels(operation, outcome).observe(seconds) };
  const app = await NestFactory.create<NestExpressApplication>(GatewayModule.of({ services, sessions, live }, report), new ExpressAdapter(server), { bodyParser: false, logger: false, abortOnError: false });
  await app.init();
  const http = app.getHttpServer() as Server;
  const subscriptions = serveSubscriptions(http, { schema: app.get(GraphQLSchemaHost, { strict: false }).schema, sessions, logger });
  await listen(http, settings.host, settings.port);
  const address = http.address();
  const port = typeof address === 'object' && address ? address.port : settings.port;
  return {
    url: `http://${settings.host}:${port}`,
    metrics,
    drain: () => {
      state.draining = true;
    },
    stop: async () => {
      subscriptions.cut();
      await closed(http);
      await live.stop();
      await app.close();
      services.close();
    },
  };
}

async function readyz({ readiness }: GatewaySettings, draining: boolean, response: Response): Promise<void> {
  const services = await readiness().catch(() => ({}));
  const ready = !draining && Object.keys(services).length > 0 && Object.values(services).every(isReady);
  response.status(ready ? 200 : 503).json({ ready, ...(draining && { draining }), services });
}

async function sendMetrics(registries: readonly Registry[], response: Response): Promise<void> {
  const texts = await Promise.all(registries.map((registry) => registry.metrics()));
  response.type('text/plain').send(texts.join('\n'));
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Answers what is under way, closes idle connections. */
function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}

