// Generated from proto/ by `npm run generate`: every gRPC service.
import { PositionServiceService } from './tandem/demand/v1/service.js';
import { ReviewServiceService } from './tandem/demand/v1/service.js';
import { OrganisationServiceService } from './tandem/identity/v1/service.js';
import { MembershipServiceService } from './tandem/identity/v1/service.js';
import { DelegationServiceService } from './tandem/identity/v1/service.js';
import { CodeServiceService } from './tandem/identity/v1/service.js';
import { ClockServiceService } from './tandem/identity/v1/service.js';
import { JobServiceService } from './tandem/ops/v1/service.js';
import { OpsServiceService } from './tandem/ops/v1/service.js';
import { PlacementServiceService } from './tandem/placement/v1/service.js';

export const services = {
  'tandem.demand.v1.PositionService': PositionServiceService,
  'tandem.demand.v1.ReviewService': ReviewServiceService,
  'tandem.identity.v1.OrganisationService': OrganisationServiceService,
  'tandem.identity.v1.MembershipService': MembershipServiceService,
  'tandem.identity.v1.DelegationService': DelegationServiceService,
  'tandem.identity.v1.CodeService': CodeServiceService,
  'tandem.identity.v1.ClockService': ClockServiceService,
  'tandem.ops.v1.JobService': JobServiceService,
  'tandem.ops.v1.OpsService': OpsServiceService,
  'tandem.placement.v1.PlacementService': PlacementServiceService,
} as const;
