// For tests: one state of every aggregate with no field left empty, so that every field number and type shows in its bytes.
import { catalogue, type Payloads } from './generated/catalogue.js';
import type { AggregateName, Event } from './event.js';
import { eventType, topicOf } from './event.js';

const id = '018f3a5e-0000-7000-8000-000000000001';
const org = '018f3a5e-0000-7000-8000-0000000000a1';
const other = '018f3a5e-0000-7000-8000-0000000000b2';

/** A field more in `proto/` does not compile until it stands here. */
export const examples: { readonly [A in AggregateName]: Payloads[A] } = {
  'demand.position': {
    id,
    org,
    state: 'closed',
    public: {
      kind: 'internship',
      title: '装配工',
      occupation: '6-20-01-01',
      industry: '3811',
      region: '330100',
      headcount: 300,
      filled: 2,
      startsOn: '2026-09-01',
      endsOn: '2027-02-28',
      weeklyHours: 35,
      hasNightWork: true,
      payFen: 250_000,
      skills: [{ code: 'welding', level: 3 }],
      majors: ['460301', '460302'],
      hazards: ['noise'],
      hasBoard: true,
      hasLodging: true,
      closeReason: 'filled',
      parkOrg: other,
    },
  },
  'demand.review': { id, org, state: 'decided', public: { positionId: id, enterpriseOrg: other, positionVersion: 2, decision: 'return', field: 'payFen', reason: 'below_minimum' } },
  'demand.headcount_statement': { id, org, state: 'superseded', public: { occupation: '6-20-01-01', staff: 240, countedOn: '2026-03-31', parkOrg: other } },
  'identity.organisation': { id, org, state: 'suspended', public: { kind: 'enterprise', code: '91330100EXAMPLE0X1', name: '示例企业', region: '330100', invented: true, suspendedUntil: '2026-12-31' } },
  'identity.membership': { id, org, state: 'ended', public: { account: other, role: 'enterprise_hr', fromOn: '2026-01-01', toOn: '2026-12-31' } },
  'identity.delegation': { id, org, state: 'revoked', public: { parkOrg: other, scopes: ['demand.position'], fromOn: '2026-01-01', toOn: '2026-12-31' } },
  'identity.code': { id, org, state: 'retired', public: { list: 'occupations', code: '6-20-01-01', name: '装配工', parent: '6-20-01', level: 4, leaf: true, fromOn: '2022-01-01', toOn: '2026-12-31' } },
  'identity.clock': { id, org, state: 'running', public: { offsetDays: 90 } },
  'placement.placement': {
    id,
    org,
    state: 'cancelled',
    public: { studentId: other, positionId: id, enterpriseOrg: other, kind: 'internship', startsOn: '2026-09-01', endsOn: '2027-02-28', cancelReason: 'illness', region: '990101', occupation: '6-20-01-01', roundId: id, startedOn: '2026-09-01', endedOn: '2026-11-30', endKind: 'left_early', endReason: 'illness' },
  },
  'placement.round': {
    id,
    org,
    state: 'published',
    public: { colleges: [org, other], startsOn: '2026-09-01', endsOn: '2027-02-28', opensOn: '2026-06-01', closesOn: '2026-06-15', answerDays: 5, ruleHash: 'sha256:00', runs: 1, inputHash: 'sha256:01', digest: 'sha256:02', applicants: 3, assigned: 2, secret: '03', cancelReason: 'mistake' },
  },
  'placement.entry': { id, org, state: 'withdrawn', public: { roundId: other, positionId: id, seats: 4, reason: 'order_lost', heads: { post: 4, enterprise: 3 } } },
  'placement.preference_list': { id, org, state: 'submitted', public: { roundId: other, studentId: id, choices: 3 } },
  'placement.appeal': { id, org, state: 'decided', public: { roundId: other, studentId: id, ground: 'facts_wrong', outcome: 'rerun' } },
  'placement.offer': {
    id,
    org,
    state: 'declined',
    public: { roundId: other, studentId: id, positionId: other, enterpriseOrg: other, wish: 2, answerBy: '2026-06-25', reason: 'too_far', kind: 'internship', region: '990101', occupation: '6-20-01-01', startsOn: '2026-09-01', endsOn: '2027-02-28', isMinor: true },
  },
  'programs.program': { id, org, state: 'running', public: { code: '510102K', level: 'higher', years: 3, skills: [{ code: 'soldering', level: 2 }] } },
  'programs.cohort': {
    id,
    org,
    state: 'enrolled',
    public: { programId: other, programCode: '510102K', entryYear: 2025, graduatesOn: '2028-06-30', windows: [{ fromOn: '2027-09-01', toOn: '2028-02-28', free: 40, purpose: 'internship' }] },
  },
  'programs.class': { id, org, state: 'formed', public: { cohortId: other, teacherAccount: other } },
  'programs.student': {
    id,
    org,
    state: 'withdrawn',
    public: { kind: 'student', programId: other, programCode: '510102K', cohortId: other, classId: other, region: '990101', skills: [{ code: 'soldering', level: 2 }], tags: ['aid'], minorThrough: '2026-10', workableFrom: '2024-11', reason: 'transferred' },
  },
  'outcomes.internship': {
    id,
    org,
    state: 'closed',
    public: { studentId: other, positionId: id, enterpriseOrg: other, kind: 'internship', region: '990101', occupation: '6-20-01-01', startedOn: '2026-09-01', endedOn: '2027-02-28', endKind: 'completed', sequel: 'converted' },
  },
  'outcomes.assessment': {
    id,
    org,
    state: 'submitted',
    public: { internshipId: other, collegeOrg: other, enterpriseOrg: org, assessor: 'mentor', stage: 'end', scores: { practical: 4, analysis: 3, independence: 5, emergencies: 2 } },
  },
  'outcomes.assessment_reply': { id, org, state: 'objected', public: { assessmentId: other, assessorOrg: other } },
  'outcomes.destination': {
    id,
    org,
    state: 'confirmed',
    public: { studentId: other, category: 'contract_job', employerOrg: other, occupation: '6-20-01-01', region: '990101', fromOn: '2027-03-01', toOn: '2028-03-01', wageBand: '3k_to_5k' },
  },
  'outcomes.retention_check': {
    id,
    org,
    state: 'left',
    public: { destinationId: other, studentId: other, months: 6, dueOn: '2027-09-01', region: '990101', occupation: '6-20-01-01', reason: 'pay' },
  },
};

export const aggregates = Object.keys(catalogue) as AggregateName[];

export function exampleEvent(aggregate: AggregateName, fact: string = catalogue[aggregate].facts[0]): Event {
  const data = examples[aggregate];
  return {
    id: '018f3a5e-0000-7000-8000-00000000e001',
    type: eventType(aggregate, fact),
    aggregate,
    fact,
    topic: topicOf(aggregate),
    key: data.id,
    sequence: 7,
    org: data.org,
    parties: [other],
    time: new Date('2026-09-01T01:02:03.004Z'),
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    data,
  };
}
