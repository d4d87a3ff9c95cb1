// What can open a database beside its tables: roles, views, functions, other schemas.
import type { Client, PoolClient } from 'pg';

/** In sentences; `owner` is the role that owns the database. */
export async function objectDefects(client: Client | PoolClient, owner: string): Promise<string[]> {
  const service = owner.replace(/_owner$/, '');
  const found = await Promise.all([roles(client, service), views(client), functions(client, owner), schemas(client), grants(client)]);
  return found.flat();
}

async function sentences(client: Client | PoolClient, sql: string, values: readonly unknown[] = []): Promise<string[]> {
  const { rows } = await client.query<{ sentence: string }>(sql, [...values]);
  return rows.map(({ sentence }) => sentence);
}

/** Only the service's own roles connect, and none of them has, or may take on, a right that policies do not bind. The installer is role 10. */
async function roles(client: Client | PoolClient, service: string): Promise<string[]> {
  return sentences(
    client,
    `with r as (select *, rolname ~ ('^' || $1 || '_(owner|app|relay|report)$') as own from pg_roles
       where oid <> 10 and rolcanlogin and has_database_privilege(oid, (select oid from pg_database where datname = current_database()), 'connect'))
     select format('role %s: is none of this service, and may connect', rolname) as sentence from r where not own
     union all select format('role %s: superuser or bypasses row security', rolname) from r where rolsuper or rolbypassrls
     union all select format('role %s: may make roles or databases, or copy the whole server', rolname) from r where rolcreaterole or rolcreatedb or rolreplication
     union all select format('role %s: may act as %s', r.rolname, m.roleid::regrole) from r join pg_auth_members m on m.member = r.oid order by 1`,
    [service],
  );
}

/** Those of extensions are theirs. */
async function views(client: Client | PoolClient): Promise<string[]> {
  return sentences(
    client,
    `select format('%s: a %s that does not ask the reader''s policies', c.relname, case c.relkind when 'm' then 'materialised view' else 'view' end) as sentence
     from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('v', 'm')
       and (c.relkind = 'm' or not exists (select from pg_options_to_table(c.reloptions) o where o.option_name = 'security_invoker' and o.option_value in ('true', 'on', 'yes', '1')))
       and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e') order by 1`,
  );
}

/** A definer's function runs with the rights of its owner: its names must be fixed (temporary ones last), and only roles that are named may run it. */
async function functions(client: Client | PoolClient, owner: string): Promise<string[]> {
  return sentences(
    client,
    `with p as (select p.*, (select substr(c, 13) from unnest(p.proconfig) c where c like 'search_path=%') as path from pg_proc p
       where p.pronamespace = 'public'::regnamespace and p.prosecdef and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'))
     select format('%s: security definer without a fixed search path', proname) as sentence from p where path is null
     union all select format('%s: security definer whose search path does not end in pg_temp', proname) from p where path !~ '(^|, *)"?pg_temp"?$'
     union all select format('%s: security definer that everybody may run', proname) from p where exists (select from aclexplode(coalesce(proacl, acldefault('f', proowner))) a where a.grantee = 0)
     union all select format('%s: security definer of %s, not of %s', proname, pg_get_userbyid(proowner), $1::text) from p where pg_get_userbyid(proowner) <> $1 order by 1`,
    [owner],
  );
}

async function schemas(client: Client | PoolClient): Promise<string[]> {
  return sentences(
    client,
    `select format('schema %s: holds tables, views or functions where nobody looks', n.nspname) as sentence from pg_namespace n
     where n.nspname not in ('public', 'information_schema') and n.nspname !~ '^pg_'
       and (exists (select from pg_class c where c.relnamespace = n.oid and c.relkind in ('r', 'p', 'f', 'v', 'm')) or exists (select from pg_proc p where p.pronamespace = n.oid)) order by 1`,
  );
}

/** A grant to all reaches roles that come later. */
async function grants(client: Client | PoolClient): Promise<string[]> {
  return sentences(
    client,
    `select distinct format('%s: granted to everybody', c.relname) as sentence from pg_class c, aclexplode(c.relacl) a
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'f', 'v', 'm') and a.grantee = 0
       and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
     union all select 'schema public: everybody may create in it' where has_schema_privilege('public', 'public', 'create') order by 1`,
  );
}
