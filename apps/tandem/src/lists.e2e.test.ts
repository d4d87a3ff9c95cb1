// A list of 100 costs as many calls and as many statements as a list of 1, with everything that hangs on its rows.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '@tandem/test-kit';
import { ensureSampleRegion, sample } from './sample/region.js';
import { doMany, type At } from './probes/deeds.test-support.js';
import { aClassOf } from './probes/people.test-support.js';
import { anOpenRound, atGates, destined, published, studentIdOf } from './probes/rounds.test-support.js';
import { day, terms } from './probes/values.test-support.js';
import { aTandem, settle, type Tandem } from './probes/world.test-support.js';
import { documents, type PositionNode } from './story/steps.js';
import type { Session } from './commands/client.js';

const organisation = 'id code name kind region state';
const position = `id version title state seen { topic id sequence } enterprise { ${organisation} } park { ${organisation} } reviewer { ${organisation} } review { id decision text }`;
const person = 'id studentId rollNo name program { id code } class { id cohort { id program { id } } }';
const round = `id title organiser { ${organisation} } colleges { ${organisation} }`;
const page = 'pageInfo { endCursor } totalCount';
type Reader = 'enterprise' | 'college';
const lists: Readonly<Record<string, readonly [Reader, string]>> = {
  positions: ['enterprise', `query ($first: Int) { positions(view: own, page: { first: $first }) { edges { node { ${position} } } ${page} } }`],
  'published positions': ['enterprise', `query ($first: Int) { positions(view: published, page: { first: $first }) { edges { node { ${position} } } ${page} } }`],
  placements: ['enterprise', `query ($first: Int) { placements(view: party, page: { first: $first }) { edges { node { id studentId college { ${organisation} } enterprise { ${organisation} } position { ${position} } } } ${page} } }`],
  'a college’s placements': ['college', `query ($first: Int) { placements(view: own, page: { first: $first }) { edges { node { id gates { gate } missingGates student { ${person} } round { ${round} } position { ${position} } } } ${page} } }`],
  delegations: ['enterprise', `query ($first: Int) { delegations(view: own, page: { first: $first }) { edges { node { id state scopes enterprise { ${organisation} } park { ${organisation} } } } ${page} } }`],
  headcountStatements: ['enterprise', `query ($first: Int) { headcountStatements(page: { first: $first }) { edges { node { id staff seen { topic id sequence } enterprise { ${organisation} } park { ${organisation} } } } ${page} } }`],
  programs: ['college', `query ($first: Int) { programs(view: own, page: { first: $first }) { edges { node { id code skills { code } college { ${organisation} } } } ${page} } }`],
  students: ['college', `query ($first: Int) { students(page: { first: $first }) { edges { node { ${person} cohort { id program { id college { ${organisation} } } } } } ${page} } }`],
  entries: ['enterprise', `query ($first: Int) { entries(view: published, page: { first: $first }) { edges { node { id seats enterprise { ${organisation} } round { ${round} } position { ${position} } } } ${page} } }`],
  preferenceLists: ['college', `query ($first: Int) { preferenceLists(page: { first: $first }) { edges { node { id round { ${round} } student { ${person} } positions { ${position} } } } ${page} } }`],
  offers: ['college', `query ($first: Int) { offers(view: own, page: { first: $first }) { edges { node { id college { ${organisation} } enterprise { ${organisation} } round { ${round} } position { ${position} } student { ${person} } } } ${page} } }`],
  internships: ['college', `query ($first: Int) { internships(view: own, page: { first: $first }) { edges { node { id college { ${organisation} } enterprise { ${organisation} } student { ${person} } position { ${position} } } } ${page} } }`],
  assessments: ['enterprise', `query ($first: Int) { assessments(view: enterprise, page: { first: $first }) { edges { node { id scores { practical } organisation { ${organisation} } internship { id position { ${position} } } } } ${page} } }`],
  retentionChecks: ['college', `query ($first: Int) { retentionChecks(page: { first: $first }) { edges { node { id months student { ${person} } destination { id category employer { ${organisation} } student { id name } } } } ${page} } }`],
};
const MANY = 100;

let tandem: Tandem;
let enterprise: Session;
let college: Session;

beforeAll(async () => {
  tandem = await aTandem({ postgres: { shared_preload_libraries: 'pg_stat_statements', 'pg_stat_statements.track': 'top', 'pg_stat_statements.track_utility': 'on' } });
  await tandem.eyes.tandem_identity.query('create extension pg_stat_statements');
  const operator = await tandem.as('operator', 'OPERATOR');
  const ids = await ensureSampleRegion(operator);
  await settle(operator);
  enterprise = await tandem.as('enterprise_hr', sample.electronics.code);
  college = await tandem.as('college_office', sample.collegeOne.code);
  const positions = await fill(ids, operator);
  await people(ids, operator, positions);
  await still();
}, 240_000);
afterAll(() => tandem?.stop());

/** 100 delegations, 100 published positions of which each has a placement. */
async function fill(ids: ReadonlyMap<string, string>, operator: Session): Promise<string[]> {
  const bureau = await tandem.as('bureau_officer', sample.bureau.code);
  const grants = Array.from({ length: MANY }, () => enterprise.mutate(documents.grantDelegation, { park: ids.get(sample.park.code), scopes: ['demand.position'], fromOn: day(0) }));
  await Promise.all(grants);
  const bulk = (fields: string) => `results { id version error { code } } ${fields} userErrors { code details }`;
  type Bulk = { results: { id: string; version: number }[] };
  const statements = Array.from({ length: MANY }, () => ({ staff: 1_000_000, countedOn: day(-1), evidence: '样例社保名册（虚构）' }));
  await enterprise.mutate(`mutation ($input: StateHeadcountsInput!) { stateHeadcounts(input: $input) { ${bulk('')} } }`, { statements });
  const drafted = await enterprise.mutate<Bulk>(`mutation ($input: DraftPositionsInput!) { draftPositions(input: $input) { ${bulk('')} } }`, { terms: Array.from({ length: MANY }, (_, n) => terms(`样例岗位 ${n}（虚构）`)) });
  const submitted = await enterprise.mutate<Bulk>(`mutation ($input: SubmitPositionsInput!) { submitPositions(input: $input) { ${bulk('')} } }`, { targets: drafted.results.map(({ id, version }) => ({ id, version })) });
  await bureau.mutate(`mutation ($input: DecideReviewsInput!) { decideReviews(input: $input) { ${bulk('')} } }`, { decisions: submitted.results.map(({ id, version }) => ({ position: id, positionVersion: version, decision: 'publish' })) });
  const last = submitted.results.at(-1)?.id;
  await until(async () => (await enterprise.query<PositionNode>(documents.position, { id: last })).state === 'published', { what: 'the positions to be published' });
  await settle(operator);
  await college.mutate(documents.confirm, { placements: submitted.results.map(({ id }) => ({ position: id, studentId: crypto.randomUUID() })) });
  await settle(operator);
  return submitted.results.map(({ id }) => id);
}

/** 100 of everything that a college has: each of 100 students in a round for a position of its own, 100 others at work, 20 in a job. */
async function people(ids: ReadonlyMap<string, string>, operator: Session, [running = '', ...positions]: readonly string[]): Promise<void> {
  const quiet = () => settle(operator);
  for (let n = 0; n < 5; n += 1) {
    const planned = await doMany(college, 'planPrograms', { programs: ['99', '9901', '990102K'].flatMap((code) => [1, 2, 3, 4, 5, 6, 7, 8].map((years) => ({ code, level: 'higher', years }))) });
    await doMany(college, 'closePrograms', { targets: planned });
  }
  const { students } = await aClassOf(college, { name: '样例学生（虚构）', phone: '13955500177', rollNo: 'R', count: 2 * MANY, from: 1 });
  const parties = { college, enterprise, colleges: [ids.get(sample.collegeOne.code) ?? ''], position: running, quiet };
  const open = await anOpenRound(college, parties, '样例轮次（虚构）');
  await doMany(enterprise, 'enterPositions', { entries: positions.map((position) => ({ round: open.id, position, seats: 1 })) });
  await doMany(college, 'submitLists', { lists: students.slice(0, MANY).map(({ id }, n) => ({ round: open.id, student: id, positions: [positions[n] ?? running] })) });
  await published(college, open);
  await atWork(await Promise.all(students.slice(MANY).map(({ id }) => studentIdOf(college, id))));
  await quiet();
  const { edges } = await college.query<{ edges: { node: At }[] }>('query { internships(view: own, page: { first: 100 }) { edges { node { id version } } } }');
  const scores = { practical: 3, analysis: 3, independence: 3, emergencies: 3 };
  await doMany(enterprise, 'submitAssessments', { assessments: edges.map(({ node }) => ({ internship: node.id, assessor: 'mentor', stage: 'entry', scores, evidence: '样例（虚构）' })) });
  for (let n = 0; n < MANY / 5; n += 1) await destined(college, students.slice(2 * n, 2 * n + 2), '样例凭据（虚构）');
  await quiet();
}

async function atWork(studentIds: readonly string[]): Promise<void> {
  const bureau = await tandem.as('bureau_officer', sample.bureau.code);
  const [draft] = await doMany(enterprise, 'draftPositions', { terms: [{ ...terms('样例岗位（虚构）'), headcount: MANY, startsOn: day(-30) }] });
  const [submitted] = await doMany(enterprise, 'submitPositions', { targets: [draft] });
  await doMany(bureau, 'decideReviews', { decisions: [{ position: submitted?.id, positionVersion: submitted?.version, decision: 'publish' }] });
  await settle(await tandem.as('operator', 'OPERATOR'));
  await atGates(college, studentIds.map((studentId) => ({ position: submitted?.id, studentId, startsOn: day(-1) })), '样例凭据（虚构）');
}

/** What runs by itself after so many events has come to rest: no service has made a statement for a while. */
async function still(): Promise<void> {
  await until(async () => {
    const before = await spent();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    return (await spent()).statements === before.statements;
  }, { what: 'the services to be at rest', deadlineMs: 30_000 });
}

interface Cost {
  readonly calls: number;
  readonly statements: number;
}

/** What one request cost: calls that services answered, and every statement of the services' own roles, with the begin and commit of each transaction. */
async function costOf([reader, query]: readonly [Reader, string], first: number): Promise<Cost & { readonly rows: number }> {
  const before = await spent();
  const { edges } = await { enterprise, college }[reader].query<{ edges: unknown[] }>(query, { first });
  const after = await spent();
  return { calls: after.calls - before.calls, statements: after.statements - before.statements, rows: edges.length };
}

/** Every ten seconds a request also asks again whom its token speaks for: of two in turn the one that did not. */
async function leastOf(list: readonly [Reader, string], first: number): Promise<Cost & { readonly rows: number }> {
  const [one, other] = [await costOf(list, first), await costOf(list, first)];
  return one.calls <= other.calls ? one : other;
}

async function spent(): Promise<Cost> {
  const counts = await Promise.all(tandem.running.services.map(async ({ metrics }) => (await metrics.calls.get()).values));
  const calls = counts.flat().filter(({ metricName }) => metricName === 'tandem_call_seconds_count').reduce((sum, { value }) => sum + value, 0);
  const { rows } = await tandem.eyes.tandem_identity.query<{ n: number }>(
    `select coalesce(sum(s.calls), 0)::int n from pg_stat_statements s join pg_roles r on r.oid = s.userid where r.rolname in ('identity_app', 'demand_app', 'programs_app', 'placement_app', 'outcomes_app')`,
  );
  return { calls, statements: rows[0]?.n ?? 0 };
}

describe('a list with all its nested fields', () => {
  it.each(Object.entries(lists))('of 100 %s makes as many calls and statements as of 1', async (name, list) => {
    const one = await leastOf(list, 1);
    const many = await leastOf(list, MANY);
    process.stderr.write(`${name}: of 1 ${one.calls} calls, ${one.statements} statements; of ${many.rows} ${many.calls} calls, ${many.statements} statements\n`);
    expect([one.rows, many.rows]).toEqual([1, MANY]);
    expect(one.calls).toBeGreaterThan(1);
    expect(one.statements).toBeGreaterThan(1);
    expect({ calls: many.calls, statements: many.statements }).toEqual({ calls: one.calls, statements: one.statements });
  });
});
