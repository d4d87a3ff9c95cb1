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
import { acceptOne, anOpenRound, assessed, destined, onTheirWay, published, rank, type Parties } from './rounds.test-support.js';
import { aClassOf, idNumber, privateOnes } from './people.test-support.js';
import { doOne } from './deeds.test-support.js';
import { day, inner, roundTerms, terms } from './values.test-support.js';

export const databases = ['tandem_identity', 'tandem_demand', 'tandem_programs', 'tandem_placement', 'tandem_outcomes', 'tandem_log'] as const;
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
  token(role: Role, code: string, account?: string): Promise<string>;
  stop(): Promise<void>;
}

export async function aTandem(options: LaunchOptions = {}, settings: Record<string, string> = {}): Promise<Tandem> {
  const home = mkdtempSync(join(tmpdir(), 'tandem-probes-'));
  // The database's own user passes through.
  chmodSync(home, 0o711);
  const running = await launch(configuration({ TANDEM_HOME: home, PORT: '0', TANDEM_SEED: 'none', TANDEM_LOG_LEVEL: 'silent', ...settings }), options);
  const { host, port, superuser: user, password } = running.server;
  const eye = (database: Database) => new pg.Pool({ host, port, user, password, database, max: 2, allowExitOnIdle: true });
  const eyes = Object.fromEntries(databases.map((database) => [database, eye(database)])) as Tandem['eyes'];
  return {
    running,
    eyes,
    as: (role, code) => Session.as(running.url, home, role, code),
    token: (role, code, account) => localToken(running.home.secrets.local.privateKey, role, code, account),
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
  /** Of those who are nobody's victims, by the name of a field that takes them: a published position with seats, a round that it is in, a college's people. */
  readonly open: Readonly<Record<'position' | 'positions' | 'round' | 'program' | 'cohort' | 'class' | 'student', string>>;
  quiet(): Promise<void>;
}

export const stranger = {
  park: { kind: 'park', code: 'PROBE-PARK', name: '样例另一园区（虚构）', region: '990102' },
  bureau: { kind: 'bureau', code: 'PROBE-BUREAU', name: '样例另一教育局（虚构）', region: '990102' },
} as const;
/** Registered and never verified: its row is the operator's and its own. */
export const pending = { kind: 'park', code: 'PROBE-PENDING', name: '样例待审园区（虚构）', region: '990101' } as const;
export const secrets = {
  phone: '13955500177', person: '样例甲（虚构）', title: '样例机密岗位', reviewText: '样例退回说明（虚构）',
  student: '样例学生乙（虚构）', rollNo: 'R-PROBE', idNumber: idNumber(1), round: '样例机密轮次（虚构）', evidence: '样例凭据（虚构）', words: '样例评语（虚构）',
} as const;
/** Named in imports that nobody else knows of. */
export const importId = crypto.randomUUID();

const registerText = 'mutation ($input: RegisterOrganisationInput!) { registerOrganisation(input: $input) { node { id version } seen { topic id sequence } userErrors { code details } } }';
const verifyText = 'mutation ($input: OrganisationTargetInput!) { verifyOrganisation(input: $input) { node { id } seen { topic id sequence } userErrors { code details } } }';
const membershipText = 'mutation ($input: GrantMembershipInput!) { grantMembership(input: $input) { node { id } seen { topic id sequence } userErrors { code details } } }';
const revokeText = 'mutation ($input: RevokeDelegationInput!) { revokeDelegation(input: $input) { node { id } seen { topic id sequence } userErrors { code details } } }';
const headcountText = 'mutation ($input: StateHeadcountInput!) { stateHeadcount(input: $input) { node { id } seen { topic id sequence } userErrors { code details } } }';
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
  const position = await victims(tandem, ids);
  await aJob(tandem, inner(ids.get(sample.electronics.code) ?? ''));
  await inRounds(tandem, { ids, position, quiet });
  const { open, delegation } = await others(tandem, ids, quiet);
  await quiet();
  return { ...tandem, ids, open, quiet, strangers: await strangersOf(tandem, ids, { delegation, student: open.student }) };
}

/** A college's people in a round that was drafted, one that is open and one that was published, and on their way afterwards. */
async function inRounds(tandem: Tandem, { ids, position, quiet }: Pick<ProbeWorld, 'ids' | 'quiet'> & { readonly position: string }): Promise<void> {
  const college = await tandem.as('college_office', sample.collegeOne.code);
  const enterprise = await tandem.as('enterprise_hr', sample.electronics.code);
  const bureau = await tandem.as('bureau_officer', sample.bureau.code);
  const people = await aClassOf(college, { name: secrets.student, phone: secrets.phone, rollNo: secrets.rollNo, count: 9, from: 1, importId });
  await privateOnes(college, people, importId);
  const running = await decided(enterprise, bureau, await submitted(enterprise, '样例已开始岗位（虚构）', { startsOn: day(-30) }), { decision: 'publish' });
  await quiet();
  const parties: Parties = { college, enterprise, colleges: [ids.get(sample.collegeOne.code) ?? ''], position, quiet };
  const { students } = people;
  await doOne(college, 'draftRound', { terms: roundTerms(secrets.round, parties.colleges) });
  const open = await anOpenRound(college, parties, '样例公开轮次（虚构）');
  await rank(college, open.id, students.slice(0, 2), [position]);
  const matched = await anOpenRound(college, parties, '样例已公布轮次（虚构）');
  await rank(college, matched.id, students.slice(2, 5), [position]);
  await rank(college, matched.id, students.slice(7, 8), []);
  await published(college, matched);
  await quiet();
  await doOne(college, 'fileAppeal', { round: matched.id, student: students[4]?.id, ground: 'not_informed', text: secrets.words });
  await acceptOne(college);
  await onTheirWay(parties, running.id, students.slice(5, 7), secrets.evidence);
  await quiet();
  await assessed(parties, secrets.words);
  await destined(college, students.slice(5, 7), secrets.evidence);
}

/** Everything that an enterprise, its park, its college and its bureau keep to themselves. */
async function victims(tandem: Tandem, ids: ReadonlyMap<string, string>): Promise<string> {
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
  await enterprise.mutate(headcountText, { statement: { staff: 1_200, countedOn: day(-1), evidence: secrets.evidence } });
  await enterprise.mutate(headcountText, { statement: { occupation: '9-01-01-01', staff: 900, countedOn: day(-1), evidence: secrets.evidence } });
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
  return open.id;
}

/** As a bulk command of more than 1,000 items leaves one. */
async function aJob({ eyes }: Tandem, org: string): Promise<void> {
  await eyes.tandem_demand.query(`insert into jobs (org, id, kind, state, total, done, request_hash, caller) values ($1, gen_random_uuid(), 'demand.position.drafted', 'done', 1717, 1717, '', '{}')`, [org]);
}

/** What the strangers have of their own: a delegation, a position that anybody may be placed at, a round, people. */
async function others(tandem: Tandem, ids: ReadonlyMap<string, string>, quiet: () => Promise<void>): Promise<Pick<ProbeWorld, 'open'> & { delegation: string }> {
  const enterprise = await tandem.as('enterprise_hr', sample.equipment.code);
  const bureau = await tandem.as('bureau_officer', stranger.bureau.code);
  const college = await tandem.as('college_office', sample.collegeTwo.code);
  const { node } = await enterprise.mutate<Noded>(documents.grantDelegation, { park: ids.get(stranger.park.code), scopes: ['demand.position'], fromOn: day(0), toOn: day(365) });
  const { id: position } = await decided(enterprise, bureau, await submitted(enterprise, '样例他人岗位（虚构）', { region: '990102', headcount: 5_000 }), { decision: 'publish' });
  const people = await aClassOf(college, { name: '样例他人（虚构）', phone: '13955500188', rollNo: 'R-OTHER', count: 1, from: 500 });
  await quiet();
  const round = await anOpenRound(bureau, { college, enterprise, colleges: [ids.get(sample.collegeTwo.code) ?? ''], position, quiet }, '样例他人轮次（虚构）');
  const { program, cohort, class: formed, students } = people;
  return { delegation: node.id, open: { position, positions: position, round: round.id, program, cohort, class: formed, student: students[0]?.id ?? '' } };
}

async function strangersOf(tandem: Tandem, ids: ReadonlyMap<string, string>, { delegation, student }: { readonly delegation: string; readonly student: string }): Promise<Stranger[]> {
  const one = async (name: string, role: Role, code: string, account: string = crypto.randomUUID()): Promise<Stranger> => {
    const principal: Principal = { account, org: inner(ids.get(code) ?? ''), role, orgKind: roles[role], kind: 'person' };
    return { name, principal, token: await tandem.token(role, code, account) };
  };
  const park = await one('another park', 'park_operator', stranger.park.code);
  const enterprise = inner(ids.get(sample.equipment.code) ?? '');
  const acting: Principal = { ...park.principal, org: enterprise, orgKind: 'enterprise', onBehalfOf: { org: park.principal.org, delegation: inner(delegation) } };
  return [
    await one('another enterprise', 'enterprise_hr', sample.equipment.code),
    await one('another college', 'college_office', sample.collegeTwo.code),
    await one('a student of another college', 'student', sample.collegeTwo.code, inner(student)),
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

type States = readonly { readonly unsent: number; readonly dueTimers: number; readonly consumers: readonly { readonly lag: number }[] }[];

export async function settle(operator: Session): Promise<void> {
  const still = async () => (await operator.query<States>(documents.consumers)).every(({ unsent, dueTimers, consumers }) => unsent === 0 && dueTimers === 0 && consumers.every(({ lag }) => lag <= 0));
  await until(still, { what: 'everything due to be done, sent and consumed', deadlineMs: 30_000 });
}
