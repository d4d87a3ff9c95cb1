import { Feature } from '@tandem/service-kit';
import { assessmentReplies, assessments } from './assessment.entity.js';
import { AssessmentsEvents } from './assessments.events.js';
import { AssessmentsGrpc } from './assessments.grpc.js';
import { AssessmentsService } from './assessments.service.js';

@Feature({ aggregates: [assessments, assessmentReplies], controllers: [AssessmentsGrpc], providers: [AssessmentsService, AssessmentsEvents] })
export class AssessmentsModule {}
