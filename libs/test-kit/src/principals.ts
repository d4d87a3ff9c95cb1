// Invented callers for tests.
import { roles, type Principal, type Role } from '@tandem/contracts';
import { v7 as uuidv7 } from 'uuid';

/** A person of this role, in an organisation of its own unless told. */
export function someone(role: Role, org: string = uuidv7()): Principal {
  return { account: uuidv7(), org, role, orgKind: roles[role], kind: 'person' };
}

/** The park of `park` acting for an enterprise. */
export function actingFor(park: Principal, enterprise: string, delegation: string): Principal {
  return { ...park, org: enterprise, orgKind: 'enterprise', onBehalfOf: { org: park.org, delegation } };
}
