import { personal, RowPolicy, type Sealed } from '@tandem/persistence';
import { aggregate, AggregateRow } from '@tandem/service-kit';
import { Column, Entity } from 'typeorm';
import { refuse, type Assessment, type Assessor } from './assessment.js';

@Entity('assessments')
@RowPolicy({ shape: 'parties', parties: ['college_org', 'enterprise_org'] })
export class AssessmentRow extends AggregateRow implements Assessment {
  @Column('text') state!: Assessment['state'];
  @Column('uuid') internshipId!: string;
  @Column('uuid') collegeOrg!: string;
  @Column('uuid') enterpriseOrg!: string;
  @Column('text') assessor!: Assessor;
  @Column('text') stage!: Assessment['stage'];
  @Column('integer') practical!: number;
  @Column('integer') analysis!: number;
  @Column('integer') independence!: number;
  @Column('integer') emergencies!: number;
  /** Words about a person. */
  @personal() evidence!: Sealed;
  @personal({ nullable: true }) settledText!: Sealed | null;
}

export const assessments = aggregate('outcomes.assessment', AssessmentRow, {
  payload: ({ id, org, state, internshipId, collegeOrg, enterpriseOrg, assessor, stage, practical, analysis, independence, emergencies }) => ({
    id,
    org,
    state,
    public: { internshipId, collegeOrg, enterpriseOrg, assessor, stage, scores: { practical, analysis, independence, emergencies } },
  }),
  constraints: { assessments_once_key: () => refuse.already_submitted({ field: 'stage' }) },
});

@Entity('assessment_replies')
@RowPolicy({ shape: 'parties', parties: ['assessor_org'] })
export class AssessmentReplyRow extends AggregateRow {
  @Column('text') state!: 'acknowledged' | 'objected';
  @Column('uuid') assessmentId!: string;
  @Column('uuid') assessorOrg!: string;
  @personal({ nullable: true }) text!: Sealed | null;
}

export const assessmentReplies = aggregate('outcomes.assessment_reply', AssessmentReplyRow, {
  payload: ({ id, org, state, assessmentId, assessorOrg }) => ({ id, org, state, public: { assessmentId, assessorOrg } }),
  constraints: { assessment_replies_once_key: () => refuse.already_answered({ field: 'assessmentId' }) },
});
