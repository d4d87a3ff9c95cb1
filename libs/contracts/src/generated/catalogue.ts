// Generated from proto/ by `npm run generate`: every aggregate, its payload and its facts.
import { Position as DemandPosition } from './tandem/demand/v1/events.js';
import { Review as DemandReview } from './tandem/demand/v1/events.js';
import { Organisation as IdentityOrganisation } from './tandem/identity/v1/events.js';
import { Membership as IdentityMembership } from './tandem/identity/v1/events.js';
import { Delegation as IdentityDelegation } from './tandem/identity/v1/events.js';
import { Code as IdentityCode } from './tandem/identity/v1/events.js';
import { Clock as IdentityClock } from './tandem/identity/v1/events.js';
import { Placement as PlacementPlacement } from './tandem/placement/v1/events.js';

export interface Payloads {
  'demand.position': DemandPosition;
  'demand.review': DemandReview;
  'identity.organisation': IdentityOrganisation;
  'identity.membership': IdentityMembership;
  'identity.delegation': IdentityDelegation;
  'identity.code': IdentityCode;
  'identity.clock': IdentityClock;
  'placement.placement': PlacementPlacement;
}

export const catalogue = {
  'demand.position': { codec: DemandPosition, facts: ['drafted', 'submitted', 'published', 'returned', 'changed', 'seats_changed', 'closed', 'reopened'] },
  'demand.review': { codec: DemandReview, facts: ['decided'] },
  'identity.organisation': { codec: IdentityOrganisation, facts: ['registered', 'verified', 'suspended', 'reinstated', 'closed'] },
  'identity.membership': { codec: IdentityMembership, facts: ['granted', 'ended'] },
  'identity.delegation': { codec: IdentityDelegation, facts: ['granted', 'revoked', 'expired'] },
  'identity.code': { codec: IdentityCode, facts: ['added', 'changed', 'retired'] },
  'identity.clock': { codec: IdentityClock, facts: ['advanced'] },
  'placement.placement': { codec: PlacementPlacement, facts: ['confirmed', 'cancelled'] },
} as const;
