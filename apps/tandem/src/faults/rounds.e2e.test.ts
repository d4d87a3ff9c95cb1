// A round under kill -9: while it is matched, while offers are issued, while seats are refilled; and PostgreSQL killed in the middle of the story.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '@tandem/test-kit';
import { ensureSampleRegion, sample, sampleColleges, sampleEnterprises } from '../sample/region.js';
import { publishDemand } from '../story/demand.js';
import { documents } from '../story/documents.js';
import { openRound } from '../story/round.js';
import { enrolEverybody } from '../story/schooling.js';
import { Stage, type Target } from '../story/stage.js';
import { tellStory } from '../story/story.js';
import { disagreements } from '../story/totals.js';
import { build, newHome, removeHome, startProcess, superuser, type TandemProcess } from './test-support.js';

let home: string;
let round: string;
let port: string;

beforeAll(async () => {
  build();
  home = newHome();
  const tandem = await startProcess(home);
  port = new URL(tandem.url).port;
  const stage = new Stage(tandem.url, home, 'FAULT', () => undefined);
  const ids = await ensureSampleRegion(await stage.operator(), sampleEnterprises);
  await stage.quiet();
  const needs = await publishDemand(stage, ids, { students: 240 });
  const { learners } = await enrolEverybody(stage, 240);
  round = await openRound(stage, ids, { needs, learners });
  await stepOf(tandem, documents.closeRound, 'close');
  await stopped(tandem);
}, 180_000);

afterAll(() => removeHome(home));

interface RoundNode extends Target {
  readonly state: string;
  readonly digest: string | null;
  readonly assigned: number;
}
const bureauOf = (tandem: TandemProcess) => tandem.as('bureau_officer', sample.bureau.code);
const nowOf = async (tandem: TandemProcess): Promise<RoundNode> => (await bureauOf(tandem)).query<RoundNode>(documents.round, { id: round });

async function stepOf(tandem: TandemProcess, document: string, key: string): Promise<void> {
  await (await bureauOf(tandem)).mutate(document, { id: round, version: (await nowOf(tandem)).version }, key);
}

async function stopped(tandem: TandemProcess): Promise<void> {
  tandem.kill('SIGTERM');
  await tandem.exited;
}

/** Starts it with a crash planted at the n-th passage of a command, asks for one step, and waits until it is dead. The same key and version each time. */
async function killedAt(place: string, nth: number, document: string, at: Target & { readonly key: string }): Promise<void> {
  const tandem = await startProcess(home, { TANDEM_SEED: 'none', TANDEM_FAILPOINT: `${place}:kill:${nth}` });
  const { key, ...target } = at;
  void (await bureauOf(tandem)).mutate(document, target, key).catch(() => undefined);
  expect((await tandem.exited).signal).toBe('SIGKILL');
}

async function count(text: string, values: unknown[] = []): Promise<number> {
  const eye = superuser(home, 'tandem_placement');
  const { rows } = await eye.query<{ n: number }>(text, values);
  await eye.end();
  return rows[0]?.n ?? 0;
}

describe('killed with -9', () => {
  it('while matching, leaves nothing half-done; the repetition has the same digest', async () => {
    let tandem = await startProcess(home, { TANDEM_SEED: 'none' });
    const { id, version } = await nowOf(tandem);
    await stopped(tandem);
    await killedAt('command.before_write', 1, documents.matchRound, { id, version, key: 'match' });
    tandem = await startProcess(home, { TANDEM_SEED: 'none' });
    expect(await nowOf(tandem)).toMatchObject({ state: 'closed', version });
    expect(await count('select count(*)::int n from assignments')).toBe(0);
    await stopped(tandem);
    await killedAt('command.after_commit', 1, documents.matchRound, { id, version, key: 'match' });
    tandem = await startProcess(home, { TANDEM_SEED: 'none' });
    const matched = await nowOf(tandem);
    expect(matched).toMatchObject({ state: 'matched', version: version + 1 });
    await (await bureauOf(tandem)).mutate(documents.matchRound, { id, version }, 'match');
    expect(await nowOf(tandem)).toEqual(matched);
    await stepOf(tandem, documents.verifyRound, 'verify');
    expect((await nowOf(tandem)).state).toBe('verified');
    await stopped(tandem);
  }, 180_000);

  it('while issuing offers, between two colleges: the job goes on by itself, no offer twice, the same digest', async () => {
    let tandem = await startProcess(home, { TANDEM_SEED: 'none' });
    const before = await nowOf(tandem);
    await stopped(tandem);
    // The first command publishes the round, the second makes one college's offers, the third is the next college's.
    await killedAt('command.before_write', 3, documents.publishRound, { id: before.id, version: before.version, key: 'publish' });
    for (const again of [false, true]) {
      // The second time: once more from its beginning, as after a crash between its last commit and the record of it.
      if (again) await restartJob('placement.round.published');
      tandem = await startProcess(home, { TANDEM_SEED: 'none' });
      await until(async () => (await count(`select count(*)::int n from jobs where state = 'running'`)) === 0, { what: 'the job to end', deadlineMs: 60_000 });
      const after = await nowOf(tandem);
      expect(after).toMatchObject({ state: 'published', digest: before.digest });
      expect(await count('select count(*)::int n from offers')).toBe(after.assigned);
      expect(await count('select count(distinct student_id)::int n from offers')).toBe(after.assigned);
      // Beside those among the round's heads, where a cap on interns can bind.
      expect(await count('select count(*)::int n from seats s join offers o on o.id = s.holder and o.entry_id = s.lane')).toBe(after.assigned);
      await stopped(tandem);
    }
  }, 180_000);

  it('while refilling: nobody has two open offers, every seat is given once', async () => {
    const tandem = await startProcess(home, { TANDEM_SEED: 'none' });
    for (const college of sampleColleges) {
      const office = await tandem.as('college_office', college.code);
      const { edges } = await office.query<{ edges: { node: Target }[] }>(documents.offers, { view: 'own', filter: { state: 'offered' } });
      await office.mutate(documents.answerOffers, { answers: edges.slice(0, 20).map(({ node: { id, version } }) => ({ id, version, answer: 'decline', reason: 'pay' })) });
    }
    const { id, version } = await nowOf(tandem);
    await stopped(tandem);
    await killedAt('command.before_write', 2, documents.refillRound, { id, version, key: 'refill' });
    const again = await startProcess(home, { TANDEM_SEED: 'none' });
    await until(async () => (await count(`select count(*)::int n from jobs where state = 'running'`)) === 0, { what: 'the job to end', deadlineMs: 60_000 });
    expect(await count(`select count(*)::int n from (select student_id from offers where state in ('offered', 'waiting', 'accepted') group by student_id having count(*) > 1) x`)).toBe(0);
    expect(await count(`select count(*)::int n from offers o where state in ('offered', 'waiting', 'accepted') and not exists (select from seats s where s.holder = o.id)`)).toBe(0);
    expect(await count(`select count(*)::int n from offers where state = 'offered'`)).toBeGreaterThan(0);
    await stopped(again);
  }, 180_000);
});

describe('PostgreSQL killed with -9 in the middle of the story', () => {
  it('the story goes on when the system is back, and its totals agree', async () => {
    const own = newHome();
    let tandem = await startProcess(own, { PORT: port });
    let strikes = 0;
    const told = tellStory({
      url: tandem.url, home: own, students: 60,
      onStep: ({ step }) => {
        if (step === 'students enrolled' || step === 'gates passed') void strike();
      },
    });
    const strike = async (): Promise<void> => {
      strikes += 1;
      process.kill(Number(readFileSync(join(own, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL');
      await tandem.exited;
      tandem = await startProcess(own, { PORT: port });
    };
    const { totals } = await told;
    expect(strikes).toBe(2);
    expect(disagreements(totals)).toEqual([]);
    await stopped(tandem);
    removeHome(own);
  }, 240_000);
});

async function restartJob(kind: string): Promise<void> {
  const tandem = await startProcess(home, { TANDEM_SEED: 'none' });
  await count(`with j as (update jobs set state = 'running' where kind = $1 returning id) update job_batches set outcomes = null where job_id in (select id from j) returning 1 n`, [kind]);
  await stopped(tandem);
}
