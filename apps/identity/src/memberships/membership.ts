// Who speaks for an organisation, in which role, from when to when.
import { refusals, roles, type OrgKind, type Role } from '@tandem/contracts';

export interface Membership {
  readonly state: 'active' | 'ended';
  readonly toOn: string | null;
}

export const refuse = refusals('membership', { already_ended: 'failed_precondition', wrong_role: 'invalid_argument', wrong_period: 'invalid_argument' });

/** A role belongs to one kind of organisation. */
export function assertRole(role: Role, kind: OrgKind): void {
  if (roles[role] !== kind) throw refuse.wrong_role({ field: 'role', role, kind });
}

export function assertPeriod(fromOn: string, toOn: string | null): void {
  if (toOn !== null && toOn < fromOn) throw refuse.wrong_period({ field: 'toOn' });
}

export function end<M extends Membership>(membership: M, today: string): M {
  if (membership.state === 'ended') throw refuse.already_ended();
  return { ...membership, state: 'ended', toOn: membership.toOn !== null && membership.toOn < today ? membership.toOn : today };
}

/** All but the last four digits hidden. */
export function masked(phone: string): string {
  return phone.slice(0, -4).replace(/\d/g, '*') + phone.slice(-4);
}
