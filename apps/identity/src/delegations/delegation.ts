// A park acts for an enterprise: for named aggregates, between two dates, until the enterprise revokes it.
import { refusals } from '@tandem/contracts';

/** Aggregates that an enterprise may let a park act on. */
export const delegable = ['demand.position', 'demand.headcount_statement', 'placement.entry'] as const;

export interface Delegation {
  readonly state: 'active' | 'revoked' | 'expired';
  readonly toOn: string | null;
}

export const refuse = refusals('delegation', {
  not_active: 'failed_precondition',
  not_a_park: 'failed_precondition',
  wrong_period: 'invalid_argument',
});

export function assertGrant(fromOn: string, toOn: string | null, park: { kind: string; state: string } | undefined): void {
  if (toOn !== null && toOn < fromOn) throw refuse.wrong_period({ field: 'toOn' });
  if (park?.kind !== 'park' || park.state !== 'active') throw refuse.not_a_park({ field: 'parkOrg' });
}

export function revoke<D extends Delegation>(delegation: D): D {
  if (delegation.state !== 'active') throw refuse.not_active({ state: delegation.state });
  return { ...delegation, state: 'revoked' };
}

export function expire<D extends Delegation>(delegation: D): D {
  if (delegation.state !== 'active') throw refuse.not_active({ state: delegation.state });
  return { ...delegation, state: 'expired' };
}
