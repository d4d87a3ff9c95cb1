// Reads a database's own catalogue and names everything in it that is not walled as it must be.
import { Pool, type Client, type PoolClient } from 'pg';
import { objectDefects } from './catalog-objects.js';
import { machinery, machineryPolicies, ownerOnly } from './machinery.js';
import { createPolicies } from './policy.js';
import { tableOf, type EntityClass } from './table.js';

/** The statements that give a table its policies, for tables that belong to no entity. */
export type Walls = Readonly<Record<string, readonly string[]>>;

/** What a service has beside its entities. */
export function serviceWalls(service: string): Walls {
  const machines = Object.keys(machinery).map((table) => [table, machineryPolicies(table, service)] as const);
  return { ...Object.fromEntries(machines), migrations: ownerOnly('migrations', service) };
}

interface CatalogPolicy {
  readonly name: string;
  readonly permissive: boolean;
  readonly verb: string;
  readonly roles: readonly string[];
  readonly using: string | null;
  readonly check: string | null;
}
interface CatalogTable {
  readonly name: string;
  readonly owner: string;
  readonly kind: string;
  readonly partition: boolean;
  readonly enabled: boolean;
  readonly forced: boolean;
  /** Whether every row says to whom it belongs. */
  readonly owned: boolean;
  readonly policies: readonly CatalogPolicy[];
}

/**
 * Every defect of one database, as sentences; an empty list is a sound catalogue. Run it as superuser. Policies are compared with the declared
 * ones as the server itself writes them down, on empty copies of the tables that the same transaction takes back.
 */
export async function catalogDefects(admin: Client | Pool, entities: readonly EntityClass<unknown>[], walls?: Walls): Promise<string[]> {
  const client = admin instanceof Pool ? await admin.connect() : admin;
  try {
    await client.query('begin');
    return await defectsOf(client, entities, walls);
  } finally {
    await client.query('rollback');
    if ('release' in client) client.release();
  }
}

async function defectsOf(client: Client | PoolClient, entities: readonly EntityClass<unknown>[], walls?: Walls): Promise<string[]> {
  const { rows } = await client.query<{ owner: string }>('select pg_get_userbyid(datdba) as owner from pg_database where datname = current_database()');
  const owner = rows[0]?.owner ?? '';
  const tables = await tablesIn(client, `'public'::regnamespace`);
  const shapes = new Map(entities.map((entity) => [tableOf(entity).name, tableOf(entity).policy]));
  const expected = new Map(Object.entries(walls ?? serviceWalls(owner.replace(/_owner$/, ''))));
  for (const [table, policy] of shapes) expected.set(table, createPolicies(table, policy));
  const declared = await asWritten(client, new Map([...expected].filter(([name]) => tables.some((table) => table.name === name))));
  return [
    ...tables.flatMap((table) => [...wallDefects(table, owner), ...policyDefects(table, declared.get(table.name)), ...(shapes.has(table.name) && !table.owned ? [`${table.name}: a row may have no org`] : [])]),
    ...[...expected.keys()].filter((name) => !tables.some((table) => table.name === name)).map((name) => `${name}: declared, but not in the database`),
    ...(await objectDefects(client, owner)),
  ];
}

async function tablesIn(client: Client | PoolClient, schema: string): Promise<CatalogTable[]> {
  const { rows } = await client.query<CatalogTable>(
    `select c.relname as name, pg_get_userbyid(c.relowner) as owner, c.relkind as kind, c.relispartition as partition, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
       exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'org' and a.attnotnull) as owned,
       coalesce((select json_agg(json_build_object('name', p.polname, 'permissive', p.polpermissive,
           'verb', case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end,
           'roles', (select json_agg(case r when 0 then 'public' else pg_get_userbyid(r) end order by r) from unnest(p.polroles) r),
           'using', pg_get_expr(p.polqual, p.polrelid), 'check', pg_get_expr(p.polwithcheck, p.polrelid)) order by p.polname)
         from pg_policy p where p.polrelid = c.oid), '[]') as policies
     from pg_class c where c.relnamespace = ${schema} and c.relkind in ('r', 'p', 'f') order by 1`,
  );
  return rows;
}

/** The declared policies as the server writes them down: made on empty copies in the session's own schema, which hides the real tables. */
async function asWritten(client: Client | PoolClient, expected: ReadonlyMap<string, readonly string[]>): Promise<Map<string, readonly CatalogPolicy[]>> {
  for (const [table, statements] of expected) {
    await client.query(`create temp table ${table} (like public.${table})`);
    for (const statement of statements) await client.query(statement);
  }
  const copies = await tablesIn(client, 'pg_my_temp_schema()');
  return new Map(copies.map(({ name, policies }) => [name, policies]));
}

function wallDefects({ name, owner, kind, enabled, forced }: CatalogTable, databaseOwner: string): string[] {
  return [
    ...(enabled ? [] : [`${name}: row security is off`]),
    ...(forced ? [] : [`${name}: row security is not forced on the owner`]),
    // Who owns a table may switch its row security off.
    ...(owner === databaseOwner ? [] : [`${name}: belongs to ${owner}, not to ${databaseOwner}`]),
    ...(kind === 'f' ? [`${name}: a foreign table, whose rows no policy guards`] : []),
  ];
}

function policyDefects(table: CatalogTable, declared: readonly CatalogPolicy[] | undefined): string[] {
  // A partition is reached through its parent; by itself it has no policy and so no row.
  if (!declared && !table.partition) return [`${table.name}: belongs to no entity and is not part of the machinery`];
  const expected = new Map((declared ?? []).map((policy) => [policy.name, policy]));
  const found = new Set(table.policies.map(({ name }) => name));
  const missing = [...expected.keys()].filter((name) => !found.has(name)).map((name) => `${table.name}: policy ${name} is missing`);
  const wrong = table.policies.flatMap((policy) => {
    const right = expected.get(policy.name);
    if (!right) return [`${table.name}: policy ${policy.name} is declared nowhere`];
    return written(policy) === written(right) ? [] : [`${table.name}: policy ${policy.name} is not the declared one: ${written(policy)}`];
  });
  return [...missing, ...wrong];
}

function written({ permissive, verb, roles, using, check }: CatalogPolicy): string {
  const clauses = [using !== null && `using (${using})`, check !== null && `with check (${check})`].filter((clause) => clause !== false);
  return [`${permissive ? '' : 'restrictive '}for ${verb} to ${roles.join(', ')}`, ...clauses].join(' ');
}
