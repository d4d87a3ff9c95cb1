// The wall itself: every table of every service, read without any condition in a stranger's own transaction.
import { leaked, note } from './compare.test-support.js';
import type { Probing } from './graphql.test-support.js';
import type { Database } from './world.test-support.js';

/** Rows of the projections of published things are everybody's; none of them may hold what is secret. */
export async function runTables({ world, victims, findings }: Probing, only?: string): Promise<void> {
  for (const { name: service, database } of world.running.services) {
    const { rows } = await world.eyes[`tandem_${service}` as Database].query<{ name: string }>(
      `select relname as name from pg_class c where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace and not relispartition
       and has_table_privilege($1, c.oid, 'select') and ($2::text is null or relname = $2)`,
      [`${service}_app`, only ?? null],
    );
    const asked = rows.flatMap(({ name }) => world.strangers.map(({ name: who, principal }) => ({ name, who, org: principal.org })));
    for (const { name, who, org } of asked) {
      const seen = JSON.stringify(await database.withTenant({ org }, (tx) => tx.query(`select * from ${name}`)));
      note(findings, `${service}.${name}`, seen);
      const found = leaked(seen.replace(/"review_id":"[0-9a-f-]*"/g, ''), victims.secrets, []);
      if (found.length > 0) findings.leaks.push(`${service}.${name} as ${who}: ${found.slice(0, 3).join(', ')}`);
    }
  }
}
