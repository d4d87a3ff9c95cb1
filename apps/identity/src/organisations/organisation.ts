// An organisation: registered, verified, and now and then suspended by the operator.
import { refusals, roles, type OrgKind, type Role } from '@tandem/contracts';

export type OrganisationState = 'pending' | 'active' | 'suspended' | 'closed';

export interface Organisation {
  readonly state: OrganisationState;
  readonly isPublic: boolean;
  readonly suspendedUntil: string | null;
  /** What brought it, where a register did. */
  readonly importId: string | null;
  /** Closed because that import was undone. */
  readonly undone: boolean;
}

export const refuse = refusals('organisation', {
  not_pending: 'failed_precondition',
  not_active: 'failed_precondition',
  not_suspended: 'failed_precondition',
  closed: 'failed_precondition',
  code_taken: 'already_exists',
  unknown_code: 'not_found',
  wrong_role: 'permission_denied',
  in_use: 'failed_precondition',
  other_import: 'failed_precondition',
});

export function verify<O extends Organisation>(organisation: O): O {
  if (organisation.state !== 'pending') throw refuse.not_pending({ state: organisation.state });
  return { ...organisation, state: 'active', isPublic: true };
}

export function suspend<O extends Organisation>(organisation: O, untilOn: string | null): O {
  if (organisation.state !== 'active') throw refuse.not_active({ state: organisation.state });
  return { ...organisation, state: 'suspended', suspendedUntil: untilOn };
}

export function reinstate<O extends Organisation>(organisation: O): O {
  if (organisation.state !== 'suspended') throw refuse.not_suspended({ state: organisation.state });
  return { ...organisation, state: 'active', suspendedUntil: null };
}

export function close<O extends Organisation>(organisation: O): O {
  if (organisation.state === 'closed') throw refuse.closed();
  return { ...organisation, state: 'closed', suspendedUntil: null };
}

/** Takes back what an import registered; who belongs to it keeps it open. */
export function undo<O extends Organisation>(organisation: O, importId: string, members: number): O {
  if (organisation.importId !== importId) throw refuse.other_import();
  if (members > 0) throw refuse.in_use({ members });
  return { ...close(organisation), undone: true };
}

/** Whether somebody of this role may speak for an organisation of this kind and state. */
export function admit(role: Role, kind: OrgKind, state: OrganisationState): void {
  if (roles[role] !== kind) throw refuse.wrong_role({ role, kind });
  if (state !== 'active') throw refuse.not_active({ state });
}
