// Outcomes and pages as the contract's messages.
import type { Outcomes, PageInfo, Refused } from '@tandem/contracts';
import type { Refusal } from '@tandem/contracts';
import type { PageOf } from '@tandem/persistence';
import type { Outcome } from '../write/commands.js';

export function outcomes(list: readonly Outcome[]): Outcomes {
  return { outcomes: list.map((outcome) => ('done' in outcome ? { done: outcome.done, refused: undefined } : { done: undefined, refused: refused(outcome.refused) })) };
}

function refused({ code, kind, details }: Refusal): Refused {
  return { code, kind, field: typeof details['field'] === 'string' ? details['field'] : '', details: JSON.stringify(details) };
}

export function pageInfo({ hasNextPage, endCursor, totalCount }: PageOf<unknown>): PageInfo {
  return { hasNextPage, endCursor: endCursor ?? '', totalCount };
}
