// Outcomes and pages as the contract's messages.
import type { Job as JobMessage, Outcomes, PageInfo, Refused } from '@tandem/contracts';
import type { Refusal } from '@tandem/contracts';
import type { PageOf } from '@tandem/persistence';
import type { Job } from '../jobs/jobs.js';
import type { Outcome } from '../write/commands.js';

export function outcomes(list: readonly Outcome[]): Outcomes {
  return { job: undefined, outcomes: list.map((outcome) => ('done' in outcome ? { done: outcome.done, refused: undefined } : { done: undefined, refused: refused(outcome.refused) })) };
}

/** More than 1,000 items: the job that works on them. */
export function asJob(job: Job): Outcomes {
  return { outcomes: [], job: jobView(job) };
}

export function jobView({ failure, ...job }: Job): JobMessage {
  return { ...job, failure: failure ?? '' };
}

function refused({ code, kind, details }: Refusal): Refused {
  return { code, kind, field: typeof details['field'] === 'string' ? details['field'] : '', details: JSON.stringify(details) };
}

/** The contract's strings have no null: what is absent is empty. */
export function absentAsEmpty<K extends string>(values: Readonly<Record<K, string | null>>): Record<K, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value ?? ''])) as Record<K, string>;
}

export function pageInfo({ hasNextPage, endCursor, totalCount }: PageOf<unknown>): PageInfo {
  return { hasNextPage, endCursor: endCursor ?? '', totalCount };
}
