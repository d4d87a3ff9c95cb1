// What is private to the victims, read below every policy, and which of it belongs into which field that takes an id.
import { sample } from '../sample/region.js';
import { inner, pending, secrets, type ProbeWorld } from './world.test-support.js';

export type Kind = 'organisation' | 'membership' | 'delegation' | 'position' | 'public position' | 'review' | 'placement' | 'account' | 'placed student' | 'free student' | 'event' | 'job';

/** A row of a victim: its id in the form that a service takes, and the type that a global id would name. */
export interface Victim {
  readonly kind: Kind;
  readonly type: string;
  readonly id: string;
  readonly version: number;
}

const everyNode: readonly Kind[] = ['organisation', 'membership', 'delegation', 'position', 'review', 'placement'];
const anyPosition: readonly Kind[] = ['position', 'public position'];

/**
 * Which victims' ids belong into which field of GraphQL and of the services' messages; a field that takes an id and is not here fails the
 * run. Published positions are everybody's to read and to be placed at, and nobody else's to change.
 */
export const kindsOf: Readonly<Record<string, readonly Kind[]>> = {
  'Query.node.id': everyNode,
  'GrantDelegationInput.park': ['organisation'],
  'RevokeDelegationInput.id': ['delegation'],
  'EndMembershipInput.id': ['membership'],
  'GrantMembershipInput.account': ['account'],
  'OrganisationTargetInput.id': ['organisation'],
  'SuspendOrganisationInput.id': ['organisation'],
  'PlacementFilter.position': anyPosition,
  'PlacementInput.position': ['position'],
  'PlacementInput.studentId': ['free student'],
  'CancelPlacementInput.id': ['placement'],
  'CancellationInput.id': ['placement'],
  'DraftPositionInput.onBehalfOf': ['delegation'],
  'DraftPositionsInput.onBehalfOf': ['delegation'],
  'ChangePositionInput.onBehalfOf': ['delegation'],
  'ChangePositionInput.id': anyPosition,
  'PositionTargetInput.onBehalfOf': ['delegation'],
  'PositionTargetInput.id': anyPosition,
  'SubmitPositionsInput.onBehalfOf': ['delegation'],
  'TargetInput.id': anyPosition,
  'ResizePositionInput.onBehalfOf': ['delegation'],
  'ResizePositionInput.id': anyPosition,
  'ClosePositionInput.onBehalfOf': ['delegation'],
  'ClosePositionInput.id': anyPosition,
  'DecisionInput.position': anyPosition,
  'ReplayInput.eventId': ['event'],
  'Query.job.id': ['job'],
  'CancelJobInput.id': ['job'],
  // The services' own messages.
  'Target.id': [...everyNode, 'public position'],
  'BatchGetRequest.ids': everyNode,
  'ChangePositionRequest.id': anyPosition,
  'ResizePositionRequest.id': anyPosition,
  'ClosePositionRequest.id': anyPosition,
  'DecideReviewRequest.positionId': anyPosition,
  'SuspendOrganisationRequest.id': ['organisation'],
  'GrantMembershipRequest.account': ['account'],
  'GrantDelegationRequest.parkOrg': ['organisation'],
  'ConfirmPlacementRequest.positionId': ['position'],
  'ConfirmPlacementRequest.studentId': ['free student'],
  'CancelPlacementRequest.id': ['placement'],
  'ListPlacementsRequest.positionId': anyPosition,
  'ReplayRequest.eventId': ['event'],
  'GetRequest.id': ['job'],
};

/** Fields whose value leads to a row of the caller's own, so that a probe may change the caller's tenant. */
export const mayWriteOwn: ReadonlySet<Kind> = new Set(['account', 'free student']);

/** One list of each kind, as one who may see its rows: for cursors. */
export const listsOfVictims: Readonly<Record<string, { readonly role: 'operator' | 'enterprise_hr' | 'college_office'; readonly code: string; readonly args: string }>> = {
  organisations: { role: 'operator', code: 'OPERATOR', args: 'filter: { state: pending }, ' },
  codes: { role: 'operator', code: 'OPERATOR', args: 'list: occupations, ' },
  memberships: { role: 'enterprise_hr', code: sample.electronics.code, args: '' },
  delegations: { role: 'enterprise_hr', code: sample.electronics.code, args: 'view: own, ' },
  positions: { role: 'enterprise_hr', code: sample.electronics.code, args: 'view: own, filter: { state: draft }, ' },
  placements: { role: 'college_office', code: sample.collegeOne.code, args: 'view: own, ' },
};

/** What a stranger would look for in a filter that is a text, beside something that nobody has. */
export const soughtIn: Readonly<Record<string, readonly [string, string]>> = {
  'MembershipFilter.phone': [secrets.phone, '13955500178'],
  'MembershipFilter.role': ['enterprise_hr', 'enterprise_hr'],
  'OrganisationFilter.search': [pending.name, '样例没有的园区'],
  'OrganisationFilter.region': [pending.region, pending.region],
  'PositionFilter.search': [secrets.title, '样例没有的岗位'],
  'PositionFilter.region': ['990101', '990101'],
  'PositionFilter.occupation': ['9-01-01-01', '9-01-01-01'],
  'Query.codes.parent': ['9-01-01', '9-01-01'],
  'Query.codes.search': ['样例', '样例'],
};

export interface Victims {
  readonly all: readonly Victim[];
  /** Values of which no stranger may see any: ids in both forms, names, numbers, titles, words. */
  readonly secrets: readonly string[];
  /** Their organisations. */
  readonly orgs: readonly string[];
}

interface Row {
  readonly id: string;
  readonly version: number;
}

export async function victimsOf({ eyes, ids }: ProbeWorld): Promise<Victims> {
  const orgs = [sample.electronics, sample.collegeOne, sample.park, sample.bureau].map(({ code }) => inner(ids.get(code) ?? ''));
  const rows = async (database: keyof typeof eyes, text: string): Promise<Row[]> => (await eyes[database].query<Row>(text, [orgs])).rows;
  const found = async (kind: Kind, type: string, database: keyof typeof eyes, text: string): Promise<Victim[]> => (await rows(database, text)).map((row) => ({ ...row, kind, type }));
  const all = (
    await Promise.all([
      found('organisation', 'Organisation', 'tandem_identity', `select id, version from organisations where not is_public and id <> all($1::uuid[])`),
      found('membership', 'Membership', 'tandem_identity', 'select id, version from memberships where org = any($1::uuid[])'),
      found('account', '', 'tandem_identity', 'select account as id, 1 as version from memberships where org = any($1::uuid[])'),
      found('delegation', 'Delegation', 'tandem_identity', 'select id, version from delegations where org = any($1::uuid[])'),
      found('position', 'Position', 'tandem_demand', 'select id, version from positions where org = any($1::uuid[]) and not is_public order by row_number() over (partition by state), state'),
      found('public position', 'Position', 'tandem_demand', 'select id, version from positions where org = any($1::uuid[]) and is_public'),
      found('review', 'Review', 'tandem_demand', 'select id, version from reviews where org = any($1::uuid[])'),
      found('placement', 'Placement', 'tandem_placement', 'select id, version from placements where org = any($1::uuid[]) order by row_number() over (partition by state), state'),
      found('placed student', '', 'tandem_placement', `select student_id as id, 1 as version from placements where org = any($1::uuid[]) and state = 'confirmed'`),
      found('free student', '', 'tandem_placement', `select student_id as id, 1 as version from placements where org = any($1::uuid[]) and state = 'cancelled'`),
      found('job', '', 'tandem_demand', 'select id, 1 as version from jobs where org = any($1::uuid[])'),
      found('event', '', 'tandem_log', `select event_id as id, 1 as version from entries where headers->>'ce_org' = any($1::text[]) limit 2`),
    ])
  ).flat();
  const hidden = all.filter(({ kind }) => kind !== 'public position');
  return { all, orgs, secrets: [...Object.values(secrets), pending.name, pending.code, ...hidden.flatMap(formsOf)] };
}

/** How an id may show: as it is, and as a global id. */
export function formsOf({ type, id }: Pick<Victim, 'type' | 'id'>): string[] {
  return type === '' ? [id] : [id, globalOf(type, id)];
}

export function globalOf(type: string, id: string): string {
  return Buffer.from(`${type}:${id}`).toString('base64url');
}

/** Only what `wanted` lets through. A student is free for one placement, so each place has one of its own. */
export function victimsFor(victims: Victims, place: string, wanted: (kind: Kind) => boolean): Victim[] {
  const kinds = kindsOf[place];
  if (!kinds) throw new Error(`${place} takes an id, and no victim's id is named for it: add it to kindsOf`);
  const asked = kinds.filter(wanted);
  if (asked.includes('free student')) return [nextStudent(victims)];
  // Of many of a kind a few, among them every state.
  const found = asked.flatMap((asking) => victims.all.filter(({ kind }) => kind === asking).slice(0, 3));
  if (asked.length > 0 && found.length === 0) throw new Error(`no victim for ${place}`);
  return found;
}

const used = new Set<string>();

function nextStudent({ all }: Victims): Victim {
  const next = all.find(({ kind, id }) => kind === 'free student' && !used.has(id));
  if (!next) throw new Error('more places take a student than the victims have free ones');
  used.add(next.id);
  return next;
}
