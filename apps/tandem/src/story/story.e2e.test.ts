// The story as a newcomer sees it, and what the command line says when its totals do not agree.
import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { configuration } from '@tandem/service-kit';
import { until } from '@tandem/test-kit';
import { CallFailed } from '../commands/call-failed.js';
import { Session } from '../commands/client.js';
import { superuser } from '../faults/test-support.js';
import { launch, type RunningTandem } from '../launch/launch.js';
import { documents } from './documents.js';
import { tellStory, type Story } from './story.js';
import { disagreements } from './totals.js';

let home: string;
let running: RunningTandem;
let story: Story;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'tandem-story-test-'));
  chmodSync(home, 0o711);
  running = await launch({ ...configuration({}), TANDEM_HOME: home, PORT: 0, TANDEM_LOG_LEVEL: 'silent' });
  story = await tellStory({ url: running.url, home, students: 120 });
}, 120_000);
afterAll(async () => {
  await running.stop();
  rmSync(home, { recursive: true, force: true });
});

const operator = (): Promise<Session> => Session.as(running.url, home, 'operator', 'OPERATOR');

describe('the story’s ledger of heads', () => {
  it('met the caps on interns, and at the end every placement has a head for its days and nobody else has one', async () => {
    const eye = superuser(home, 'tandem_placement');
    const one = async (text: string): Promise<number> => (await eye.query<{ n: number }>(`select count(*)::int n from ${text}`)).rows[0]?.n ?? 0;
    const held = `(select holder, post <> '' as "inPost", sum(ends_on - starts_on + 1) days from heads group by 1, 2) h`;
    const needed = `(select id, "inPost", least(ends_on, coalesce(ended_on, ends_on)) - starts_on + 1 days from placements, (values (true), (false)) b("inPost") where state <> 'cancelled') p`;
    const found = {
      limits: await one(`(select distinct head_limit from entries where head_limit is not null) l`),
      unknown: await one(`entries where unstated = '{post,enterprise}'`),
      toldSo: Math.sign(await one(`assignments where explanation::text like '%enterprise_cap%'`)),
      wrong: await one(`${held} full join ${needed} on p.id = h.holder and p."inPost" = h."inPost" where p.days is distinct from h.days`),
      heads: Math.sign(await one('heads')),
    };
    await eye.end();
    expect(found).toEqual({ limits: 2, unknown: 10, toldSo: 1, wrong: 0, heads: 1 });
  });
});

describe('the story', () => {
  it('goes from published demand to retained graduates, and all services agree', () => {
    expect(story.steps.map(({ step }) => step)).toEqual([
      'one position returned, fixed, published',
      'staff stated',
      'positions published',
      'students enrolled',
      'round announced and opened',
      'preference lists in',
      'matched and verified',
      'a student asks why',
      'offers answered',
      'seats refilled, round settled',
      'gates passed',
      'placements started',
      'assessed by mentors',
      'internships finished',
      'retention asked at 3, 6, 12 months',
      'others look',
      'the bureau reads its figures',
    ]);
    expect(story.round).toMatchObject({ applicants: 119, digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) });
    expect(story.summary.placed).toBeGreaterThan(50);
    expect(story.totals).toMatchObject({ parked: 0, filledInDemand: story.summary.placed });
    expect(disagreements(story.totals)).toEqual([]);
  });

  it.each([
    [{ parked: 1 }, '1 events are parked'],
    [{ filledInDemand: 3 }, 'demand counts 3 filled seats'],
    [{ placedForColleges: 1 }, 'colleges 1'],
    [{ internships: 0 }, 'outcomes has 0 records'],
  ])('names what disagrees: %j', (planted, words) => {
    expect(disagreements({ ...story.totals, ...planted }).join()).toContain(words);
  });

  it('is told again on a running system whose consumers stop and resume meanwhile, and ends with 1 when the services really disagree', async () => {
    const [told] = await Promise.all([tandem(['story', '--url', running.url, '--students', '60', '--json']), consumersRest()]);
    expect({ code: told.code, stderr: told.code === 0 ? '' : told.stderr }).toEqual({ code: 0, stderr: '' });
    const before = (JSON.parse(told.stdout) as Story).totals.filledInDemand;
    expect(before).toBeGreaterThan(story.totals.filledInDemand);
    const eye = superuser(home, 'tandem_demand');
    await eye.query(`update positions set filled = filled + 1 where id = (select id from positions where filled > 0 order by id limit 1)`);
    await eye.end();
    const wrong = await tandem(['story', '--url', running.url, '--students', '60']);
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('wrong: demand counts') });
  }, 120_000);
});

/** Each service's consumers stop, and resume when events have gathered before them. */
async function consumersRest(): Promise<void> {
  const resting = running.services.filter(({ name }) => name !== 'identity').map(async ({ name, consumers, operations }) => {
    await Promise.all(consumers.map((consumer) => consumer.stop()));
    await until(async () => (await operations.consumerStates()).consumers.some(({ lag }) => lag > 0), { what: `events to gather before ${name}`, deadlineMs: 60_000 });
    for (const consumer of consumers) consumer.start();
  });
  await Promise.all(resting);
}

describe('the command line', () => {
  it.each([
    [['token', '--as', 'pope', '--org', 'X'], 2, /choices/],
    [['story', '--nonsense'], 2, /unknown option/],
    [['events', 'lag', '--url', 'http://127.0.0.1:9'], 1, /no Tandem answers|fetch failed/],
  ])('%j ends with %i and says why', async (args, code, words) => {
    expect(await tandem(args)).toMatchObject({ code, stderr: expect.stringMatching(words) });
  }, 20_000);

  it('refuses an unknown setting by its name', async () => {
    expect(await tandem(['events', 'lag'], { TANDEM_HOM: 'x' })).toMatchObject({ code: 1, stderr: expect.stringContaining('unknown setting TANDEM_HOM') });
  }, 20_000);

  it('rebuilds a projection, equal row by row, and shows lag and parked events', async () => {
    const rebuilt = await tandem(['projections', 'rebuild', '--service', 'placement', '--projection', 'known_positions', '--url', running.url, '--json']);
    expect(JSON.parse(rebuilt.stdout)).toEqual([expect.objectContaining({ equal: true })]);
    const lag = await tandem(['events', 'lag', '--url', running.url, '--json']);
    expect((JSON.parse(lag.stdout) as { lag: number }[]).every((row) => row.lag === 0)).toBe(true);
    expect((await tandem(['events', 'parked', '--url', running.url])).stdout).toBe('none\n');
  }, 30_000);
});

describe('a running system', () => {
  it('says that it is alive, ready and measured', async () => {
    expect((await fetch(`${running.url}/healthz`)).status).toBe(200);
    const ready = await fetch(`${running.url}/readyz`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toEqual({ ready: true, services: Object.fromEntries(['identity', 'demand', 'programs', 'placement', 'outcomes'].map((name) => [name, { database: true, consumers: true }])) });
    expect(await (await fetch(`${running.url}/metrics`)).text()).toMatch(/tandem_relayed_events_total\{service="demand"\} [1-9]/);
  });

  it('answers a reader who has seen more than it has with stale, and only him', async () => {
    const bureau = await Session.as(running.url, home, 'bureau_officer', 'SAMPLE-BUREAU');
    bureau.saw({ topic: 'tandem.placement.placement', id: crypto.randomUUID(), sequence: 1 });
    await bureau.query('query { positions { totalCount } }');
    expect(bureau.stale).toBe(true);
    bureau.saw({ topic: 'tandem.no.topic', id: crypto.randomUUID(), sequence: 1 });
    const other = await operator();
    await other.query('query { positions { totalCount } }');
    expect(other.stale).toBe(false);
  });

  it('moves the business clock forward for everybody, and refuses to when one organisation is real', async () => {
    const session = await operator();
    const advance = (days: number) => session.mutate('mutation ($input: AdvanceClockInput!) { advanceClock(input: $input) { userErrors { code kind field details } seen { topic id sequence } } }', { days });
    const before = await session.query<{ offsetDays: number }>('query { clock { offsetDays } }');
    await advance(300);
    const enterprise = await Session.as(running.url, home, 'enterprise_hr', 'SAMPLE-ENTERPRISE-1');
    await until(async () => (await session.query<{ offsetDays: number }>('query { clock { offsetDays } }')).offsetDays === before.offsetDays + 300, { what: 'identity to apply the clock' });
    // Its positions end within 300 days: their timers fall due by themselves.
    type Positions = { edges: { node: { id: string } }[] };
    const open = () => enterprise.query<Positions>('query { positions(view: own, filter: { state: published }) { edges { node { id } } } }');
    await until(async () => (await open()).edges.length === 0, { what: 'the positions to expire', deadlineMs: 20_000 });
    await session.mutate('mutation ($input: RegisterOrganisationInput!) { registerOrganisation(input: $input) { node { id } userErrors { code kind field details } } }', { kind: 'college', code: 'REAL-1', name: 'x', region: '990101', invented: false });
    await expect(advance(1)).rejects.toMatchObject({ code: 'clock.real_organisations' });
  }, 40_000);

  it('refuses a caller whose organisation is unknown, suspended, or of another kind', async () => {
    for (const [role, org] of [['college_office', 'NOWHERE'], ['college_office', 'SAMPLE-BUREAU'], ['operator', 'SAMPLE-PARK']] as const) {
      const session = await Session.as(running.url, home, role, org);
      await expect(session.query(documents.consumers)).rejects.toBeInstanceOf(CallFailed);
    }
  });
});

function tandem(args: string[], env: Record<string, string> = {}): Promise<{ code: number; stdout: string; stderr: string }> {
  const bin = join(import.meta.dirname, '../../bin/tandem.mjs');
  return new Promise((resolve) => {
    execFile(process.execPath, [bin, ...args], { env: { ...process.env, TANDEM_HOME: home, ...env } }, (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, stdout, stderr }));
  });
}
