// Generated from proto/ by `npm run generate`: every aggregate, its payload and its facts.
import { Position as DemandPosition } from './tandem/demand/v1/events.js';
import { Review as DemandReview } from './tandem/demand/v1/events.js';
import { HeadcountStatement as DemandHeadcountStatement } from './tandem/demand/v1/events.js';
import { Organisation as IdentityOrganisation } from './tandem/identity/v1/events.js';
import { Membership as IdentityMembership } from './tandem/identity/v1/events.js';
import { Delegation as IdentityDelegation } from './tandem/identity/v1/events.js';
import { Code as IdentityCode } from './tandem/identity/v1/events.js';
import { Clock as IdentityClock } from './tandem/identity/v1/events.js';
import { Internship as OutcomesInternship } from './tandem/outcomes/v1/events.js';
import { Assessment as OutcomesAssessment } from './tandem/outcomes/v1/events.js';
import { AssessmentReply as OutcomesAssessmentReply } from './tandem/outcomes/v1/events.js';
import { Destination as OutcomesDestination } from './tandem/outcomes/v1/events.js';
import { RetentionCheck as OutcomesRetentionCheck } from './tandem/outcomes/v1/events.js';
import { Round as PlacementRound } from './tandem/placement/v1/events.js';
import { Entry as PlacementEntry } from './tandem/placement/v1/events.js';
import { PreferenceList as PlacementPreferenceList } from './tandem/placement/v1/events.js';
import { Appeal as PlacementAppeal } from './tandem/placement/v1/events.js';
import { Offer as PlacementOffer } from './tandem/placement/v1/events.js';
import { Placement as PlacementPlacement } from './tandem/placement/v1/events.js';
import { Program as ProgramsProgram } from './tandem/programs/v1/events.js';
import { Cohort as ProgramsCohort } from './tandem/programs/v1/events.js';
import { Class as ProgramsClass } from './tandem/programs/v1/events.js';
import { Student as ProgramsStudent } from './tandem/programs/v1/events.js';

export interface Payloads {
  'demand.position': DemandPosition;
  'demand.review': DemandReview;
  'demand.headcount_statement': DemandHeadcountStatement;
  'identity.organisation': IdentityOrganisation;
  'identity.membership': IdentityMembership;
  'identity.delegation': IdentityDelegation;
  'identity.code': IdentityCode;
  'identity.clock': IdentityClock;
  'outcomes.internship': OutcomesInternship;
  'outcomes.assessment': OutcomesAssessment;
  'outcomes.assessment_reply': OutcomesAssessmentReply;
  'outcomes.destination': OutcomesDestination;
  'outcomes.retention_check': OutcomesRetentionCheck;
  'placement.round': PlacementRound;
  'placement.entry': PlacementEntry;
  'placement.preference_list': PlacementPreferenceList;
  'placement.appeal': PlacementAppeal;
  'placement.offer': PlacementOffer;
  'placement.placement': PlacementPlacement;
  'programs.program': ProgramsProgram;
  'programs.cohort': ProgramsCohort;
  'programs.class': ProgramsClass;
  'programs.student': ProgramsStudent;
}

export const catalogue = {
  'demand.position': { codec: DemandPosition, facts: ['drafted', 'submitted', 'published', 'returned', 'changed', 'seats_changed', 'closed', 'reopened'] },
  'demand.review': { codec: DemandReview, facts: ['decided'] },
  'demand.headcount_statement': { codec: DemandHeadcountStatement, facts: ['stated', 'superseded'] },
  'identity.organisation': { codec: IdentityOrganisation, facts: ['registered', 'verified', 'suspended', 'reinstated', 'closed'] },
  'identity.membership': { codec: IdentityMembership, facts: ['granted', 'ended'] },
  'identity.delegation': { codec: IdentityDelegation, facts: ['granted', 'revoked', 'expired'] },
  'identity.code': { codec: IdentityCode, facts: ['added', 'changed', 'retired'] },
  'identity.clock': { codec: IdentityClock, facts: ['advanced'] },
  'outcomes.internship': { codec: OutcomesInternship, facts: ['opened', 'changed', 'closed'] },
  'outcomes.assessment': { codec: OutcomesAssessment, facts: ['submitted', 'acknowledged', 'objected', 'settled'] },
  'outcomes.assessment_reply': { codec: OutcomesAssessmentReply, facts: ['acknowledged', 'objected'] },
  'outcomes.destination': { codec: OutcomesDestination, facts: ['reported', 'confirmed', 'corrected'] },
  'outcomes.retention_check': { codec: OutcomesRetentionCheck, facts: ['planned', 'fell_due', 'recorded', 'dropped'] },
  'placement.round': { codec: PlacementRound, facts: ['drafted', 'changed', 'announced', 'opened', 'closed', 'matched', 'verified', 'rejected', 'published', 'settled', 'cancelled', 'refill_due'] },
  'placement.entry': { codec: PlacementEntry, facts: ['entered', 'changed', 'withdrawn', 'settled'] },
  'placement.preference_list': { codec: PlacementPreferenceList, facts: ['submitted', 'replaced', 'struck', 'confirmed'] },
  'placement.appeal': { codec: PlacementAppeal, facts: ['filed', 'decided', 'withdrawn'] },
  'placement.offer': { codec: PlacementOffer, facts: ['offered', 'accepted', 'waiting', 'declined', 'expired', 'rescinded'] },
  'placement.placement': { codec: PlacementPlacement, facts: ['confirmed', 'cancelled', 'changed', 'ready', 'started', 'paused', 'resumed', 'ended'] },
  'programs.program': { codec: ProgramsProgram, facts: ['planned', 'opened', 'changed', 'closed'] },
  'programs.cohort': { codec: ProgramsCohort, facts: ['planned', 'enrolled', 'availability_changed', 'graduated'] },
  'programs.class': { codec: ProgramsClass, facts: ['formed', 'changed', 'dissolved'] },
  'programs.student': { codec: ProgramsStudent, facts: ['enrolled', 'changed', 'left'] },
} as const;
