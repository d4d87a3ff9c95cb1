// The documents of the story, as a client of the public surface writes them.
const bulk = 'results { id version error { code } } job { id } userErrors { code kind field details } seen { topic id sequence }';
const done = 'seen { topic id sequence } userErrors { code kind field details }';
const bulkOf = (name: string, input: string): string => `mutation ($input: ${input}!) { ${name}(input: $input) { ${bulk} } }`;
const listOf = (name: string, declared: string, passed: string, node: string): string =>
  `query (${declared}, $after: String) { ${name}(${passed}, page: { first: 100, after: $after }) { edges { node { ${node} } } pageInfo { hasNextPage endCursor } totalCount } }`;
const round = 'id version state runs applicants assigned digest findings answersUntil';
const roundStep = (name: string): string => `mutation ($input: RoundTargetInput!) { ${name}(input: $input) { node { ${round} } ${done} } }`;
const totalOf = (name: string, declared: string, passed: string): string => `query (${declared}) { ${name}(${passed}, page: { first: 0 }) { totalCount } }`;

export const documents = {
  clock: 'query { clock { offsetDays } }',
  advance: `mutation ($input: AdvanceClockInput!) { advanceClock(input: $input) { ${done} } }`,
  consumers: 'query { opsConsumers { service unsent dueTimers consumers { consumer topic lag published consumed held parked } } }',
  job: 'query ($id: String!) { job(id: $id) { state failure } }',
  node: 'query ($id: ID!) { node(id: $id) { id } }',
  organisationByCode: 'query ($search: String) { organisations(page: { first: 5 }, filter: { search: $search }) { edges { node { id version code } } } }',
  cancelPlacements: bulkOf('cancelPlacements', 'CancelPlacementsInput'),
  suspend: `mutation ($input: SuspendOrganisationInput!) { suspendOrganisation(input: $input) { ${done} } }`,

  grantDelegation: `mutation ($input: GrantDelegationInput!) { grantDelegation(input: $input) { node { id version } ${done} } }`,
  draftPositions: bulkOf('draftPositions', 'DraftPositionsInput'),
  submitPositions: bulkOf('submitPositions', 'SubmitPositionsInput'),
  changePosition: `mutation ($input: ChangePositionInput!) { changePosition(input: $input) { node { id version } ${done} } }`,
  decideReviews: bulkOf('decideReviews', 'DecideReviewsInput'),
  positions: listOf('positions', '$view: PositionView!, $filter: PositionFilter', 'view: $view, filter: $filter', 'id version state headcount filled title returnedField returnedReason'),

  stateHeadcounts: bulkOf('stateHeadcounts', 'StateHeadcountsInput'),
  entries: listOf('entries', '$view: EntryView!, $filter: EntryFilter', 'view: $view, filter: $filter', 'id seats heads { limit unstated }'),

  programs: listOf('programs', '$view: ProgramView!, $filter: ProgramFilter', 'view: $view, filter: $filter', 'id version state code years'),
  cohorts: listOf('cohorts', '$filter: CohortFilter', 'filter: $filter', 'id version state programCode entryYear'),
  planPrograms: bulkOf('planPrograms', 'PlanProgramsInput'),
  openPrograms: bulkOf('openPrograms', 'TargetsInput'),
  planCohorts: bulkOf('planCohorts', 'PlanCohortsInput'),
  enrolCohort: `mutation ($input: CohortTargetInput!) { enrolCohort(input: $input) { node { id version } ${done} } }`,
  graduateCohort: `mutation ($input: CohortTargetInput!) { graduateCohort(input: $input) { node { id version } ${done} } }`,
  formClasses: bulkOf('formClasses', 'FormClassesInput'),
  enrolStudents: bulkOf('enrolStudents', 'EnrolStudentsInput'),
  withdrawStudents: bulkOf('withdrawStudents', 'WithdrawStudentsInput'),
  studentsTotal: totalOf('students', '$filter: StudentFilter', 'filter: $filter'),

  draftRound: `mutation ($input: DraftRoundInput!) { draftRound(input: $input) { node { ${round} } ${done} } }`,
  announceRound: roundStep('announceRound'),
  openRound: roundStep('openRound'),
  extendRound: `mutation ($input: ExtendRoundInput!) { extendRound(input: $input) { node { ${round} } ${done} } }`,
  closeRound: roundStep('closeRound'),
  matchRound: roundStep('matchRound'),
  verifyRound: roundStep('verifyRound'),
  publishRound: bulkOf('publishRound', 'RoundTargetInput'),
  refillRound: bulkOf('refillRound', 'RoundTargetInput'),
  settleRound: bulkOf('settleRound', 'RoundTargetInput'),
  round: `query ($id: ID!) { node(id: $id) { ... on Round { ${round} } } }`,
  enterPositions: bulkOf('enterPositions', 'EnterPositionsInput'),
  withdrawEntries: bulkOf('withdrawEntries', 'WithdrawEntriesInput'),
  submitLists: bulkOf('submitLists', 'SubmitListsInput'),
  offers: listOf('offers', '$view: OfferView!, $filter: OfferFilter', 'view: $view, filter: $filter', 'id version state studentId reason'),
  answerOffers: bulkOf('answerOffers', 'AnswerOffersInput'),
  explanation: 'query ($round: ID!, $student: ID!) { explanation(round: $round, student: $student) { reason digest position { id } wishes { wish outcome rule points lastPoints } } }',

  placements: listOf('placements', '$view: PlacementView!, $filter: PlacementFilter', 'view: $view, filter: $filter', 'id version state studentId missingGates endKind enterprise { id } kind'),
  placementsTotal: totalOf('placements', '$view: PlacementView!, $filter: PlacementFilter', 'view: $view, filter: $filter'),
  recordGates: bulkOf('recordGates', 'RecordGatesInput'),
  readyPlacements: bulkOf('readyPlacements', 'PlacementTargetsInput'),
  startPlacements: bulkOf('startPlacements', 'PlacementTargetsInput'),
  pausePlacements: bulkOf('pausePlacements', 'PausePlacementsInput'),
  resumePlacements: bulkOf('resumePlacements', 'PlacementTargetsInput'),
  endPlacements: bulkOf('endPlacements', 'EndPlacementsInput'),

  internships: listOf('internships', '$view: InternshipView!, $filter: InternshipFilter', 'view: $view, filter: $filter', 'id version state studentId endKind sequel enterprise { id } startedOn endedOn'),
  internshipsTotal: totalOf('internships', '$view: InternshipView!, $filter: InternshipFilter', 'view: $view, filter: $filter'),
  submitAssessments: bulkOf('submitAssessments', 'SubmitAssessmentsInput'),
  replyToAssessments: bulkOf('replyToAssessments', 'ReplyToAssessmentsInput'),
  settleAssessment: `mutation ($input: SettleAssessmentInput!) { settleAssessment(input: $input) { node { id state } ${done} } }`,
  assessments: listOf('assessments', '$view: AssessmentView!, $filter: AssessmentFilter', 'view: $view, filter: $filter', 'id version state'),
  reportDestinations: bulkOf('reportDestinations', 'ReportDestinationsInput'),
  confirmDestinations: bulkOf('confirmDestinations', 'ConfirmDestinationsInput'),
  retentionChecks: listOf('retentionChecks', '$filter: RetentionFilter', 'filter: $filter', 'id version state months'),
  recordRetention: bulkOf('recordRetention', 'RecordRetentionInput'),
  figures: 'query ($indicator: String!, $by: [Axis!], $filter: FigureFilter) { figures(indicator: $indicator, by: $by, filter: $filter) { definition { indicator version } total { suppressed denominator numerator unknown ratePermille } suppressed figures { region occupation period suppressed denominator numerator unknown ratePermille } } }',
} as const;
