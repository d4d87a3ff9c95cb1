// Databases, roles and schemas of every service and of the log: installed once, migrated at each start.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogue, topicOf, type AggregateName } from '@tandem/contracts';
import type { EmbeddedServer } from '@tandem/embedded-postgres';
import { installLog, LOG_SCHEMA, postgresLog, type EventLog } from '@tandem/event-log';
import { connection, installDatabase, machinery, policyOf, policySql, tableOf, type DatabaseAccess } from '@tandem/persistence';
import { entitiesOf, migrateService, migrationsOf, partsOf, type ServiceDefinition } from '@tandem/service-kit';
import pg from 'pg';
import type { Home } from './home.js';

export const LOG = 'log';

export function accessOf(service: string, { secrets }: Home, { host, port }: Pick<EmbeddedServer, 'host' | 'port'>): DatabaseAccess {
  const passwords = secrets.databases[service];
  if (!passwords) throw new Error(`no passwords for ${service} in the home's secrets`);
  return { host, port, database: `tandem_${service}`, service, passwords };
}

/** Superuser work; after it, nobody connects as superuser again until the next release. */
export async function install(server: EmbeddedServer, home: Home, definitions: readonly ServiceDefinition[]): Promise<void> {
  const stamp = join(home.folder, 'installed');
  const release = releaseOf(definitions);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === release) return;
  const superuser = new pg.Client({ host: server.host, port: server.port, user: server.superuser, password: server.password, database: 'postgres' });
  await superuser.connect();
  try {
    for (const service of [...definitions.map(({ name }) => name), LOG]) await installDatabase(superuser, accessOf(service, home, server));
  } finally {
    await superuser.end();
  }
  await Promise.all(definitions.map((definition) => migrateService(definition, accessOf(definition.name, home, server))));
  await installLog(urlOf(accessOf(LOG, home, server), 'owner'), { appRole: `${LOG}_app` });
  const log = openLog(home, server);
  await log.ensureTopics(Object.keys(catalogue).map((name) => topicOf(name as AggregateName)));
  await log.close();
  writeFileSync(stamp, release);
}

export function openLog(home: Home, server: Pick<EmbeddedServer, 'host' | 'port'>): EventLog {
  return postgresLog({ url: urlOf(accessOf(LOG, home, server), 'app') });
}

function urlOf(access: DatabaseAccess, kind: 'owner' | 'app'): string {
  const { host, port, database, user, password } = connection(access, kind);
  return `postgres://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`;
}

/** What the schemas depend on: a warm start of the same release has nothing to install. */
function releaseOf(definitions: readonly ServiceDefinition[]): string {
  const shape = definitions.map((definition) => [definition.name, migrationsOf(definition).map((migration) => migration.toString()), entitiesOf(partsOf(definition.module)).map((entity) => [entity.toString(), policySql(tableOf(entity).name, policyOf(entity), definition.name)])]);
  return createHash('sha256').update(JSON.stringify([shape, machinery, LOG_SCHEMA, Object.keys(catalogue)])).digest('hex');
}
