// A list of 100 costs as many calls and as many statements as a list of 1, with everything that hangs on its rows.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '@tandem/test-kit';
import { ensureSampleRegion, sample } from './sample/region.js';
import { day, terms } from './probes/values.test-support.js';
import { aTandem, settle, type Tandem } from './probes/world.test-support.js';
import { documents, type PositionNode } from './story/steps.js';
import type { Session } from './commands/client.js';

const organisation = 'id code name kind region state';
const position = `id version title state seen { topic id sequence } enterprise { ${organisation} } park { ${organisation} } reviewer { ${organisation} } review { id decision text }`;
const lists = {
  positions: `query ($first: Int) { positions(view: own, page: { first: $first }) { edges { node { ${position} } } pageInfo { endCursor } totalCount } }`,
  'published positions': `query ($first: Int) { positions(view: published, page: { first: $first }) { edges { node { ${position} } } pageInfo { endCursor } totalCount } }`,
  placements: `query ($first: Int) { placements(view: party, page: { first: $first }) { edges { node { id studentId college { ${organisation} } enterprise { ${organisation} } position { ${position} } } } totalCount } }`,
  delegations: `query ($first: Int) { delegations(view: own, page: { first: $first }) { edges { node { id state scopes enterprise { ${organisation} } park { ${organisation} } } } totalCount } }`,
};
const MANY = 100;

let tandem: Tandem;
let enterprise: Session;

beforeAll(async () => {
  tandem = await aTandem({ postgres: { shared_preload_libraries: 'pg_stat_statements', 'pg_stat_statements.track': 'top', 'pg_stat_statements.track_utility': 'on' } });
  await tandem.eyes.tandem_identity.query('create extension pg_stat_statements');
  const operator = await tandem.as('operator', 'OPERATOR');
  const ids = await ensureSampleRegion(operator);
  await settle(operator);
  enterprise = await tandem.as('enterprise_hr', sample.electronics.code);
  await fill(ids, operator);
}, 120_000);
afterAll(() => tandem?.stop());

/** 100 delegations, 100 published positions of which each has a placement. */
async function fill(ids: ReadonlyMap<string, string>, operator: Session): Promise<void> {
  const bureau = await tandem.as('bureau_officer', sample.bureau.code);
  const college = await tandem.as('college_office', sample.collegeOne.code);
  const grants = Array.from({ length: MANY }, () => enterprise.mutate(documents.grantDelegation, { park: ids.get(sample.park.code), scopes: ['demand.position'], fromOn: day(0) }));
  await Promise.all(grants);
  const bulk = (fields: string) => `results { id version error { code } } ${fields} userErrors { code details }`;
  type Bulk = { results: { id: string; version: number }[] };
  const drafted = await enterprise.mutate<Bulk>(`mutation ($input: DraftPositionsInput!) { draftPositions(input: $input) { ${bulk('')} } }`, { terms: Array.from({ length: MANY }, (_, n) => terms(`样例岗位 ${n}（虚构）`)) });
  const submitted = await enterprise.mutate<Bulk>(`mutation ($input: SubmitPositionsInput!) { submitPositions(input: $input) { ${bulk('')} } }`, { targets: drafted.results.map(({ id, version }) => ({ id, version })) });
  await bureau.mutate(`mutation ($input: DecideReviewsInput!) { decideReviews(input: $input) { ${bulk('')} } }`, { decisions: submitted.results.map(({ id, version }) => ({ position: id, positionVersion: version, decision: 'publish' })) });
  const last = submitted.results.at(-1)?.id;
  await until(async () => (await enterprise.query<PositionNode>(documents.position, { id: last })).state === 'published', { what: 'the positions to be published' });
  await settle(operator);
  await college.mutate(documents.confirm, { placements: submitted.results.map(({ id }) => ({ position: id, studentId: crypto.randomUUID() })) });
  await settle(operator);
}

interface Cost {
  readonly calls: number;
  readonly statements: number;
}

/** What one request cost: calls that services answered, and every statement of the services' own roles, with the begin and commit of each transaction. */
async function costOf(query: string, first: number): Promise<Cost & { readonly rows: number }> {
  const before = await spent();
  const { edges } = await enterprise.query<{ edges: unknown[] }>(query, { first });
  const after = await spent();
  return { calls: after.calls - before.calls, statements: after.statements - before.statements, rows: edges.length };
}

async function spent(): Promise<Cost> {
  const counts = await Promise.all(tandem.running.services.map(async ({ metrics }) => (await metrics.calls.get()).values));
  const calls = counts.flat().filter(({ metricName }) => metricName === 'tandem_call_seconds_count').reduce((sum, { value }) => sum + value, 0);
  const { rows } = await tandem.eyes.tandem_identity.query<{ n: number }>(
    `select coalesce(sum(s.calls), 0)::int n from pg_stat_statements s join pg_roles r on r.oid = s.userid where r.rolname in ('identity_app', 'demand_app', 'placement_app')`,
  );
  return { calls, statements: rows[0]?.n ?? 0 };
}

describe('a list with all its nested fields', () => {
  it.each(Object.entries(lists))('of 100 %s makes as many calls and statements as of 1', async (name, query) => {
    // The first request learns whom the token speaks for.
    await costOf(query, 1);
    const one = await costOf(query, 1);
    const many = await costOf(query, MANY);
    process.stderr.write(`${name}: of 1 ${one.calls} calls, ${one.statements} statements; of ${many.rows} ${many.calls} calls, ${many.statements} statements\n`);
    expect([one.rows, many.rows]).toEqual([1, MANY]);
    expect(one.calls).toBeGreaterThan(1);
    expect(one.statements).toBeGreaterThan(1);
    expect({ calls: many.calls, statements: many.statements }).toEqual({ calls: one.calls, statements: one.statements });
  });
});
