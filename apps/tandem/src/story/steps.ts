// The documents of the story, as a client of the public surface writes them.
const done = 'seen { topic id sequence } userErrors { code kind field details }';
const position = 'id version state filled headcount closeReason returnedField returnedReason review { text } seen { topic id sequence }';
const placement = 'id version state seen { topic id sequence }';

export const documents = {
  grantDelegation: `mutation ($input: GrantDelegationInput!) { grantDelegation(input: $input) { node { id version } ${done} } }`,
  draft: `mutation ($input: DraftPositionInput!) { draftPosition(input: $input) { node { ${position} } ${done} } }`,
  change: `mutation ($input: ChangePositionInput!) { changePosition(input: $input) { node { ${position} } ${done} } }`,
  submit: `mutation ($input: PositionTargetInput!) { submitPosition(input: $input) { node { ${position} } ${done} } }`,
  decide: `mutation ($input: DecideReviewInput!) { decideReview(input: $input) { node { id } ${done} } }`,
  confirm: `mutation ($input: ConfirmPlacementsInput!) { confirmPlacements(input: $input) { results { id version error { code } } ${done} } }`,
  cancel: `mutation ($input: CancelPlacementInput!) { cancelPlacement(input: $input) { node { ${placement} } ${done} } }`,
  position: `query ($id: ID!) { node(id: $id) { ... on Position { ${position} } } }`,
  node: 'query ($id: ID!) { node(id: $id) { id } }',
  positions: `query ($view: PositionView!, $after: String) { positions(view: $view, page: { first: 100, after: $after }) { edges { node { id headcount filled } } pageInfo { hasNextPage endCursor } totalCount } }`,
  placements: 'query ($view: PlacementView!) { placements(view: $view, page: { first: 0 }, filter: { state: confirmed }) { totalCount } }',
  consumers: 'query { opsConsumers { service unsent dueTimers consumers { consumer topic lag published consumed held parked } } }',
} as const;

export interface PositionNode {
  readonly id: string;
  readonly version: number;
  readonly state: string;
  readonly filled: number;
  readonly headcount: number;
  readonly closeReason: string | null;
  readonly returnedField: string | null;
  readonly returnedReason: string | null;
  readonly review: { readonly text: string | null } | null;
  readonly seen: { readonly topic: string; readonly id: string; readonly sequence: number };
}
