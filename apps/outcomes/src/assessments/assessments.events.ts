import { Injectable } from '@nestjs/common';
import type { Event, PayloadOf } from '@tandem/contracts';
import { On, react, Reactions, type Reaction } from '@tandem/service-kit';
import { assessments } from './assessment.entity.js';
import { reply } from './assessment.js';

/** The assessor owns the assessment, the student's college the reply: it reaches the assessment as an event. */
@Injectable()
@Reactions('assessments')
export class AssessmentsEvents {
  @On('outcomes.assessment_reply.acknowledged')
  acknowledged({ org, data: { public: it } }: Event<PayloadOf<'outcomes.assessment_reply.acknowledged'>>): Reaction | null {
    return it ? react(assessments, 'acknowledged', { id: it.assessmentId, org: it.assessorOrg }, (assessment) => reply(assessment, 'acknowledged', org)) : null;
  }

  @On('outcomes.assessment_reply.objected')
  objected({ org, data: { public: it } }: Event<PayloadOf<'outcomes.assessment_reply.objected'>>): Reaction | null {
    return it ? react(assessments, 'objected', { id: it.assessmentId, org: it.assessorOrg }, (assessment) => reply(assessment, 'objected', org)) : null;
  }
}
