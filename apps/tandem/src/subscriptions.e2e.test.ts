// What watchers are told: the state after an event to one who may see it, nothing to a stranger, nothing without a token; and a gateway that stops all the same.
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '@tandem/test-kit';
import { createClient, type Client } from 'graphql-ws';
import type { Session } from './commands/client.js';
import { doOne, type At } from './probes/deeds.test-support.js';
import { roundTerms, terms } from './probes/values.test-support.js';
import { aTandem, settle, type Tandem } from './probes/world.test-support.js';
import { ensureSampleRegion, sample } from './sample/region.js';
import { documents, type PositionNode } from './story/steps.js';

/** Node 20 has no WebSocket of its own, and this one brings no types; graphql-ws wants none. */
const WebSocket: unknown = createRequire(import.meta.url)('ws');
const watchRound = 'subscription ($id: ID!) { roundProgress(id: $id) { id state title progress { entries lists offered } } }';
const watchSeats = 'subscription ($id: ID!) { positionSeats(id: $id) { id state headcount filled } }';

let tandem: Tandem;
let enterprise: Session;
let college: Session;
let bureau: Session;
let ids: ReadonlyMap<string, string>;
let stopped = false;
const clients: Client[] = [];

beforeAll(async () => {
  tandem = await aTandem();
  const operator = await tandem.as('operator', 'OPERATOR');
  ids = await ensureSampleRegion(operator);
  await settle(operator);
  enterprise = await tandem.as('enterprise_hr', sample.electronics.code);
  college = await tandem.as('college_office', sample.collegeOne.code);
  bureau = await tandem.as('bureau_officer', sample.bureau.code);
}, 120_000);
afterAll(async () => {
  for (const client of clients) await client.dispose();
  if (!stopped) await tandem?.stop();
});

interface Watch {
  /** Each state so far. */
  readonly told: Record<string, unknown>[];
  /** How it ended: `complete`, or what was wrong. */
  ended: string | null;
  /** Until so many states were told. */
  states(count: number): Promise<Record<string, unknown>[]>;
  /** Until it ended. */
  over(): Promise<string>;
}

function watch(token: string | null, query: string, id: string): Watch {
  const client = createClient({ url: `${tandem.running.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket, retryAttempts: 0, ...(token && { connectionParams: { authorization: `Bearer ${token}` } }) });
  clients.push(client);
  const watching: Watch = {
    told: [],
    ended: null,
    states: (count) => until(() => (watching.told.length >= count ? watching.told : null), { what: `${count} states; ${watching.told.length} so far, ended: ${watching.ended}` }),
    over: () => until(() => watching.ended, { what: 'the subscription to end' }),
  };
  client.subscribe<Record<string, Record<string, unknown>>>(
    { query, variables: { id } },
    {
      next: ({ data, errors }) => void watching.told.push(...Object.values(data ?? {}), ...(errors ?? []).map(({ message }) => ({ message }))),
      error: (error) => (watching.ended = wordsOf(error)),
      complete: () => (watching.ended ??= 'complete'),
    },
  );
  return watching;
}

/** A closed socket, or the errors that the operation was answered with. */
function wordsOf(error: unknown): string {
  const { code, reason } = error as { code?: number; reason?: string };
  return code === undefined ? JSON.stringify(error) : `${code} ${reason}`;
}

const tokenOf = (code: string): Promise<string> => (code === sample.bureau.code ? tandem.token('bureau_officer', code) : tandem.token(code.includes('COLLEGE') ? 'college_office' : 'enterprise_hr', code));

async function aDraft(): Promise<PositionNode> {
  return (await enterprise.mutate<{ node: PositionNode }>(documents.draft, { terms: terms('样例岗位（虚构）') })).node;
}

async function published(): Promise<PositionNode> {
  const draft = await aDraft();
  const { node } = await enterprise.mutate<{ node: PositionNode }>(documents.submit, { id: draft.id, version: draft.version });
  const { seen } = await bureau.mutate<{ seen: PositionNode['seen'] }>(documents.decide, { decision: { position: node.id, positionVersion: node.version, decision: 'publish' } });
  enterprise.saw(seen);
  const now = await enterprise.query<PositionNode>(documents.position, { id: node.id });
  college.saw(now.seen);
  await college.query(documents.placements, { view: 'own' });
  return now;
}

async function aRound(): Promise<At> {
  return doOne(college, 'draftRound', { terms: roundTerms('样例轮次（虚构）', [ids.get(sample.collegeOne.code) ?? '']) });
}

describe('positionSeats', () => {
  it('tells what is there, and again after each seat', async () => {
    const position = await published();
    const watching = [watch(await tokenOf(sample.electronics.code), watchSeats, position.id), watch(await tokenOf(sample.collegeTwo.code), watchSeats, position.id)];
    for (const one of watching) expect(await one.states(1)).toEqual([{ id: position.id, state: 'published', headcount: 40, filled: 0 }]);
    await college.mutate(documents.confirm, { placements: [{ position: position.id, studentId: crypto.randomUUID() }] });
    for (const one of watching) expect((await one.states(2))[1]).toEqual({ id: position.id, state: 'published', headcount: 40, filled: 1 });
  });

  it('of a draft tells its enterprise, and a stranger as little as of nothing', async () => {
    const draft = await aDraft();
    const owner = watch(await tokenOf(sample.electronics.code), watchSeats, draft.id);
    const stranger = watch(await tokenOf(sample.equipment.code), watchSeats, draft.id);
    const nothing = watch(await tokenOf(sample.equipment.code), watchSeats, Buffer.from(`Position:${crypto.randomUUID()}`).toString('base64url'));
    expect([await stranger.over(), stranger.told]).toEqual([await nothing.over(), nothing.told]);
    expect([stranger.ended, stranger.told]).toEqual(['complete', []]);
    await owner.states(1);
    await enterprise.mutate(documents.submit, { id: draft.id, version: draft.version });
    expect((await owner.states(2))[1]).toMatchObject({ state: 'submitted' });
  });
});

describe('roundProgress', () => {
  it('tells each stage to the organiser, and to everybody from the announcement on', async () => {
    const round = await aRound();
    const own = watch(await tokenOf(sample.collegeOne.code), watchRound, round.id);
    const early = watch(await tokenOf(sample.collegeTwo.code), watchRound, round.id);
    expect(await own.states(1)).toMatchObject([{ state: 'draft', progress: { entries: 0, lists: 0, offered: 0 } }]);
    expect([await early.over(), early.told]).toEqual(['complete', []]);
    const announced = await doOne(college, 'announceRound', { ...round });
    expect((await own.states(2))[1]).toMatchObject({ state: 'announced' });
    const stranger = watch(await tokenOf(sample.collegeTwo.code), watchRound, round.id);
    expect(await stranger.states(1)).toMatchObject([{ state: 'announced' }]);
    await doOne(college, 'openRound', { ...announced });
    for (const [one, count] of [[own, 3], [stranger, 2]] as const) expect((await one.states(count)).at(-1)).toMatchObject({ state: 'open' });
  });
});

describe('a connection', () => {
  it.each([['no token', null], ['a token that is none', 'x.y.z']])('with %s is told nothing', async (_name, token) => {
    const position = await published();
    const watching = watch(token, watchSeats, position.id);
    expect(await watching.over()).toMatch(/^4401 /);
    expect(watching.told).toEqual([]);
  });

  it('is held to the limits of documents', async () => {
    const position = await published();
    const many = Array.from({ length: 5_000 }, (_, n) => `a${n}: id`).join(' ');
    const watching = watch(await tokenOf(sample.electronics.code), `subscription ($id: ID!) { positionSeats(id: $id) { ${many} } }`, position.id);
    expect(await watching.over()).toContain('LIMIT_EXCEEDED');
    expect(watching.told).toEqual([]);
  });

  it.each([
    ['a query', 'query ($id: ID!) { node(id: $id) { id } }', 'only subscriptions'],
    ['a mutation', 'mutation ($id: String!) { cancelJob(input: { id: $id }) { userErrors { code } } }', 'only subscriptions'],
    ['introspection', 'subscription ($id: ID!) { positionSeats(id: $id) { __typename } __schema { types { name } } }', 'BAD_USER_INPUT'],
    ['a misspelt field', 'subscription ($id: ID!) { positionSeats(id: $id) { filledd } }', 'BAD_USER_INPUT'],
    ['no GraphQL', '}{', 'BAD_USER_INPUT'],
    ['a message of 100 KB', `subscription ($id: ID!) { positionSeats(id: $id) { id } } #${'x'.repeat(100_000)}`, '1009'],
  ])('is not told more for %s', async (_name, query, word) => {
    const watching = watch(await tokenOf(sample.electronics.code), query, (await published()).id);
    expect(await watching.over()).toContain(word);
    expect([watching.ended?.includes('Did you mean'), watching.told]).toEqual([false, []]);
  });

  it('with an open subscription does not keep Tandem from its orderly stop', async () => {
    const watching = watch(await tokenOf(sample.electronics.code), watchSeats, (await published()).id);
    await watching.states(1);
    const started = performance.now();
    stopped = true;
    await tandem.stop();
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(await watching.over()).toMatch(/^1001 /);
  }, 30_000);
});
