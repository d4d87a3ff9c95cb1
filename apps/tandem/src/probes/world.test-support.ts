// One running Tandem for probes: organisations whose rows are private, strangers who look for them, and the superuser's eye below every policy.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { roles, type Principal, type Role } from '@tandem/contracts';
import { localToken } from '@tandem/gateway';
import { configuration } from '@tandem/service-kit';
import { until } from '@tandem/test-kit';
import pg from 'pg';
import { Session } from '../commands/client.js';
import { launch, type LaunchOptions, type RunningTandem } from '../launch/launch.js';
import { ensureSampleRegion, sample } from '../sample/region.js';
import { documents, type PositionNode } from '../story/steps.js';

export const databases = ['tandem_identity', 'tandem_demand', 'tandem_placement', 'tandem_log'] as const;
export type Database = (typeof databases)[number];

/** Someone with a good token and no right to the rows that the probes name. */
export interface Stranger {
  readonly name: string;
  readonly token: string;
  readonly principal: Principal;
  /** A living delegation of another enterprise, for a park that acts for it. */
  readonly onBehalfOf?: string;
}

export interface Tandem {
  readonly running: RunningTandem;
  readonly eyes: Readonly<Record<Database, pg.Pool>>;
  as(role: Role, code: string): Promise<Session>;
  token(role: Role, code: string): Promise<string>;
  stop(): Promise<void>;
}

export async function aTandem(options: LaunchOptions = {}, settings: Record<string, string> = {}): Promise<Tandem> {
  const home = mkdtempSync(join(tmpdir(), 'tandem-probes-'));
  // The database's own user passes through.
  chmodSync(home, 0o711);
  const running = await launch(configuration({ TANDEM_HOME: home, PORT: '0', TANDEM_SEED: 'none', TANDEM_LOG_LEVEL: 'silent', ...settings }), options);
  const { host, port, superuser: user, password } = running.server;
  const eye = (database: Database) => new pg.Pool({ host, port, user, password, database, max: 2, allowExitOnIdle: true });
  const eyes = { tandem_identity: eye('tandem_identity'), tandem_demand: eye('tandem_demand'), tandem_placement: eye('tandem_placement'), tandem_log: eye('tandem_log') };
  return {
    running,
    eyes,
    as: (role, code) => Session.as(running.url, home, role, code),
    token: (role, code) => localToken(running.home.secrets.local.privateKey, role, code),
    stop: async () => {
      await Promise.all(Object.values(eyes).map((pool) => pool.end()));
      await running.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

export interface ProbeWorld extends Tandem {
  /** Global ids of organisations by code. */
  readonly ids: ReadonlyMap<string, string>;
  readonly strangers: readonly Stranger[];
  /** A published position of an enterprise that is nobody's victim, with seats. */
  readonly openPosition: string;
  quiet(): Promise<void>;
}

export const stranger = {
  park: { kind: 'park', code: 'PROBE-PARK', name: '样例另一园区（虚构）', region: '990102' },
  bureau: { kind: 'bureau', code: 'PROBE-BUREAU', name: '样例另一教育局（虚构）', region: '990102' },
} as const;
/** Registered and never verified: its row is the operator's and its own. */
export const pending = { kind: 'park', code: 'PROBE-PENDING', name: '样例待审园区（虚构）', region: '990101' } as const;
export const secrets = { phone: '13955500177', person: '样例甲（虚构）', title: '样例机密岗位', reviewText: '样例退回说明（虚构）' } as const;

const registerText = 'mutation ($input: RegisterOrganisationInput!) { registerOrganisation(input: $input) { node { id version } seen { topic id sequence } userErrors { code details } } }';
const verifyText = 'mutation ($input: OrganisationTargetInput!) { verifyOrganisation(input: $input) { node { id } seen { topic id sequence } userErrors { code details } } }';
const membershipText = 'mutation ($input: GrantMembershipInput!) { grantMembership(input: $input) { node { id } seen { topic id sequence } userErrors { code details } } }';
const revokeText = 'mutation ($input: RevokeDelegationInput!) { revokeDelegation(input: $input) { node { id } seen { topic id sequence } userErrors { code details } } }';
const closeText = 'mutation ($input: ClosePositionInput!) { closePosition(input: $input) { node { id } seen { topic id sequence } userErrors { code details } } }';

interface Noded {
  readonly node: PositionNode;
  readonly seen: PositionNode['seen'];
}

export async function probeWorld(): Promise<ProbeWorld> {
  const tandem = await aTandem();
  try {
    return await peopled(tandem);
  } catch (error) {
    await tandem.stop();
    throw error;
  }
}

async function peopled(tandem: Tandem): Promise<ProbeWorld> {
  const operator = await tandem.as('operator', 'OPERATOR');
  const ids = await ensureSampleRegion(operator);
  for (const organisation of [stranger.park, stranger.bureau, pending]) {
    const { node } = await operator.mutate<Noded>(registerText, { ...organisation, invented: true });
    ids.set(organisation.code, node.id);
    if (organisation !== pending) await operator.mutate(verifyText, { id: node.id, version: node.version });
  }
  const quiet = () => settle(operator);
  await quiet();
  await victims(tandem, ids);
  await aJob(tandem, inner(ids.get(sample.electronics.code) ?? ''));
  const { openPosition, delegation } = await others(tandem, ids);
  await quiet();
  return { ...tandem, ids, openPosition, quiet, strangers: await strangersOf(tandem, ids, delegation) };
}

/** Everything that an enterprise, its park, its college and its bureau keep to themselves. */
async function victims(tandem: Tandem, ids: ReadonlyMap<string, string>): Promise<void> {
  const enterprise = await tandem.as('enterprise_hr', sample.electronics.code);
  const college = await tandem.as('college_office', sample.collegeOne.code);
  const bureau = await tandem.as('bureau_officer', sample.bureau.code);
  const park = await tandem.as('park_operator', sample.park.code);
  const members = [[enterprise, 'enterprise_hr'], [college, 'college_office'], [bureau, 'bureau_officer'], [park, 'park_operator']] as const;
  for (const [session, role] of members) await session.mutate(membershipText, { account: crypto.randomUUID(), role, name: secrets.person, phone: secrets.phone, fromOn: day(0) });
  const grant = { park: ids.get(sample.park.code), scopes: ['demand.position'], fromOn: day(0), toOn: day(365) };
  const delegation = await enterprise.mutate<Noded>(documents.grantDelegation, grant);
  await settle(await tandem.as('operator', 'OPERATOR'));
  await park.mutate(documents.draft, { onBehalfOf: delegation.node.id, terms: terms(`${secrets.title} 0`) });
  const old = await enterprise.mutate<Noded>(documents.grantDelegation, grant);
  await enterprise.mutate(revokeText, { id: old.node.id, version: old.node.version });
  await enterprise.mutate(documents.draft, { terms: terms(`${secrets.title} 1`) });
  await submitted(enterprise, `${secrets.title} 2`);
  await decided(enterprise, bureau, await submitted(enterprise, `${secrets.title} 3`), { decision: 'return', field: 'title', reason: 'unclear', text: secrets.reviewText });
  const open = await decided(enterprise, bureau, await submitted(enterprise, '样例公开岗位（虚构）'), { decision: 'publish' });
  const closed = await decided(enterprise, bureau, await submitted(enterprise, '样例撤回岗位（虚构）'), { decision: 'publish' });
  await enterprise.mutate(closeText, { id: closed.id, version: closed.version, reason: 'withdrawn' });
  college.saw(open.seen);
  const placements = Array.from({ length: 8 }, () => ({ position: open.id, studentId: crypto.randomUUID() }));
  await college.query(documents.node, { id: open.id });
  const { results } = await college.mutate<{ results: { id: string; version: number }[] }>(documents.confirm, { placements });
  for (const { id, version } of results.slice(2)) await college.mutate(documents.cancel, { id, version, reason: 'mistake' });
}

/** As a bulk command of more than 1,000 items leaves one. */
async function aJob({ eyes }: Tandem, org: string): Promise<void> {
  await eyes.tandem_demand.query(`insert into jobs (org, id, kind, state, total, done, request_hash, caller) values ($1, gen_random_uuid(), 'demand.position.drafted', 'done', 1717, 1717, '', '{}')`, [org]);
}

/** What the strangers have of their own: a delegation, and a position that anybody may be placed at. */
async function others(tandem: Tandem, ids: ReadonlyMap<string, string>): Promise<{ openPosition: string; delegation: string }> {
  const enterprise = await tandem.as('enterprise_hr', sample.equipment.code);
  const bureau = await tandem.as('bureau_officer', stranger.bureau.code);
  const { node } = await enterprise.mutate<Noded>(documents.grantDelegation, { park: ids.get(stranger.park.code), scopes: ['demand.position'], fromOn: day(0), toOn: day(365) });
  const open = await decided(enterprise, bureau, await submitted(enterprise, '样例他人岗位（虚构）', { region: '990102', headcount: 5_000 }), { decision: 'publish' });
  return { openPosition: open.id, delegation: node.id };
}

async function strangersOf(tandem: Tandem, ids: ReadonlyMap<string, string>, delegation: string): Promise<Stranger[]> {
  const one = async (name: string, role: Role, code: string): Promise<Stranger> => {
    const principal: Principal = { account: crypto.randomUUID(), org: inner(ids.get(code) ?? ''), role, orgKind: roles[role], kind: 'person' };
    return { name, principal, token: await tandem.token(role, code) };
  };
  const park = await one('another park', 'park_operator', stranger.park.code);
  const enterprise = inner(ids.get(sample.equipment.code) ?? '');
  const acting: Principal = { ...park.principal, org: enterprise, orgKind: 'enterprise', onBehalfOf: { org: park.principal.org, delegation: inner(delegation) } };
  return [
    await one('another enterprise', 'enterprise_hr', sample.equipment.code),
    await one('another college', 'college_office', sample.collegeTwo.code),
    await one('another bureau', 'bureau_officer', stranger.bureau.code),
    park,
    { ...park, name: 'another park for its enterprise', principal: acting, onBehalfOf: delegation },
  ];
}

async function submitted(enterprise: Session, title: string, own: Record<string, unknown> = {}): Promise<PositionNode> {
  const { node } = await enterprise.mutate<Noded>(documents.draft, { terms: { ...terms(title), ...own } });
  return (await enterprise.mutate<Noded>(documents.submit, { id: node.id, version: node.version })).node;
}

async function decided(enterprise: Session, bureau: Session, position: PositionNode, decision: Record<string, unknown>): Promise<PositionNode> {
  const { seen } = await bureau.mutate<Noded>(documents.decide, { decision: { position: position.id, positionVersion: position.version, ...decision } });
  enterprise.saw(seen);
  return until(async () => {
    const now = await enterprise.query<PositionNode>(documents.position, { id: position.id });
    return now.state === 'submitted' ? null : now;
  }, { what: 'the decision to reach the position' });
}

export function terms(title: string): Record<string, unknown> {
  return { kind: 'internship', title, occupation: '9-01-01-01', industry: '9911', region: '990101', headcount: 40, startsOn: day(30), endsOn: day(210), weeklyHours: 40, payFen: 300_000 };
}

/** So many days from today, as a plain date. */
export function day(offset: number): string {
  return new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
}

/** The aggregate's id in a global one. */
export function inner(global: string): string {
  return Buffer.from(global, 'base64url').toString('utf8').split(':')[1] ?? '';
}

type States = readonly { readonly unsent: number; readonly consumers: readonly { readonly lag: number }[] }[];

export async function settle(operator: Session): Promise<void> {
  const still = async () => (await operator.query<States>(documents.consumers)).every(({ unsent, consumers }) => unsent === 0 && consumers.every(({ lag }) => lag <= 0));
  await until(still, { what: 'everything to be sent and consumed', deadlineMs: 30_000 });
}
