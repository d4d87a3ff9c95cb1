// Which victims' ids belong into which field that takes one, what a stranger looks for in a text, and whose lists have the cursors.
import { sample } from '../sample/region.js';
import { idNumber } from './people.test-support.js';
import { pending, secrets } from './world.test-support.js';

export type Kind =
  | 'organisation' | 'employer' | 'membership' | 'delegation' | 'position' | 'public position' | 'review' | 'headcount' | 'placement' | 'account' | 'placed student' | 'free student' | 'event' | 'job'
  | 'program' | 'public program' | 'cohort' | 'class' | 'student' | 'import' | 'import to join' | 'round' | 'public round' | 'public entry' | 'list' | 'offer' | 'appeal'
  | 'internship' | 'assessment' | 'destination' | 'retention check';

/** By service; published ones are everybody's to read, and nobody else's to change. */
const nodes = {
  identity: ['organisation', 'membership', 'delegation'],
  demand: ['position', 'review', 'headcount'],
  programs: ['program', 'cohort', 'class', 'student'],
  placement: ['placement', 'round', 'list', 'offer', 'appeal'],
  outcomes: ['internship', 'assessment', 'destination', 'retention check'],
} as const satisfies Record<string, readonly Kind[]>;
const everyNode: readonly Kind[] = Object.values(nodes).flat();
const anyPosition: readonly Kind[] = ['position', 'public position'];
const anyProgram: readonly Kind[] = ['program', 'public program'];
const anyRound: readonly Kind[] = ['round', 'public round'];

/** What the names say: `ChangePositionInput.id` is a position's, so is `OfferFilter.position` or `EntryTerms.positionId`. */
const ofType: Readonly<Record<string, readonly Kind[]>> = {
  Position: anyPosition, Program: anyProgram, Round: anyRound, Entry: ['public entry'], Organisation: ['organisation'], Cohort: ['cohort'], Class: ['class'], Student: ['student'],
  Placement: ['placement'], Offer: ['offer'], Appeal: ['appeal'], Internship: ['internship'], Assessment: ['assessment'], Destination: ['destination'],
};
const byName: readonly (readonly [RegExp, readonly Kind[]])[] = [
  [/\.onBehalfOf$/, ['delegation']],
  [/\.importId$/, ['import']],
  [/\.(account|teacherAccount)$/, ['account']],
  [/\.(park|college)(s|Org)?$/, ['organisation']],
  [/\.employer(Org)?$/, ['employer']],
  ...Object.entries(ofType).flatMap(([type, kinds]) => [
    [new RegExp(`${type}([A-Z][a-z]+)?(Input|Request)?\\.id$`), kinds] as const,
    [new RegExp(`\\.${type.toLowerCase()}s?(Ids?)?$`), kinds] as const,
  ]),
];

/** Where the name does not say it, or says more than is true. Published positions are everybody's to read and to be placed at, and nobody else's to change. */
const exactly: Readonly<Record<string, readonly Kind[]>> = {
  'Query.node.id': everyNode,
  'RevokeDelegationInput.id': ['delegation'],
  'EndMembershipInput.id': ['membership'],
  'PlacementInput.position': ['position'],
  'PlacementInput.studentId': ['free student'],
  'CancellationInput.id': ['placement'],
  'TargetInput.id': [...anyPosition, ...anyProgram, 'list', 'placement'],
  'ReplayInput.eventId': ['event'],
  'Query.job.id': ['job'],
  'CancelJobInput.id': ['job'],
  'PlanProgramsInput.importId': ['import to join'],
  'ChangeAvailabilityInput.id': ['cohort'],
  'EnrolStudentsInput.importId': ['import to join'],
  'WithdrawalInput.id': ['student'],
  // The entries of a published round are everybody's.
  'EntryFilter.round': ['round'],
  'Query.explanation.round': ['round'],
  'Query.roundUnplaced.round': ['round'],
  'Query.roundBundle.round': ['round'],
  'EntryTermsInput.round': ['round'],
  'StudentListInput.round': ['round'],
  'FileAppealInput.round': ['round'],
  'ListReplacementInput.id': ['list'],
  'GateRecordInput.id': ['placement'],
  'PauseInput.id': ['placement'],
  'RetentionRecordInput.id': ['retention check'],
  // The services' own messages.
  'identity Target.id': nodes.identity,
  'demand Target.id': [...nodes.demand, 'public position'],
  'programs Target.id': [...nodes.programs, 'public program'],
  'placement Target.id': [...nodes.placement, 'public round', 'public entry'],
  'identity BatchGetRequest.ids': nodes.identity,
  'demand BatchGetRequest.ids': nodes.demand,
  'programs BatchGetRequest.ids': nodes.programs,
  'placement BatchGetRequest.ids': nodes.placement,
  'outcomes BatchGetRequest.ids': nodes.outcomes,
  'ConfirmPlacementRequest.positionId': ['position'],
  'ConfirmPlacementRequest.studentId': ['free student'],
  'ReplayRequest.eventId': ['event'],
  'GetRequest.id': ['job'],
  'UndoRegistrationsRequest.ids': ['organisation'],
  'PlanProgramsRequest.importId': ['import to join'],
  'ChangeAvailabilityRequest.id': ['cohort'],
  'EnrolStudentsRequest.importId': ['import to join'],
  'Withdrawal.id': ['student'],
  'GateRecord.id': ['placement'],
  'Pause.id': ['placement'],
  'ExplainResultRequest.roundId': ['round'],
  'ListUnplacedRequest.roundId': ['round'],
  'GetBundleRequest.roundId': ['round'],
  'EntryTerms.roundId': ['round'],
  'StudentList.roundId': ['round'],
  'FileAppealRequest.roundId': ['round'],
  'ListReplacement.id': ['list'],
  'RetentionRecord.id': ['retention check'],
};

/** Which victims' ids belong into a field of GraphQL or of the services' messages; a field that takes an id and is not known here fails the run. */
export function kindsOf(place: string): readonly Kind[] | undefined {
  return exactly[place] ?? byName.find(([name]) => name.test(place))?.[1];
}

/** Fields whose value leads to a row of the caller's own, so that a probe may change the caller's tenant. */
export const mayWriteOwn: ReadonlySet<Kind> = new Set(['account', 'free student', 'import to join', 'employer']);

/** In a list's arguments, where a list is asked for by its round: the owner's published one. */
export const PUBLISHED = '(published round)';

/** One list of each kind, as one who may see its rows: for cursors. */
export const listsOfVictims: Readonly<Record<string, { readonly role: 'operator' | 'enterprise_hr' | 'college_office'; readonly code: string; readonly args: string }>> = {
  organisations: { role: 'operator', code: 'OPERATOR', args: 'filter: { state: pending }, ' },
  codes: { role: 'operator', code: 'OPERATOR', args: 'list: occupations, ' },
  memberships: { role: 'enterprise_hr', code: sample.electronics.code, args: '' },
  delegations: { role: 'enterprise_hr', code: sample.electronics.code, args: 'view: own, ' },
  headcountStatements: { role: 'enterprise_hr', code: sample.electronics.code, args: '' },
  positions: { role: 'enterprise_hr', code: sample.electronics.code, args: 'view: own, filter: { state: draft }, ' },
  placements: { role: 'college_office', code: sample.collegeOne.code, args: 'view: own, ' },
  programs: { role: 'college_office', code: sample.collegeOne.code, args: 'view: own, filter: { state: planned }, ' },
  cohorts: { role: 'college_office', code: sample.collegeOne.code, args: '' },
  classes: { role: 'college_office', code: sample.collegeOne.code, args: '' },
  students: { role: 'college_office', code: sample.collegeOne.code, args: '' },
  rounds: { role: 'college_office', code: sample.collegeOne.code, args: 'view: own, filter: { state: draft }, ' },
  entries: { role: 'enterprise_hr', code: sample.electronics.code, args: 'view: own, ' },
  preferenceLists: { role: 'college_office', code: sample.collegeOne.code, args: '' },
  offers: { role: 'college_office', code: sample.collegeOne.code, args: 'view: own, ' },
  appeals: { role: 'college_office', code: sample.collegeOne.code, args: '' },
  roundUnplaced: { role: 'college_office', code: sample.collegeOne.code, args: `round: "${PUBLISHED}", ` },
  internships: { role: 'college_office', code: sample.collegeOne.code, args: 'view: own, ' },
  assessments: { role: 'college_office', code: sample.collegeOne.code, args: 'view: college, ' },
  destinations: { role: 'college_office', code: sample.collegeOne.code, args: '' },
  retentionChecks: { role: 'college_office', code: sample.collegeOne.code, args: '' },
};

/** What a stranger would look for in a filter that is a text, beside something that nobody has. */
export const soughtIn: Readonly<Record<string, readonly [string, string]>> = {
  'MembershipFilter.phone': [secrets.phone, '13955500178'],
  'MembershipFilter.role': ['enterprise_hr', 'enterprise_hr'],
  'OrganisationFilter.search': [pending.name, '样例没有的园区'],
  'OrganisationFilter.region': [pending.region, pending.region],
  'HeadcountFilter.occupation': ['9-01-01-01', '9-01-01-01'],
  'PositionFilter.search': [secrets.title, '样例没有的岗位'],
  'PositionFilter.region': ['990101', '990101'],
  'PositionFilter.occupation': ['9-01-01-01', '9-01-01-01'],
  'ProgramFilter.code': ['990102K', '990102K'],
  'StudentFilter.rollNo': [secrets.rollNo, 'R-NONE'],
  // A check of what would be refused must not say who learns elsewhere.
  'StudentTermsInput.rollNo': [secrets.rollNo, 'R-NONE'],
  'StudentTermsInput.name': [secrets.student, '样例没有的人（虚构）'],
  'StudentTermsInput.idNumber': [secrets.idNumber, idNumber(999)],
  'StudentTermsInput.phone': [secrets.phone, '13955500178'],
  'StudentTermsInput.guardianName': [secrets.student, '样例没有的人（虚构）'],
  'StudentTermsInput.guardianPhone': [secrets.phone, '13955500178'],
  'StudentTermsInput.bornOn': ['2007-05-17', '2007-05-18'],
  'StudentTermsInput.region': ['990101', '990102'],
  'StudentTermsInput.tags': ['tag', 'other'],
  'SkillInput.code': ['soldering', 'welding'],
  'GroupPointsInput.tag': ['tag', 'tag'],
  'ReserveInput.tag': ['tag', 'tag'],
  'Query.figures.indicator': ['need_filled', 'need_filled'],
  'FigureFilter.region': ['990101', '990101'],
  'FigureFilter.occupation': ['9-01-01-01', '9-01-01-01'],
  'FigureFilter.period': ['2027Q1', '2027Q1'],
  'Query.codes.parent': ['9-01-01', '9-01-01'],
  'Query.codes.search': ['样例', '样例'],
};
