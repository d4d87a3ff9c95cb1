// Generated from proto/ by `npm run generate`: every gRPC service.
import { PositionServiceService } from './tandem/demand/v1/service.js';
import { ReviewServiceService } from './tandem/demand/v1/service.js';
import { HeadcountServiceService } from './tandem/demand/v1/service.js';
import { OrganisationServiceService } from './tandem/identity/v1/service.js';
import { MembershipServiceService } from './tandem/identity/v1/service.js';
import { DelegationServiceService } from './tandem/identity/v1/service.js';
import { CodeServiceService } from './tandem/identity/v1/service.js';
import { ClockServiceService } from './tandem/identity/v1/service.js';
import { JobServiceService } from './tandem/ops/v1/service.js';
import { OpsServiceService } from './tandem/ops/v1/service.js';
import { InternshipServiceService } from './tandem/outcomes/v1/service.js';
import { AssessmentServiceService } from './tandem/outcomes/v1/service.js';
import { DestinationServiceService } from './tandem/outcomes/v1/service.js';
import { RetentionServiceService } from './tandem/outcomes/v1/service.js';
import { IndicatorServiceService } from './tandem/outcomes/v1/service.js';
import { PlacementServiceService } from './tandem/placement/v1/service.js';
import { RoundServiceService } from './tandem/placement/v1/service.js';
import { EntryServiceService } from './tandem/placement/v1/service.js';
import { PreferenceServiceService } from './tandem/placement/v1/service.js';
import { OfferServiceService } from './tandem/placement/v1/service.js';
import { AppealServiceService } from './tandem/placement/v1/service.js';
import { InsightServiceService } from './tandem/placement/v1/service.js';
import { TodoServiceService } from './tandem/placement/v1/service.js';
import { ProgramServiceService } from './tandem/programs/v1/service.js';
import { RegisterServiceService } from './tandem/programs/v1/service.js';
import { CohortServiceService } from './tandem/programs/v1/service.js';
import { ClassServiceService } from './tandem/programs/v1/service.js';
import { StudentServiceService } from './tandem/programs/v1/service.js';

export const services = {
  'tandem.demand.v1.PositionService': PositionServiceService,
  'tandem.demand.v1.ReviewService': ReviewServiceService,
  'tandem.demand.v1.HeadcountService': HeadcountServiceService,
  'tandem.identity.v1.OrganisationService': OrganisationServiceService,
  'tandem.identity.v1.MembershipService': MembershipServiceService,
  'tandem.identity.v1.DelegationService': DelegationServiceService,
  'tandem.identity.v1.CodeService': CodeServiceService,
  'tandem.identity.v1.ClockService': ClockServiceService,
  'tandem.ops.v1.JobService': JobServiceService,
  'tandem.ops.v1.OpsService': OpsServiceService,
  'tandem.outcomes.v1.InternshipService': InternshipServiceService,
  'tandem.outcomes.v1.AssessmentService': AssessmentServiceService,
  'tandem.outcomes.v1.DestinationService': DestinationServiceService,
  'tandem.outcomes.v1.RetentionService': RetentionServiceService,
  'tandem.outcomes.v1.IndicatorService': IndicatorServiceService,
  'tandem.placement.v1.PlacementService': PlacementServiceService,
  'tandem.placement.v1.RoundService': RoundServiceService,
  'tandem.placement.v1.EntryService': EntryServiceService,
  'tandem.placement.v1.PreferenceService': PreferenceServiceService,
  'tandem.placement.v1.OfferService': OfferServiceService,
  'tandem.placement.v1.AppealService': AppealServiceService,
  'tandem.placement.v1.InsightService': InsightServiceService,
  'tandem.placement.v1.TodoService': TodoServiceService,
  'tandem.programs.v1.ProgramService': ProgramServiceService,
  'tandem.programs.v1.RegisterService': RegisterServiceService,
  'tandem.programs.v1.CohortService': CohortServiceService,
  'tandem.programs.v1.ClassService': ClassServiceService,
  'tandem.programs.v1.StudentService': StudentServiceService,
} as const;
