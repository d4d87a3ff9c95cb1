// One service: its Nest application on a gRPC address, its consumers, its relay, and the order in which they start and stop.
import type { Server } from '@grpc/grpc-js';
import { Module, type DynamicModule, type INestMicroservice } from '@nestjs/common';
import { DiscoveryService, DiscoveryModule, NestFactory } from '@nestjs/core';
import { Transport, type MicroserviceOptions } from '@nestjs/microservices';
import { OPERATOR_ORG, services } from '@tandem/contracts';
import type { EventLog } from '@tandem/event-log';
import { migrate, rolePool, TenantDatabase, type DatabaseAccess, type KeyRing } from '@tandem/persistence';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { Applied } from '../consume/applied.js';
import { BusinessClock, knownClock, KnownClockRow } from '../consume/business-clock.js';
import type { Consumer } from '../consume/consumer.js';
import { Delegations } from '../consume/delegations.js';
import { JobsGrpc } from '../jobs/jobs.grpc.js';
import { Jobs } from '../jobs/jobs.js';
import type { Projection } from '../consume/projection.js';
import { ProjectionConsumer } from '../consume/projection-consumer.js';
import { ReactionConsumer, type ReactionContext } from '../consume/reaction-consumer.js';
import { reactionsOf } from '../consume/reaction.js';
import { EdgeInterceptor } from '../rpc/edge.interceptor.js';
import type { TokenVerifier } from '../rpc/token.js';
import { definitionOf } from '../rpc/rpc.js';
import { Commands } from '../write/commands.js';
import { entitiesOf, partsOf, type Parts, type ServiceDefinition } from './feature.js';
import { GrpcHealth, type Readiness } from './health.js';
import { Hints } from './hints.js';
import { Housekeeper, maintainInbox } from './housekeeper.js';
import { KitIncarnations1764600000001, KitProjections1764000000001 } from './kit-migration.js';
import { Metrics } from './metrics.js';
import { Operations } from './operations.js';
import { OpsGrpc } from './ops.grpc.js';
import { Relay } from './relay.js';
import { Timers } from './timers.js';

export interface ServiceSettings {
  readonly database: DatabaseAccess;
  readonly log: EventLog;
  /** `unix:/path` or host:port. */
  readonly address: string;
  readonly verifier: TokenVerifier;
  readonly logger: Logger;
  readonly keys: KeyRing;
  readonly timeZone: string;
  /** Off for a second instance in a test that wants two relays to meet. */
  readonly relayLease?: boolean;
  /** At most so many events in one transaction of a consumer. */
  readonly maxBatch?: number;
}

/** What other parts of the launcher and the tests may ask of a running service. */
export interface RunningService {
  readonly name: string;
  readonly metrics: Metrics;
  readonly operations: Operations;
  readonly housekeeper: Housekeeper;
  readonly consumers: readonly Consumer[];
  readonly clock: BusinessClock;
  readonly applied: Applied;
  readonly database: TenantDatabase;
  get<T>(type: abstract new (...args: never[]) => T): T;
  readiness(): Promise<Readiness>;
  /** Stops consuming, drains calls, lets the relay send the rest, closes the database. */
  stop(): Promise<void>;
}

export const KEY_RING = Symbol('tandem:key-ring');

/** A consumer asks by key, for one event or for hundreds: the server would plan anew each time (0.14 ms an event), or keep a scan from when the tables were empty. */
const CONSUMING = '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off';

/** The kit's and the service's own. */
export function migrationsOf({ migrations }: ServiceDefinition): ServiceDefinition['migrations'] {
  return [KitProjections1764000000001, KitIncarnations1764600000001, ...migrations];
}

/** Brings the database to this release; run before the service starts, by the owner's role. */
export async function migrateService(definition: ServiceDefinition, access: DatabaseAccess): Promise<void> {
  const parts = partsOf(definition.module);
  await migrate(access, migrationsOf(definition), entitiesOf(parts), parts.projections.map(({ table }) => table.name));
}

export async function startService(definition: ServiceDefinition, settings: ServiceSettings): Promise<RunningService> {
  const runtime = await makeRuntime(definition, settings);
  const app = await listen(definition, settings, runtime);
  const reactions = reactionConsumers(app, runtime);
  runtime.consumers.push(...reactions);
  runtime.relay.start();
  for (const consumer of runtime.consumers) consumer.start();
  runtime.housekeeper.start();
  await app.listen();
  runtime.health.start(() => readiness(runtime));
  return {
    ...runtime,
    name: definition.name,
    get: (type) => app.get(type, { strict: false }),
    readiness: () => readiness(runtime),
    stop: () => stop(app, runtime),
  };
}

interface Runtime {
  /** Set when the service stops: a connection that the server closes then is no news. */
  readonly state: { stopping: boolean };
  readonly parts: Parts;
  readonly database: TenantDatabase;
  readonly consuming: TenantDatabase;
  readonly relayPool: Pool;
  readonly hints: Hints;
  readonly clock: BusinessClock;
  readonly applied: Applied;
  readonly metrics: Metrics;
  readonly delegations: Delegations;
  readonly consumers: Consumer[];
  readonly relay: Relay;
  readonly housekeeper: Housekeeper;
  readonly jobs: Jobs;
  readonly operations: Operations;
  readonly context: ReactionContext;
  readonly health: GrpcHealth;
}

async function makeRuntime({ name, module }: ServiceDefinition, { database: access, log, logger: root, timeZone, relayLease, maxBatch }: ServiceSettings): Promise<Runtime> {
  const logger = root.child({ service: name });
  const parts = partsOf(module);
  const clock = new BusinessClock(timeZone);
  const applied = new Applied(log.features.sharedGroups);
  const hints = new Hints();
  const metrics = new Metrics(name);
  const state = { stopping: false };
  const lost = (error: Error): void => {
    if (!state.stopping) logger.warn({ err: error }, 'idle database connection lost');
  };
  const database = new TenantDatabase(access, { max: 8, onError: lost });
  // Of their own: a burst of commands leaves none of the others for the events that it makes.
  const consuming = new TenantDatabase(access, { max: 6, session: CONSUMING, onError: lost });
  const relayPool = rolePool(access, 'relay', { max: 3, options: '-c synchronous_commit=off -c enable_seqscan=off' });
  relayPool.on('error', lost);
  const relay = new Relay({ pool: relayPool, log, logger, metrics, lease: relayLease ?? true });
  hints.onOutbox(() => relay.wake());
  const context: ReactionContext = { service: name, log, database: consuming, logger, applied, metrics, maxBatch, today: () => clock.today(), outbox: () => hints.outbox() };
  const consumers: Consumer[] = parts.projections.map((it) => new ProjectionConsumer(followsClock(it, clock), context));
  const delegated = consumers.find((consumer) => consumer.name === 'known_delegations');
  const timers = new Timers({ service: name, pool: relayPool, database, clock, hints, logger }, parts.aggregates);
  const jobs = new Jobs(database, relayPool, clock, logger);
  const ofOthers = { delegationsAt: -Infinity };
  // What came to another instance of a group this one reads from what that wrote: the clock, and whether delegations are up to date in all partitions.
  const readOthers = async (): Promise<void> => {
    await loadClock(database, clock);
    const looked = performance.now();
    const [known] = await operations.passed((consumer) => consumer === delegated);
    if (known?.partitions.length === 0) ofOthers.delegationsAt = looked;
    await operations.hearOfRebuilds();
  };
  const { sharedGroups } = log.features;
  const housekeeper = new Housekeeper({ pool: relayPool, consumers, timers, jobs, logger, metrics, ...(sharedGroups && { readOthers }) });
  const operations = new Operations(relayPool, log, consumers, housekeeper);
  metrics.beforeScrape = () => lagOf(operations, metrics).catch((error: unknown) => logger.warn({ err: error }, 'no lag for the metrics'));
  await maintainInbox(relayPool);
  await loadClock(database, clock);
  return {
    state, parts, jobs, database, consuming, relayPool, hints, clock, applied, metrics, consumers, relay, housekeeper, context,
    delegations: new Delegations(() => (sharedGroups ? performance.now() - ofOthers.delegationsAt : (delegated?.behindMs ?? Infinity))),
    operations,
    health: new GrpcHealth(),
  };
}

async function lagOf(operations: Operations, { lagEvents, lagSeconds, unsent, parked }: Metrics): Promise<void> {
  const counts = await operations.counts();
  unsent.set(counts.unsent);
  parked.reset();
  for (const { consumer, cause, events } of counts.parked) parked.labels(consumer, cause).set(events);
  const passed = await operations.passed();
  lagEvents.reset();
  lagSeconds.reset();
  for (const { consumer, partitions } of passed) {
    for (const { partition, lag, seconds } of partitions) {
      lagEvents.labels(consumer.name, consumer.topic, String(partition)).set(lag);
      lagSeconds.labels(consumer.name, consumer.topic, String(partition)).set(seconds);
    }
  }
}

/** Only the operator's clock moves anybody's time. */
function followsClock(it: Projection, clock: BusinessClock): Projection {
  if (it.table.name !== knownClock.table.name) return it;
  return { ...it, applied: (rows) => rows.filter(({ org }) => org === OPERATOR_ORG).forEach((row) => clock.advanceTo((row as KnownClockRow).offsetDays)) };
}

async function loadClock(database: TenantDatabase, clock: BusinessClock): Promise<void> {
  const rows = await database.withTenant({ org: OPERATOR_ORG }, (tx) => tx.query<{ offset_days: number }>('select offset_days from known_clock where org = $1', [OPERATOR_ORG]));
  for (const { offset_days } of rows) clock.advanceTo(offset_days);
}

async function listen(definition: ServiceDefinition, settings: ServiceSettings, runtime: Runtime): Promise<INestMicroservice> {
  const logger = settings.logger.child({ service: definition.name });
  const packages = Object.entries(services).filter(([full]) => full.startsWith(`tandem.${definition.name}.`) || full.startsWith('tandem.ops.'));
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(kitModule(definition, settings, runtime), {
    transport: Transport.GRPC,
    options: {
      package: [...new Set(packages.map(([full]) => full.split('.').slice(0, -1).join('.')))],
      url: settings.address,
      packageDefinition: Object.fromEntries(packages),
      gracefulShutdown: true,
      onLoadPackageDefinition: (_definitions, server: Server) => runtime.health.addTo(server),
    },
    logger: false,
    abortOnError: false,
  });
  app.useGlobalInterceptors(new EdgeInterceptor({ service: definition.name, verifier: settings.verifier, applied: runtime.applied, clock: runtime.clock, logger, metrics: runtime.metrics }));
  await app.init();
  return app;
}

function kitModule({ module, name }: ServiceDefinition, { keys }: ServiceSettings, { database, delegations, hints, operations, clock, jobs }: Runtime): DynamicModule {
  @Module({})
  class Kit {}
  const values = [
    { provide: TenantDatabase, useValue: database },
    { provide: Delegations, useValue: delegations },
    { provide: Hints, useValue: hints },
    { provide: Operations, useValue: operations },
    { provide: BusinessClock, useValue: clock },
    { provide: Jobs, useValue: jobs },
    { provide: KEY_RING, useValue: keys },
  ];
  Object.defineProperty(Kit, 'name', { value: `${name}Kit` });
  return { module: Kit, global: true, imports: [DiscoveryModule, module], providers: [...values, Commands], controllers: [OpsGrpc, JobsGrpc], exports: [...values, Commands] };
}

/** One consumer for each class of reactions and each topic that it names. */
function reactionConsumers(app: INestMicroservice, { context, applied }: Runtime): Consumer[] {
  const instances = app.get(DiscoveryService, { strict: false }).getProviders().map(({ instance }) => instance as unknown);
  return instances.flatMap((instance) => {
    const found = typeof instance === 'object' && instance !== null && !definitionOf(instance.constructor) ? reactionsOf(instance) : null;
    if (!found) return [];
    return [...found.byAggregate].map(([aggregate, handlers]) => new ReactionConsumer(found.name, aggregate, handlers, { ...context, applied }));
  });
}

async function readiness({ database, consumers }: Runtime): Promise<Readiness> {
  const alive = await database.ping().then(
    () => true,
    () => false,
  );
  return { database: alive, consumers: consumers.every(({ behindMs }) => behindMs < 30_000) };
}

async function stop(app: INestMicroservice, { state, health, consumers, housekeeper, jobs, relay, relayPool, database, consuming }: Runtime): Promise<void> {
  health.stop();
  await Promise.all(consumers.map((consumer) => consumer.stop()));
  await housekeeper.stop();
  await jobs.stop();
  await app.close();
  await relay.stop();
  state.stopping = true;
  await Promise.all([relayPool.end(), database.close(), consuming.close()]);
}
