// One real service for a test file: its own databases, cloned from a migrated template, its own event log, callers with real tokens.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { catalogue, encodeHeaders, encodePayload, eventType, topicOf, type AggregateName, type Event, type EventName, type PayloadOf, type Payloads, type Principal } from '@tandem/contracts';
import { installLog, postgresLog, type EventLog, type LogEvent } from '@tandem/event-log';
import { connection, FileKeyRing, installDatabase, type DatabaseAccess } from '@tandem/persistence';
import { connect, entitiesOf, migrateService, newKeyPair, partsOf, rootLogger, startService, tokenSigner, tokenVerifier, type CallContext, type Connection, type KeyPairJwk, type RunningService, type ServiceDefinition, type TokenSigner } from '@tandem/service-kit';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { freshDatabase, templateDatabase, type FreshDatabase } from './databases.js';
import { until } from './until.js';

const passwords = { owner: 'test', app: 'test', relay: 'test', report: 'test' };

export interface TestService {
  readonly service: RunningService;
  readonly database: FreshDatabase;
  readonly access: DatabaseAccess;
  readonly log: EventLog;
  readonly client: Connection;
  readonly signer: TokenSigner;
  /** What signs and verifies the tokens of this service. */
  readonly keys: KeyPairJwk;
  readonly address: string;
  /** A call of this principal, with a fresh idempotency key unless told. */
  call(principal: Principal, options?: { key?: string; seen?: string }): CallContext;
  /** Puts events of other services into the log, as their relays would; resolves when they are in. */
  publish(...events: readonly LogEvent[]): Promise<void>;
  /** Waits until every consumer of the service has passed the end of its topic, and what it says itself is sent. */
  settle(): Promise<void>;
  /** Publishes and settles. */
  deliver(...events: readonly LogEvent[]): Promise<void>;
  stop(): Promise<void>;
}

export interface TestServiceOptions {
  /** Log lines go here, at debug level. */
  readonly logFile?: string;
}

/** Starts the service on databases of its own; `stop` at the end of the file. */
export async function testService(definition: ServiceDefinition, options: TestServiceOptions = {}): Promise<TestService> {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-service-'));
  const { access, database } = await serviceDatabase(definition);
  const log = await testLog();
  const keys = await newKeyPair();
  const signer = await tokenSigner(keys.privateKey);
  const address = `unix:${join(folder, 'service.sock')}`;
  const logger = rootLogger(options.logFile ? 'debug' : 'silent', options.logFile);
  const service = await startService(definition, { database: access, log, address, verifier: await tokenVerifier(keys.publicKey), logger, keys: new FileKeyRing(join(folder, 'keys')), timeZone: 'Asia/Shanghai' });
  const client = connect(definition.name, address, signer);
  const publish = (...events: readonly LogEvent[]): Promise<void> => log.publish(events);
  const settle = async (): Promise<void> => {
    const settled = async (): Promise<boolean> => {
      const { consumers, unsent } = await service.operations.consumerStates();
      return unsent === 0 && consumers.every(({ lag }) => lag <= 0);
    };
    await until(settled, { what: 'the consumers to catch up' });
  };
  return {
    service, database, access, log, client, signer, keys, address,
    call: (principal, { key = uuidv7(), seen = '' } = {}) => ({ principal, requestId: uuidv7(), traceparent: newTraceparent(), key, seen }),
    publish, settle,
    deliver: async (...events) => {
      await publish(...events);
      await settle();
    },
    stop: async () => {
      client.close();
      await service.stop();
      await log.close();
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A migrated database of a service, cloned from a template that is built once for each run and schema. */
export async function serviceDatabase(definition: ServiceDefinition): Promise<{ access: DatabaseAccess; database: FreshDatabase }> {
  const schema = JSON.stringify([definition.name, definition.migrations.map(String), entitiesOf(partsOf(definition.module)).map(String)]);
  const template = await templateDatabase(schema, async (adminUrl) => {
    const access = accessOf(definition.name, adminUrl);
    await asSuperuser(adminUrl, (client) => installDatabase(client, access));
    await migrateService(definition, access);
  });
  const database = await freshDatabase(undefined, template);
  const access = accessOf(definition.name, database.url);
  await asSuperuser(database.url, (client) => installDatabase(client, access));
  return { access, database };
}

/** An event log in a database of its own with every topic of the catalogue. */
export async function testLog(): Promise<EventLog> {
  const template = await templateDatabase(`log ${Object.keys(catalogue).join()}`, async (adminUrl) => {
    const access = accessOf('log', adminUrl);
    await asSuperuser(adminUrl, (client) => installDatabase(client, access));
    await installLog(urlOf(access, 'owner'), { appRole: 'log_app' });
    const log = postgresLog({ url: urlOf(access, 'app') });
    await log.ensureTopics(Object.keys(catalogue).map((name) => topicOf(name as AggregateName)));
    await log.close();
  });
  const database = await freshDatabase(undefined, template);
  const access = accessOf('log', database.url);
  await asSuperuser(database.url, (client) => installDatabase(client, access));
  return postgresLog({ url: urlOf(access, 'app') });
}

/** An event as another service would have published it. */
export function eventOf<E extends EventName>(name: E, data: PayloadOf<E>, options: { id?: string; sequence?: number; org?: string; parties?: string[] } = {}): LogEvent {
  const dot = name.lastIndexOf('.');
  const aggregate = name.slice(0, dot) as AggregateName;
  const fact = name.slice(dot + 1);
  const id = options.id ?? uuidv7();
  const payload = data as Payloads[AggregateName];
  const event: Omit<Event, 'data' | 'topic'> = {
    id, aggregate, fact, type: eventType(aggregate, fact), key: payload.id, sequence: options.sequence ?? 1, org: options.org ?? payload.org,
    parties: options.parties ?? [], time: new Date(), traceparent: newTraceparent(),
  };
  return { id, topic: topicOf(aggregate), key: payload.id, headers: encodeHeaders(event), payload: encodePayload(aggregate, payload) };
}

export function newTraceparent(): string {
  const hex = (bytes: number): string => Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString('hex');
  return `00-${hex(16)}-${hex(8)}-01`;
}

function accessOf(service: string, url: string): DatabaseAccess {
  const { hostname, port, pathname } = new URL(url);
  return { host: hostname, port: Number(port), database: pathname.slice(1), service, passwords };
}

function urlOf(access: DatabaseAccess, kind: 'owner' | 'app'): string {
  const { host, port, database, user, password } = connection(access, kind);
  return `postgres://${user}:${password}@${host}:${port}/${database}`;
}

/** In the one database that all workers share: advisory locks, which keep installers of roles apart, hold within a database only. */
async function asSuperuser(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const server = new URL(url);
  server.pathname = '/postgres';
  const client = new pg.Client({ connectionString: server.href });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
