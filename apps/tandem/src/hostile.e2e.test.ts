// Hostile documents and bodies at the gateway: refused before anything is asked of a service, with a code, without a word of what is inside.
// Numbers are those of the bad-input matrix.
import { request as http } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ensureSampleRegion, sample } from './sample/region.js';
import { documentOfDeed } from './probes/deeds.test-support.js';
import { globalOf } from './probes/victims.test-support.js';
import { day, inner, roundTerms, terms } from './probes/values.test-support.js';
import { aTandem, settle, type Tandem } from './probes/world.test-support.js';

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly errors: readonly { readonly message: string; readonly extensions?: { readonly code?: string; readonly traceId?: string; readonly details?: Record<string, unknown> } }[];
  readonly data: Record<string, unknown> | null;
}
interface Sending {
  readonly method?: string;
  readonly path?: string;
  readonly type?: string;
  readonly token?: string | null;
}

let tandem: Tandem;
let token: string;
let position: string;
let foreignPosition: string;
let college: string;
let office: string;

beforeAll(async () => {
  tandem = await aTandem();
  const operator = await tandem.as('operator', 'OPERATOR');
  college = inner((await ensureSampleRegion(operator)).get(sample.collegeOne.code) ?? '');
  await settle(operator);
  token = await tandem.token('enterprise_hr', sample.electronics.code);
  office = await tandem.token('college_office', sample.collegeOne.code);
  const draft = async (code: string) => (await (await tandem.as('enterprise_hr', code)).mutate<{ node: { id: string } }>('mutation ($input: DraftPositionInput!) { draftPosition(input: $input) { node { id } userErrors { code details } } }', { terms: terms('样例岗位（虚构）') })).node.id;
  position = await draft(sample.electronics.code);
  foreignPosition = await draft(sample.equipment.code);
}, 120_000);
afterAll(() => tandem?.stop());

function raw(body: string | null, { method = 'POST', path = '/graphql', type = 'application/json', token: as = token }: Sending = {}): Promise<Answer> {
  const headers = { ...(type && { 'content-type': type }), ...(as && { authorization: `Bearer ${as}` }), ...(body !== null && { 'content-length': String(Buffer.byteLength(body)) }) };
  return new Promise((resolve, reject) => {
    const sent = http(`${tandem.running.url}${path}`, { method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk)).on('end', () => resolve(read(response.statusCode ?? 0, text)));
    });
    sent.on('error', reject);
    sent.end(body ?? undefined);
  });
}

function read(status: number, text: string): Answer {
  try {
    const { errors = [], data = null } = JSON.parse(text) as Partial<Answer>;
    return { status, text, errors, data };
  } catch {
    return { status, text, errors: [], data: null };
  }
}

const send = (query: string, variables: Record<string, unknown> = {}): Promise<Answer> => raw(JSON.stringify({ query, variables }));

/** Calls that all services have answered so far. */
async function calls(): Promise<number> {
  const counts = await Promise.all(tandem.running.services.map(async ({ metrics }) => (await metrics.calls.get()).values));
  return counts.flat().filter(({ metricName }) => metricName === 'tandem_call_seconds_count').reduce((sum, { value }) => sum + value, 0);
}

/** Refused with this code before any resolver ran, and with nothing in the answer that helps an attacker. */
async function refused(answer: Promise<Answer>, code: string, before: number): Promise<Answer> {
  const got = await answer;
  expect(got.data).toBeNull();
  expect(got.errors.length).toBeGreaterThan(0);
  expect(got.errors.length).toBeLessThanOrEqual(3);
  expect(got.errors.map(({ extensions }) => extensions?.code)).toEqual(got.errors.map(() => code));
  expect(await calls()).toBe(before);
  return silent(got);
}

function silent(got: Answer): Answer {
  expect(got.text).not.toMatch(/select |insert |\/work\/|\/home\/|node_modules|\.[jt]s:\d|\bat [A-Za-z.]+ \(|Did you mean|SQLSTATE|postgres/i);
  return got;
}

/** After one request, so that whom the token speaks for is known and asks nothing more. */
async function known(): Promise<number> {
  await send('{ clock { today } }');
  return calls();
}

const repeat = (n: number, of: (i: number) => string): string => Array.from({ length: n }, (_, i) => of(i)).join(' ');
const nested = (depth: number): string => `{ positions { edges { node { ${'review { position { '.repeat(depth)} id ${'} }'.repeat(depth)} } } } }`;

describe('documents refused before anything is resolved', () => {
  const long = repeat(400, (i) => `f${i}: positions { edges { node { id title enterprise { id name } } } }`);
  it.each<[string, () => string, string]>([
    ['Q1: 5,000 aliases', () => `{ ${repeat(5_000, (i) => `a${i}: clock { today }`)} }`, 'LIMIT_EXCEEDED'],
    ['Q1: 16 aliases', () => `{ ${repeat(16, (i) => `a${i}: clock { today }`)} }`, 'LIMIT_EXCEEDED'],
    ['Q1: 2,000 aliased mutations', () => `mutation { ${repeat(2_000, (i) => `m${i}: advanceClock(input: { idempotencyKey: "k${i}", days: 1 }) { userErrors { code } }`)} }`, 'LIMIT_EXCEEDED'],
    ['Q2: nine deep', () => nested(3), 'LIMIT_EXCEEDED'],
    ['Q2: deep through fragments', () => `{ positions { ...A } } fragment A on PositionConnection { edges { node { ...B } } } fragment B on Position { review { position { review { position { review { position { id } } } } } } }`, 'LIMIT_EXCEEDED'],
    ['Q2: a fragment that leads to itself', () => '{ positions { ...A } } fragment A on PositionConnection { edges { node { review { position { ...B } } } } } fragment B on Position { review { position { ...B } } }', 'BAD_USER_INPUT'],
    ['Q2: cost', () => `{ ${long} }`, 'LIMIT_EXCEEDED'],
    ['Q4: 3,000 directives', () => `{ clock ${repeat(3_000, () => '@a')} { today } }`, 'LIMIT_EXCEEDED'],
    ['Q4: 300 directives', () => `{ clock ${repeat(300, () => '@include(if: true)')} { today } }`, 'LIMIT_EXCEEDED'],
    ['Q4: many mistakes', () => `{ ${repeat(200, (i) => `nothing${i}`)} }`, 'BAD_USER_INPUT'],
    ['Q5: introspection of the schema', () => '{ __schema { types { name } } }', 'BAD_USER_INPUT'],
    ['Q5: introspection of a type', () => '{ __type(name: "Position") { fields { name } } }', 'BAD_USER_INPUT'],
    ['Q5: a misspelt field', () => '{ positionz { totalCount } }', 'BAD_USER_INPUT'],
    ['Q5: a misspelt argument and type', () => 'query ($x: PositionFilterr) { positions(filterr: $x) { totalCount } }', 'BAD_USER_INPUT'],
    ['Q5: a misspelt value of an enum', () => '{ positions(view: publishd) { totalCount } }', 'BAD_USER_INPUT'],
    ['not GraphQL', () => '}{', 'BAD_USER_INPUT'],
  ])('%s', async (_name, document, code) => {
    const before = await known();
    const got = await refused(send(document()), code, before);
    for (const { extensions } of got.errors) expect(extensions?.traceId).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe('bodies', () => {
  const one = { query: '{ clock { today } }' };
  const padded = (bytes: number): string => JSON.stringify({ ...one, variables: { pad: 'x'.repeat(bytes) } });

  it.each<[string, () => Promise<Answer>, number, string]>([
    ['Q3: a batch', () => raw(JSON.stringify([one, one])), 400, 'BAD_USER_INPUT'],
    ['Q3: 2 MB', () => raw(padded(2_000_000)), 413, 'LIMIT_EXCEEDED'],
    ['Q10: a text of 5 MB', () => raw(padded(5_000_000)), 413, 'LIMIT_EXCEEDED'],
    ['Q3: 300 KB without a token', () => raw(padded(300_000), { token: null }), 413, 'LIMIT_EXCEEDED'],
    ['Q3: 300 KB with a token that is none', () => raw(padded(300_000), { token: 'x.y.z' }), 413, 'LIMIT_EXCEEDED'],
    ['Q3: 20,000 brackets', () => raw(`{"query":"{ clock { today } }","variables":{"x":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`), 400, 'BAD_USER_INPUT'],
    ['Q3: not JSON', () => raw('{"query":'), 400, 'BAD_USER_INPUT'],
    ['Q10: a lone surrogate', () => raw('{"query":"query ($x: String) { positions(filter: { search: $x }) { totalCount } }","variables":{"x":"a\\ud800b"}}'), 400, 'BAD_USER_INPUT'],
    ['no body', () => raw(''), 400, 'BAD_USER_INPUT'],
    ['Q6: text/plain', () => raw(JSON.stringify(one), { type: 'text/plain' }), 400, 'BAD_USER_INPUT'],
    ['Q6: a form', () => raw('query=%7Bclock%7Btoday%7D%7D', { type: 'application/x-www-form-urlencoded' }), 400, 'BAD_USER_INPUT'],
    ['Q6: GET without preflight', () => raw(null, { method: 'GET', path: '/graphql?query=%7Bclock%7Btoday%7D%7D', type: '' }), 400, 'BAD_USER_INPUT'],
    ['Q6: GET with an odd content type', () => raw(null, { method: 'GET', path: '/graphql?query=%7Bclock%7Btoday%7D%7D', type: 'text/plain; application/json' }), 400, 'BAD_USER_INPUT'],
    ['Q6: a mutation by GET', () => raw(null, { method: 'GET', path: `/graphql?query=${encodeURIComponent('mutation { advanceClock(input: { idempotencyKey: "k", days: 1 }) { userErrors { code } } }')}` }), 405, 'BAD_USER_INPUT'],
    ['no token', () => raw(JSON.stringify(one), { token: null }), 401, 'UNAUTHENTICATED'],
  ])('%s', async (_name, sent, status, code) => {
    const before = await known();
    expect((await refused(sent(), code, before)).status).toBe(status);
  });

  it('Q3: 300 KB with a good token are read', async () => {
    expect((await raw(padded(300_000))).data).toMatchObject({ clock: { today: expect.any(String) } });
  });
});

describe('values', () => {
  it.each([['1e9', 1_000_000_000], ['-1', -1], ['101', 101], ['1.5', 1.5], ['2^53', 2 ** 53], ['"NaN"', 'NaN'], ['null', null]])('Q7: first = %s is a typed error, or the default', async (_name, first) => {
    const got = silent(await send('query ($first: Int) { positions(view: own, page: { first: $first }) { totalCount } }', { first }));
    if (first === null) return expect(got.data).toEqual({ positions: { totalCount: 1 } });
    expect(got.data?.['positions'] ?? null).toBeNull();
    expect(['BAD_USER_INPUT', 'input.invalid']).toContain(got.errors[0]?.extensions?.code);
    expect(got.errors[0]?.extensions?.traceId).toMatch(/^[0-9a-f]{32}$/);
  });

  it('Q7: 2^53 + 1, which no number here can hold, is a typed error', async () => {
    const got = silent(await raw('{"query":"query ($first: Int) { positions(page: { first: $first }) { totalCount } }","variables":{"first":9007199254740993}}'));
    expect(got.errors[0]?.extensions?.code).toBe('BAD_USER_INPUT');
  });

});

describe('ids, keys and texts', () => {
  it('Q8: the id of another tenant, of another type, of nothing, malformed or of 1 MB has one answer', async () => {
    const own = Buffer.from(position, 'base64url').toString('utf8').split(':')[1] ?? '';
    const ids = [foreignPosition, globalOf('Placement', own), globalOf('Position', crypto.randomUUID()), globalOf('Nothing', own), 'x', '', '../../etc/passwd', `${position}=`.repeat(3), globalOf('Position', "' or 1=1--"), globalOf('Organisation', own), 'x'.repeat(1_000_000)];
    const answers = await Promise.all(ids.map((id) => send('query ($id: ID!) { node(id: $id) { id } }', { id })));
    expect([...new Set(answers.map(({ text }) => text.trim()))]).toEqual(['{"data":{"node":null}}']);
    const closing = (id: string) => send('mutation ($input: ClosePositionInput!) { closePosition(input: $input) { node { id } userErrors { code kind field } } }', { input: { idempotencyKey: crypto.randomUUID(), id, version: 1, reason: 'mistake' } });
    const mutations = await Promise.all(ids.map(closing));
    expect([...new Set(mutations.map(({ text }) => text.trim()))]).toEqual(['{"data":{"closePosition":{"node":null,"userErrors":[{"code":"command.not_found","kind":"not_found","field":null}]}}}']);
  });

  it.each<[string, string]>([
    ['a key more', '{"idempotencyKey":"k1","id":"x","version":1,"tenantId":"t"}'],
    ['the owner', `{"idempotencyKey":"k2","id":"x","version":1,"org":"${'0'.repeat(8)}"}`],
    ['__proto__', '{"idempotencyKey":"k3","id":"x","version":1,"__proto__":{"polluted":true}}'],
    ['constructor', '{"idempotencyKey":"k4","id":"x","version":1,"constructor":{"prototype":{"polluted":true}}}'],
    ['a list for an object', '[{"idempotencyKey":"k5","id":"x","version":1},{"idempotencyKey":"k6","id":"x","version":1}]'],
    ['an object for a text', '{"idempotencyKey":{"toString":"x"},"id":"x","version":1}'],
  ])('Q9: %s in an input is refused and pollutes nothing', async (_name, input) => {
    const before = await known();
    await refused(raw(`{"query":"mutation ($input: PositionTargetInput!) { submitPosition(input: $input) { node { id } userErrors { code } } }","variables":{"input":${input}}}`), 'BAD_USER_INPUT', before);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('Q9: a key more in a nested input is refused', async () => {
    const before = await known();
    const input = `{"idempotencyKey":"k7","terms":[${JSON.stringify({ ...terms('样例（虚构）'), state: 'published', org: college })}]}`;
    await refused(raw(`{"query":"mutation ($input: DraftPositionsInput!) { draftPositions(input: $input) { userErrors { code } } }","variables":{"input":${input}}}`), 'BAD_USER_INPUT', before);
  });

  it.each([['__proto__'], ['constructor'], ['toString']])('Q9: a variable and an operation called %s change nothing', async (name) => {
    const got = await raw(`{"query":"{ clock { offsetDays } }","variables":{"${name}":{"polluted":true}},"extensions":{"${name}":{"polluted":true}}}`);
    expect(got.data).toEqual({ clock: { offsetDays: 0 } });
    const other = silent(await raw(`{"query":"query A { clock { offsetDays } }","operationName":"${name}"}`));
    expect(other.errors[0]?.extensions?.code).toBe('BAD_USER_INPUT');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it.each([['NUL', '"a\\u0000b"'], ['a right-to-left override', '"a\\u202eb"'], ['100,000 characters', `"${'x'.repeat(100_000)}"`]])('Q10: %s as a title is refused by name', async (_name, title) => {
    const draft = JSON.stringify({ idempotencyKey: crypto.randomUUID(), terms: terms('TITLE') }).replace('"TITLE"', () => title);
    const got = silent(await raw(`{"query":"mutation ($input: DraftPositionInput!) { draftPosition(input: $input) { node { id } userErrors { code field } } }","variables":{"input":${draft}}}`));
    expect(got.data).toEqual({ draftPosition: { node: null, userErrors: [{ code: 'input.invalid', field: 'terms.title' }] } });
  });

  it.each([['NUL', 'a\u0000b'], ['900 KB', 'x'.repeat(900_000)]])('Q10: %s in a search and in a cursor is refused by name', async (_name, text) => {
    for (const variables of [{ search: text }, { after: text }]) {
      const got = silent(await send('query ($search: String, $after: String) { positions(page: { after: $after }, filter: { search: $search }) { totalCount } }', variables));
      expect(['input.invalid', 'input.cursor']).toContain(got.errors[0]?.extensions?.code);
    }
  });
});

interface Bulk {
  readonly results: readonly { readonly id: string | null; readonly error: { readonly code: string } }[];
}

const learner = { kind: 'learner', rollNo: 'H1', name: '样例（虚构）', bornOn: '2007-05-17', region: '990101' };
const destination = { student: globalOf('Student', crypto.randomUUID()), category: 'contract_job', region: '990101', fromOn: day(0), evidenceKind: 'labour_contract', evidence: '样例（虚构）' };
const as = (mutation: string, input: Record<string, unknown>): Promise<Answer> => {
  const query = documentOfDeed(mutation);
  return raw(JSON.stringify({ query, variables: { input: { idempotencyKey: crypto.randomUUID(), ...input } } }), { token: office });
};

/** As a college's office: what the mutations of programs, rounds and outcomes make of what is no value. */
describe('values of students, rounds and outcomes', () => {
  it.each<[string, string, Record<string, unknown>]>([
    ['Q10: a NUL as a name', 'enrolStudents', { students: [{ ...learner, name: 'a\u0000b' }] }],
    ['Q10: a right-to-left override as a name', 'enrolStudents', { students: [{ ...learner, name: 'a\u202eb' }] }],
    ['Q10: 100,000 characters as a name', 'enrolStudents', { students: [{ ...learner, name: 'x'.repeat(100_000) }] }],
    ['Q10: SQL as a roll number', 'enrolStudents', { students: [{ ...learner, rollNo: "'; drop table students--" }] }],
    ['Q7: a day of birth that is none', 'enrolStudents', { students: [{ ...learner, bornOn: '2007-02-30' }] }],
    ['an ID number of 5,000 characters', 'enrolStudents', { students: [{ ...learner, idNumber: '9'.repeat(5_000) }] }],
    ['Q8: an import called x', 'enrolStudents', { students: [learner], importId: 'x' }],
    ['no students at all', 'enrolStudents', { students: [] }],
    ['Q7: a program of 2^31 - 1 years', 'planPrograms', { programs: [{ code: '990101', level: 'higher', years: 2_147_483_647 }] }],
    ['Q7: minus one free', 'planCohorts', { cohorts: [{ program: 'x', entryYear: 2025, graduatesOn: day(900), windows: [{ fromOn: day(0), toOn: day(9), free: -1, purpose: 'job' }] }] }],
    ['Q7: a round for 1e9 days', 'draftRound', { terms: { ...roundTerms('样例（虚构）', [globalOf('Organisation', crypto.randomUUID())]), answerDays: 1_000_000_000 } }],
    ['Q7: minus points', 'draftRound', { terms: { ...roundTerms('样例（虚构）', [globalOf('Organisation', crypto.randomUUID())]), rules: { sameMajor: -1, sameClass: 0, skill: 0, sameCounty: 0, samePrefecture: 0, wishes: 5 } } }],
    ['Q10: a right-to-left override as a round’s title', 'draftRound', { terms: roundTerms('a\u202eb', [globalOf('Organisation', crypto.randomUUID())]) }],
    ['a round of no colleges', 'draftRound', { terms: roundTerms('样例（虚构）', []) }],
    ['60 wishes', 'submitLists', { lists: [{ round: 'x', student: 'x', positions: Array.from({ length: 60 }, () => 'x') }] }],
    ['Q10: a NUL as evidence', 'recordGates', { placements: [{ id: 'x', version: 1, gates: [{ gate: 'agreement', evidence: 'a\u0000b' }] }] }],
    ['Q7: an ability of 6', 'submitAssessments', { assessments: [{ internship: 'x', assessor: 'teacher', stage: 'entry', scores: { practical: 6, analysis: 1, independence: 1, emergencies: 1 }, evidence: '样例（虚构）' }] }],
    ['Q10: evidence of 10,000 characters', 'reportDestinations', { destinations: [{ ...destination, evidence: 'x'.repeat(10_000) }] }],
    ['a wage band of one’s own', 'reportDestinations', { destinations: [{ ...destination, wageBand: 'much' }] }],
    ['a region that is none', 'reportDestinations', { destinations: [{ ...destination, region: '1' }] }],
  ])('%s is refused by name', async (_name, mutation, input) => {
    const got = silent(await as(mutation, input));
    const { userErrors = [] } = (got.data?.[mutation] ?? {}) as { userErrors?: { code: string; details: string }[] };
    expect(userErrors.map(({ code }) => code)).toEqual(['input.invalid']);
    expect((JSON.parse(userErrors[0]?.details ?? '{}') as { field?: string }).field).toMatch(/^[a-z]+/);
  });

});

describe('inputs of students, rounds and outcomes', () => {
  it.each<[string, string, Record<string, unknown>]>([
    ['Q9: a state', 'enrolStudents', { students: [{ ...learner, state: 'graduated' }] }],
    ['Q9: an owner', 'enrolStudents', { students: [learner], org: '00000000-0000-8000-8000-000000000001' }],
    ['Q9: a round that is open already', 'draftRound', { terms: { ...roundTerms('样例（虚构）', []), state: 'open', isPublic: true } }],
    ['Q9: points of another rule', 'draftRound', { terms: { ...roundTerms('样例（虚构）', []), rules: { sameMajor: 1, sameClass: 1, skill: 1, sameCounty: 1, samePrefecture: 1, wishes: 5, wealth: 9 } } }],
    ['Q9: seats of an offer', 'answerOffers', { answers: [{ id: 'x', version: 1, answer: 'accept', seat: 1 }] }],
    ['Q9: a placement that has started', 'recordGates', { placements: [{ id: 'x', version: 1, state: 'started', gates: [] }] }],
    ['Q9: __proto__ among the students', 'enrolStudents', { students: [JSON.parse(`{"__proto__":{"polluted":true},"rollNo":"H2","name":"x","region":"990101"}`)] }],
    ['Q9: an answer that there is not', 'answerOffers', { answers: [{ id: 'x', version: 1, answer: 'acept' }] }],
    ['Q7: 1e10 seats', 'enterPositions', { entries: [{ round: 'x', position: 'x', seats: 10_000_000_000 }] }],
  ])('%s more in an input reaches no service', async (_name, mutation, input) => {
    await as('takeLeave', { id: 'x', version: 1 });
    await refused(as(mutation, input), 'BAD_USER_INPUT', await calls());
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('Q8: the id of another tenant, of another type, of nothing, malformed or of 100 KB has one answer in each bulk command', async () => {
    const ids = [foreignPosition, globalOf('Placement', inner(position)), globalOf('Student', crypto.randomUUID()), 'x', '', '../../etc/passwd', globalOf('Student', "' or 1=1--"), 'x'.repeat(100_000)];
    const commands: [string, (id: string) => Record<string, unknown>][] = [
      ['withdrawStudents', (id) => ({ students: [{ id, version: 1, reason: 'other' }] })],
      ['closePrograms', (id) => ({ targets: [{ id, version: 1 }] })],
      ['strikeLists', (id) => ({ targets: [{ id, version: 1 }] })],
      ['answerOffers', (id) => ({ answers: [{ id, version: 1, answer: 'accept' }] })],
      ['startPlacements', (id) => ({ targets: [{ id, version: 1 }] })],
      ['confirmDestinations', (id) => ({ confirmations: [{ id, version: 1, by: 'graduate' }] })],
      ['recordRetention', (id) => ({ records: [{ id, version: 1, answer: 'unknown' }] })],
    ];
    for (const [mutation, input] of commands) {
      const answers = await Promise.all(ids.map((id) => as(mutation, input(id))));
      const codes = answers.map(({ data }) => (data?.[mutation] as Bulk | undefined)?.results.map(({ id, error }) => [id, error.code]));
      expect([mutation, codes]).toEqual([mutation, ids.map(() => [[null, 'command.not_found']])]);
    }
  });
});
