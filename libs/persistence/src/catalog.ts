// Reads a database's own catalogue and names every table that is not walled as it must be.
import type { Client, Pool } from 'pg';
import { machinery } from './machinery.js';
import { policies } from './policy.js';
import { tableOf, type EntityClass } from './table.js';

interface CatalogTable {
  table: string;
  partition: boolean;
  enabled: boolean;
  forced: boolean;
  policies: { name: string; verb: string; using: string | null; check: string | null; roles: string[] }[];
}

const tablesQuery = `select c.relname as "table", c.relispartition as partition, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
  coalesce((select json_agg(json_build_object('name', p.policyname, 'verb', lower(p.cmd), 'using', p.qual, 'check', p.with_check, 'roles', p.roles) order by p.policyname)
    from pg_policies p where p.schemaname = 'public' and p.tablename = c.relname), '[]') as policies
  from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and c.relkind in ('r', 'p') order by 1`;

/** Every defect of one database, as sentences; an empty list is a sound catalogue. */
export async function catalogDefects(admin: Client | Pool, entities: readonly EntityClass<unknown>[], own: readonly string[] = ['migrations']): Promise<string[]> {
  const { rows } = await admin.query<CatalogTable>(tablesQuery);
  const declared = new Map(entities.map((entity) => [tableOf(entity).name, tableOf(entity).policy]));
  const tables = rows.flatMap((table) => {
    const policy = declared.get(table.table);
    if (policy) return [...wallDefects(table), ...(shapeDefects(policies(policy), policy.shape, table))];
    if (table.partition || table.table in machinery || own.includes(table.table)) return wallDefects(table);
    return [`${table.table}: belongs to no entity and is not part of the machinery`];
  });
  const missing = [...declared.keys()].filter((name) => !rows.some((row) => row.table === name)).map((name) => `${name}: declared, but not in the database`);
  return [...tables, ...missing, ...(await roleDefects(admin)), ...(await viewDefects(admin)), ...(await definerDefects(admin))];
}

function wallDefects(table: CatalogTable): string[] {
  return [
    ...(table.enabled ? [] : [`${table.table}: row security is off`]),
    ...(table.forced ? [] : [`${table.table}: row security is not forced on the owner`]),
    // A partition is reached through its parent; by itself it has no policy and so no row.
    ...(table.policies.length > 0 || table.partition ? [] : [`${table.table}: no policy at all`]),
  ];
}

/** Exactly the four policies of the declared shape. */
function shapeDefects(expected: Readonly<Record<string, string>>, shape: string, table: CatalogTable): string[] {
  const names = Object.keys(expected).map((verb) => `${shape}_${verb}`);
  const found = new Map(table.policies.map((policy) => [policy.name, policy]));
  const missing = names.filter((name) => !found.has(name)).map((name) => `${table.table}: policy ${name} is missing`);
  const extra = table.policies.filter((policy) => !names.includes(policy.name)).map((policy) => `${table.table}: policy ${policy.name} belongs to no declared shape`);
  const wide = table.policies
    .filter((policy) => policy.verb !== 'select' && [policy.using, policy.check].some((clause) => clause !== null && !clause.includes("'app.org'")))
    .map((policy) => `${table.table}: policy ${policy.name} lets others write`);
  const open = table.policies
    .filter((policy) => policy.verb === 'select' && shape !== 'shared' && !(policy.using ?? '').includes("'app.org'"))
    .map((policy) => `${table.table}: policy ${policy.name} lets everybody read`);
  return [...missing, ...extra, ...wide, ...open];
}

async function roleDefects(admin: Client | Pool): Promise<string[]> {
  const { rows } = await admin.query<{ rolname: string }>(
    `select distinct r.rolname from pg_roles r join pg_database d on d.datname = current_database()
     where has_database_privilege(r.oid, d.oid, 'connect') and (r.rolsuper or r.rolbypassrls) and r.rolcanlogin and r.oid <> 10`,
  );
  return rows.map((row) => `role ${row.rolname}: superuser or bypasses row security`);
}

async function viewDefects(admin: Client | Pool): Promise<string[]> {
  const { rows } = await admin.query<{ relname: string; relkind: string }>(
    `select c.relname, c.relkind from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and (c.relkind = 'm' or (c.relkind = 'v' and not coalesce(c.reloptions @> array['security_invoker=true'], false)))
       and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')`,
  );
  return rows.map((row) => `${row.relname}: a ${row.relkind === 'm' ? 'materialised view' : 'view'} that does not ask the reader's policies`);
}

async function definerDefects(admin: Client | Pool): Promise<string[]> {
  const { rows } = await admin.query<{ proname: string }>(
    `select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
     where n.nspname = 'public' and p.prosecdef and not exists (select from unnest(p.proconfig) c where c like 'search_path=%')`,
  );
  return rows.map((row) => `${row.proname}: security definer without a fixed search path`);
}
