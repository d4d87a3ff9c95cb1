// The effect of a job, as its user would write it: in the organisation's transaction, harmless when the job comes again.
import type { TenantDatabase } from '@tandem/persistence';
import { EFFECT, handled } from './service.js';

export interface Job {
  readonly id: string;
  readonly org: string;
  readonly key: string;
  readonly sequence: number;
}

const ONCE = `${EFFECT} on conflict do nothing`;
const MANY_ONCE = 'insert into effects (org, event_id, key, sequence) select $1, * from unnest($2::uuid[], $3::uuid[], $4::int[]) on conflict do nothing';

export async function applyJob(database: TenantDatabase, { id, org, key, sequence }: Job): Promise<void> {
  await database.withTenant({ org }, async (tx) => tx.write(ONCE, [org, id, key, sequence]));
  handled.count += 1;
}

/** One transaction, one statement for each organisation. */
export async function applyJobs(database: TenantDatabase, jobs: readonly Job[]): Promise<void> {
  const [first] = jobs;
  if (!first) return;
  await database.withTenant({ org: first.org }, async (tx) => {
    for (const org of new Set(jobs.map((job) => job.org))) {
      const own = jobs.filter((job) => job.org === org);
      tx.actAs({ org });
      tx.write(MANY_ONCE, [org, own.map(({ id }) => id), own.map(({ key }) => key), own.map(({ sequence }) => sequence)]);
    }
  });
  handled.count += jobs.length;
}
