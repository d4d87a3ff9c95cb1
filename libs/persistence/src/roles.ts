// Databases and roles of a service. None is superuser, none bypasses row security, each connects to its own database only.
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

export const roleKinds = ['owner', 'app', 'relay', 'report'] as const;
export type RoleKind = (typeof roleKinds)[number];

/** Where a service's database is, and the passwords of its roles. */
export interface DatabaseAccess {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** For example `demand`; its roles are `demand_owner`, `demand_app`... */
  readonly service: string;
  readonly passwords: Readonly<Record<RoleKind, string>>;
}

export function newPasswords(): Record<RoleKind, string> {
  const fresh = () => randomBytes(24).toString('base64url');
  return { owner: fresh(), app: fresh(), relay: fresh(), report: fresh() };
}

export function connection(access: DatabaseAccess, kind: RoleKind) {
  return {
    host: access.host,
    port: access.port,
    database: access.database,
    user: `${access.service}_${kind}`,
    password: access.passwords[kind],
  };
}

/**
 * Creates the service's database and roles where missing, and gives an existing database to them. Called twice it changes nothing else;
 * a clone of a template, which comes without owner and grants, is made whole by it too.
 */
export async function installDatabase(superuser: Client, access: DatabaseAccess): Promise<void> {
  // Roles belong to the whole server: two installers at once would both find them missing.
  await superuser.query(`select pg_advisory_lock(hashtext('tandem.roles'))`);
  try {
    for (const kind of roleKinds) await installRole(superuser, `${access.service}_${kind}`, access.passwords[kind]);
    const known = await superuser.query('select 1 from pg_database where datname = $1', [access.database]);
    if (known.rowCount === 0) await superuser.query(`create database ${access.database}`);
    await giveDatabase(superuser, access);
  } finally {
    await superuser.query(`select pg_advisory_unlock(hashtext('tandem.roles'))`);
  }
}

async function installRole(superuser: Client, role: string, password: string): Promise<void> {
  const known = await superuser.query('select 1 from pg_roles where rolname = $1', [role]);
  if (known.rowCount === 0) await superuser.query(`create role ${role}`);
  await superuser.query(
    `alter role ${role} login nosuperuser nobypassrls nocreatedb nocreaterole noinherit password ${superuser.escapeLiteral(password)}`,
  );
  await superuser.query(`alter role ${role} set idle_in_transaction_session_timeout = '10s'`);
  await superuser.query(`alter role ${role} set statement_timeout = '30s'`);
}

async function giveDatabase(superuser: Client, { service, database }: DatabaseAccess): Promise<void> {
  await superuser.query(`alter database ${database} owner to ${service}_owner`);
  await superuser.query(`revoke all on database ${database} from public`);
  await superuser.query(`grant connect on database ${database} to ${roleKinds.map((kind) => `${service}_${kind}`).join(', ')}`);
}
