// The embedded profile: every service in this process, each its own Nest application, and the order in which they come and go.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demandService } from '@tandem/demand';
import { startPostgres, type EmbeddedServer, type StartOptions } from '@tandem/embedded-postgres';
import type { EventLog } from '@tandem/event-log';
import { startGateway, type GatewaySettings, type RunningGateway } from '@tandem/gateway';
import { identityService } from '@tandem/identity';
import { FileKeyRing } from '@tandem/persistence';
import { outcomesService } from '@tandem/outcomes';
import { placementService } from '@tandem/placement';
import { programsService } from '@tandem/programs';
import { rootLogger, startService, tokenSigner, tokenVerifier, useForNest, type Configuration, type RunningService, type ServiceDefinition } from '@tandem/service-kit';
import { accessOf, install, LOG, openLog } from './databases.js';
import { openHome, type Home } from './home.js';

export const definitions: readonly ServiceDefinition[] = [identityService, demandService, programsService, placementService, outcomesService];
const HOST = '127.0.0.1';

export interface RunningTandem {
  readonly url: string;
  readonly home: Home;
  readonly firstStart: boolean;
  readonly server: EmbeddedServer;
  readonly services: readonly RunningService[];
  /** Where each service listens, for a caller below the gateway. */
  readonly addresses: GatewaySettings['addresses'];
  /** Not ready, then stop consuming, drain, relay, databases. */
  stop(): Promise<void>;
}

export interface LaunchOptions {
  readonly onProgress?: (step: string) => void;
  /** Ends when the database ends without being asked to. */
  readonly onDatabaseLost?: () => void;
  /** Further settings of the embedded server, for what measures it. */
  readonly postgres?: NonNullable<StartOptions['settings']>;
}

export async function launch(configuration: Configuration, { onProgress = () => undefined, onDatabaseLost = () => undefined, postgres = {} }: LaunchOptions = {}): Promise<RunningTandem> {
  const logger = rootLogger(configuration.TANDEM_LOG_LEVEL, configuration.TANDEM_LOG_FILE);
  useForNest(logger);
  const home = await openHome(configuration.TANDEM_HOME, [...definitions.map(({ name }) => name), LOG]);
  const undo: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const server = await startPostgres({
      dataDir: home.data,
      secretsDir: home.secretsFolder,
      settings: postgres,
      ...(configuration.TANDEM_PG_PORT > 0 && { port: configuration.TANDEM_PG_PORT }),
      log: (line) => logger.debug({ part: 'postgres' }, line),
      onProgress: (step) => onProgress(databaseWords[step]),
    });
    undo.push(() => server.stop());
    server.onExit(onDatabaseLost);
    onProgress(server.firstStart ? 'Creating the databases of each service' : 'Checking the databases');
    await install(server, home, definitions);
    const log = openLog(home, server);
    undo.push(() => log.close());
    onProgress('Starting the services');
    const sockets = mkdtempSync(join(tmpdir(), 'tandem-'));
    undo.push(async () => rmSync(sockets, { recursive: true, force: true }));
    const services = await startServices(configuration, { home, server, log, sockets, logger });
    undo.push(async () => void (await Promise.all(services.map((service) => service.stop()))));
    const addresses = addressesIn(sockets);
    const gateway = await gatewayOf(configuration, services, { home, addresses, logger, log });
    undo.push(() => stopGateway(gateway));
    return { url: gateway.url, home, firstStart: server.firstStart, server, services, addresses, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const databaseWords = { creating: 'Creating the database (first start)', starting: 'Starting PostgreSQL', ready: 'PostgreSQL is ready' } as const;

interface Parts {
  readonly home: Home;
  readonly server: EmbeddedServer;
  readonly log: EventLog;
  readonly sockets: string;
  readonly logger: ReturnType<typeof rootLogger>;
}

async function startServices({ TANDEM_TIME_ZONE: timeZone }: Configuration, { home, server, log, sockets, logger }: Parts): Promise<RunningService[]> {
  const verifier = await tokenVerifier(home.secrets.gateway.publicKey);
  const keys = new FileKeyRing(home.keys);
  const starts = definitions.map((definition) => {
    const database = accessOf(definition.name, home, server);
    return startService(definition, { database, log, address: socketOf(sockets, definition.name), verifier, logger, keys, timeZone });
  });
  const settled = await Promise.allSettled(starts);
  const failed = settled.find((outcome) => outcome.status === 'rejected');
  const running = settled.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  if (!failed) return running;
  await Promise.all(running.map((service) => service.stop()));
  throw failed.reason;
}

async function gatewayOf({ PORT: port }: Configuration, services: readonly RunningService[], { home: { secrets }, addresses, logger, log }: Pick<Parts, 'home' | 'logger' | 'log'> & Pick<RunningTandem, 'addresses'>): Promise<RunningGateway> {
  return startGateway({
    host: HOST,
    port,
    addresses,
    signer: await tokenSigner(secrets.gateway.privateKey),
    log,
    localKey: secrets.local.publicKey,
    logger,
    readiness: async () => Object.fromEntries(await Promise.all(services.map(async (service) => [service.name, await service.readiness()] as const))),
    registries: services.map(({ metrics }) => metrics.registry),
  });
}

function addressesIn(sockets: string): RunningTandem['addresses'] {
  return Object.fromEntries(definitions.map(({ name }) => [name, socketOf(sockets, name)])) as RunningTandem['addresses'];
}

async function stopGateway(gateway: RunningGateway): Promise<void> {
  gateway.drain();
  await gateway.stop();
}

/** In the system's temporary folder: a socket's path has room for about 100 characters. */
function socketOf(folder: string, service: string): string {
  return `unix:${join(folder, service)}.sock`;
}
