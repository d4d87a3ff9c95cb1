// The four abilities, 1 to 5 with evidence, by mentor, teacher or the student; and what the student says to it.
import { refusals } from '@tandem/contracts';

export const assessors = ['mentor', 'teacher', 'self'] as const;
export type Assessor = (typeof assessors)[number];
export const stages = ['entry', 'middle', 'end'] as const;

export interface Scores {
  readonly practical: number;
  readonly analysis: number;
  readonly independence: number;
  readonly emergencies: number;
}
export interface AssessmentTerms {
  readonly internshipId: string;
  readonly assessor: Assessor;
  readonly stage: (typeof stages)[number];
  readonly scores: Scores;
  readonly evidence: string;
}
export interface Assessment extends Scores {
  readonly state: 'submitted' | 'acknowledged' | 'objected' | 'settled';
  readonly internshipId: string;
  /** The parties of the internship; one of them assesses and owns this. */
  readonly collegeOrg: string;
  readonly enterpriseOrg: string;
  readonly assessor: Assessor;
  readonly stage: (typeof stages)[number];
}

export const refuse = refusals('assessment', {
  unknown_internship: 'not_found',
  wrong_assessor: 'permission_denied',
  already_submitted: 'already_exists',
  unknown_assessment: 'not_found',
  foreign_reply: 'permission_denied',
  not_submitted: 'failed_precondition',
  not_objected: 'failed_precondition',
  text_missing: 'invalid_argument',
  already_answered: 'already_exists',
  mixed_atomic: 'invalid_argument',
});

export interface InternshipOf {
  readonly org: string;
  readonly enterpriseOrg: string;
  readonly studentId: string;
}
export interface Assessing {
  readonly role: string;
  readonly org: string;
  readonly account: string;
}

const mayBe: Readonly<Record<string, readonly Assessor[]>> = { mentor: ['mentor'], enterprise_hr: ['mentor'], class_teacher: ['teacher'], college_office: ['teacher', 'self'], student: ['self'] };

/** The mentor's is the enterprise's, the others are the college's. A college may hand in what a student wrote on paper. */
export function submitted({ internshipId, assessor, stage, scores }: AssessmentTerms, internship: InternshipOf | undefined, by: Assessing): Assessment {
  if (!internship) throw refuse.unknown_internship({ field: 'internshipId' });
  if (!mayBe[by.role]?.includes(assessor)) throw refuse.wrong_assessor({ field: 'assessor', role: by.role });
  if (by.org !== (assessor === 'mentor' ? internship.enterpriseOrg : internship.org)) throw refuse.unknown_internship({ field: 'internshipId' });
  if (by.role === 'student' && by.account !== internship.studentId) throw refuse.unknown_internship({ field: 'internshipId' });
  return { state: 'submitted', internshipId, collegeOrg: internship.org, enterpriseOrg: internship.enterpriseOrg, assessor, stage, ...scores };
}

/** What the student's college says for the student; another's reply is refused. */
export function reply<A extends Assessment>(assessment: A, to: 'acknowledged' | 'objected', from: string): A {
  if (assessment.collegeOrg !== from) throw refuse.foreign_reply();
  if (assessment.state !== 'submitted') throw refuse.not_submitted({ state: assessment.state });
  return { ...assessment, state: to };
}

/** After an objection: the scores that stand, changed or not. */
export function settle<A extends Assessment>(assessment: A, scores: Scores): A {
  if (assessment.state !== 'objected') throw refuse.not_objected({ state: assessment.state });
  return { ...assessment, ...scores, state: 'settled' };
}
