// The distributed profile: one service, or the gateway, as this process; where the others are stands in the environment.
import { join } from 'node:path';
import { kafkaLog, type KafkaEventLog } from '@tandem/event-log';
import { startGateway, type GatewaySettings } from '@tandem/gateway';
import { FileKeyRing } from '@tandem/persistence';
import { BadConfiguration, HealthOf, required, rootLogger, serveHealth, startService, tokenSigner, tokenVerifier, useForNest, type Configuration, type ServiceDefinition } from '@tandem/service-kit';
import type { Logger } from 'pino';
import { definitions } from './launch.js';

export const GATEWAY = 'gateway';
export const names: readonly string[] = [...definitions.map(({ name }) => name), GATEWAY];

export interface RunningAlone {
  /** HTTP: GraphQL of the gateway, health of a service. */
  readonly url: string;
  stop(): Promise<void>;
}

export async function startAlone(name: string, configured: Configuration, onCrash: (words: string) => void): Promise<RunningAlone> {
  const logger = rootLogger(configured.TANDEM_LOG_LEVEL, configured.TANDEM_LOG_FILE);
  useForNest(logger);
  const definition = definitions.find((it) => it.name === name);
  return definition ? serviceAlone(definition, configured, logger, onCrash) : gatewayAlone(configured, logger, onCrash);
}

async function serviceAlone(definition: ServiceDefinition, configured: Configuration, logger: Logger, onCrash: (words: string) => void): Promise<RunningAlone> {
  const needed = required(configured, `tandem start ${definition.name}`, ['TANDEM_KAFKA', 'TANDEM_TOKEN_PUBLIC_KEY', 'TANDEM_PG_HOST', 'TANDEM_PG_APP_PASSWORD', 'TANDEM_PG_RELAY_PASSWORD']);
  // As the roles that serve: the owner's password stays with the jobs.
  const passwords = { owner: '', report: '', app: needed.TANDEM_PG_APP_PASSWORD, relay: needed.TANDEM_PG_RELAY_PASSWORD };
  const log = logOf(configured, definition.name, logger, onCrash);
  const { TANDEM_HOST: host, TANDEM_GRPC_PORT: port } = configured;
  const service = await startService(definition, {
    database: { host: needed.TANDEM_PG_HOST, port: configured.TANDEM_PG_PORT || 5432, database: configured.TANDEM_PG_DATABASE ?? `tandem_${definition.name}`, service: definition.name, passwords },
    log,
    address: `${host}:${port}`,
    verifier: await tokenVerifier(needed.TANDEM_TOKEN_PUBLIC_KEY),
    logger,
    keys: new FileKeyRing(configured.TANDEM_KEYS ?? join(configured.TANDEM_HOME, 'keys')),
    timeZone: configured.TANDEM_TIME_ZONE,
  });
  const health = await serveHealth({ host, port: configured.PORT, readiness: () => service.readiness(), registry: service.metrics.registry });
  return {
    url: health.url,
    stop: async () => {
      health.drain();
      await service.stop();
      await log.close();
      await health.stop();
    },
  };
}

async function gatewayAlone(configured: Configuration, logger: Logger, onCrash: (words: string) => void): Promise<RunningAlone> {
  const needed = required(configured, 'tandem start gateway', ['TANDEM_KAFKA', 'TANDEM_SERVICES', 'TANDEM_TOKEN_KEY', 'TANDEM_LOCAL_PUBLIC_KEY']);
  const missing = definitions.filter(({ name }) => !(name in needed.TANDEM_SERVICES)).map(({ name }) => name);
  if (missing.length > 0) throw new BadConfiguration(`TANDEM_SERVICES does not say where ${missing.join(', ')} is`);
  const addresses = needed.TANDEM_SERVICES as GatewaySettings['addresses'];
  const log = logOf(configured, GATEWAY, logger, onCrash);
  const health = new HealthOf(addresses);
  const gateway = await startGateway({
    host: configured.TANDEM_HOST,
    port: configured.PORT,
    addresses,
    signer: await tokenSigner(needed.TANDEM_TOKEN_KEY),
    log,
    localKey: needed.TANDEM_LOCAL_PUBLIC_KEY,
    logger,
    readiness: () => health.readiness(),
    registries: [],
  });
  return {
    url: gateway.url,
    stop: async () => {
      gateway.drain();
      await gateway.stop();
      health.close();
      await log.close();
    },
  };
}

export function logOf(configured: Configuration, client: string, logger: Logger, onCrash: (words: string) => void): KafkaEventLog {
  const { TANDEM_KAFKA: brokers } = required(configured, `tandem (${client})`, ['TANDEM_KAFKA']);
  const { TANDEM_KAFKA_PREFIX: prefix, TANDEM_KAFKA_USER: username, TANDEM_KAFKA_PASSWORD: password, TANDEM_KAFKA_REPLICAS: replicas } = configured;
  return kafkaLog({
    brokers,
    clientId: `tandem-${client}`,
    ...(prefix !== undefined && { prefix }),
    ssl: configured.TANDEM_KAFKA_TLS === 'on',
    ...(username !== undefined && { sasl: { mechanism: 'scram-sha-512', username, password: password ?? '' } }),
    ...(replicas !== undefined && { replicas }),
    log: (level, message, details) => logger[level]({ part: 'kafka', ...details }, message),
    onCrash: (error, group) => onCrash(`The consumer ${group} has ended for good (${error.message}); this process stops, so that it is started anew`),
  });
}
