// Values for what stands beside a probed id, by name, so that a probe passes every check of form and is judged by whose row it names.
import { day } from './values.test-support.js';

interface Beside {
  readonly role: string;
  readonly onBehalfOf?: string;
  readonly version: number;
  /** Of those who are nobody's victims, by the name of the field. */
  readonly open: Readonly<Record<string, string>>;
  readonly privatePosition?: string;
}

/** Rows of one's own by number, so that none meets another's unique key. */
let numbered = 0;
const majors = ['990102K', '9901', '99'];

const texts: Readonly<Record<string, string | (() => string)>> = {
  idempotencyKey: () => crypto.randomUUID(),
  account: () => crypto.randomUUID(),
  teacherAccount: () => crypto.randomUUID(),
  studentId: () => crypto.randomUUID(),
  eventId: () => crypto.randomUUID(),
  importId: () => crypto.randomUUID(),
  rollNo: () => `P-${crypto.randomUUID()}`,
  title: '样例（虚构）', name: '样例（虚构）', code: 'PROBE-NEW', phone: '13955500199', text: '样例（虚构）', evidence: '样例（虚构）',
  occupation: '9-01-01-01', industry: '9911', region: '990101', scopes: 'demand.position', majors: '990101', hazards: 'dust', skills: 'soldering', tags: 'tag',
  // A cancellation's reason; a closing's and a suspension's are words.
  reason: 'mistake',
  kind: 'internship', view: 'own', list: 'occupations', decision: 'publish',
  service: 'demand', projection: 'known_codes', topic: 'tandem.demand.position', indicator: 'need_filled', by: 'region', period: '2027Q1',
  gate: 'agreement', answer: 'accept', reply: 'acknowledge', assessor: 'teacher', stage: 'entry', purpose: 'internship', category: 'contract_job', ground: 'facts_wrong', outcome: 'rejected', tag: 'tag', wageBand: '3k_to_5k', evidenceKind: 'labour_contract',
  bornOn: '2007-05-17', idNumber: '', guardianName: '样例（虚构）', guardianPhone: '13955500199',
  fromOn: day(0), toOn: day(100), startsOn: day(60), endsOn: day(120), opensOn: day(5), closesOn: day(25), settlesOn: day(50), endedOn: day(0), graduatesOn: day(900), countedOn: day(-30),
};
const numbers: Readonly<Record<string, number>> = {
  headcount: 5, weeklyHours: 40, payFen: 300_000, first: 100, skip: 0, days: 1, level: 1, seats: 2, years: 3, entryYear: 2025, answerDays: 5, refillDays: 0, appealDays: 5, points: 1, wishes: 5, months: 0, free: 5, staff: 1_000_000,
};
/** Where a name means something else in one input or message. */
const inPlace: Readonly<Record<string, unknown>> = {
  'AppealDecisionInput.decision': '样例（虚构）', 'AppealDecision.decision': '样例（虚构）', 'ListReplacement.reason': 'student_asked', 'ListReplacementInput.reason': 'student_asked',
  'StudentTermsInput.kind': 'learner', 'StudentTerms.kind': 'learner', 'ProgramTerms.level': 'higher', 'Offering.level': 'higher', 'GetFiguresRequest.by': 'region', 'DestinationConfirmation.by': 'graduate',
  'Withdrawal.reason': 'transferred', 'Pause.reason': 'illness', 'PlacementEnd.kind': 'left_early', 'PlacementEnd.reason': 'illness', 'RetentionRecord.answer': 'still_there',
  // An organisation's kind; a position's is the sample.
  'RegisterOrganisationRequest.kind': 'park',
};
/** Optional, and needed to get as far as the row that is named. */
export const alsoGiven: Readonly<Record<string, readonly string[]>> = { StudentTermsInput: ['kind', 'bornOn'], DestinationTermsInput: ['occupation'] };

export function sampleOf(name: string, type: string, beside: Beside, of: string): unknown {
  const { role, onBehalfOf, version, open, privatePosition } = beside;
  const place = `${of}.${name}`;
  if (place in inPlace) return inPlace[place];
  if (name === 'onBehalfOf') return onBehalfOf ?? null;
  if (type === 'ID') return open[name] ?? privatePosition;
  if (name === 'role') return role;
  if (type === 'Boolean') return false;
  if (of.startsWith('ProgramTerms')) return programOf(name, role);
  if (type === 'Int') return /version$/i.test(name) ? version : (numbers[name] ?? 1);
  return textOf(name, type);
}

function textOf(name: string, type: string): string {
  const text = texts[name];
  if (text === undefined) throw new Error(`no sample for a ${type} called ${name}`);
  return typeof text === 'function' ? text() : text;
}

/** One that the college does not plan yet; only a college gets as far as that. The code is asked for before the years. */
function programOf(name: string, role: string): string | number {
  if (name === 'code' && role === 'college_office') numbered += 1;
  return name === 'code' ? (majors[Math.floor(numbered / 8) % majors.length] ?? '') : 1 + (numbered % 8);
}
