// A published round is checked by somebody who has its bundle and nothing else; what was changed afterwards is named.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { configuration } from '@tandem/service-kit';
import { findingsOf, type Bundle } from '../commands/bundle.js';
import { Session } from '../commands/client.js';
import { bundleOf } from '../commands/round.js';
import { tandemCommand } from '../commands/run.test-support.js';
import { build, superuser } from '../faults/test-support.js';
import { launch, type RunningTandem } from '../launch/launch.js';
import { sample } from '../sample/region.js';
import { tellStory, type Story } from './story.js';

let home: string;
let running: RunningTandem;
let story: Story;
let bundle: Bundle;
const bureau = (): Promise<Session> => Session.as(running.url, home, 'bureau_officer', sample.bureau.code);

beforeAll(async () => {
  build();
  home = mkdtempSync(join(tmpdir(), 'tandem-bundle-test-'));
  chmodSync(home, 0o711);
  running = await launch({ ...configuration({}), TANDEM_HOME: home, PORT: 0, TANDEM_LOG_LEVEL: 'silent' });
  story = await tellStory({ url: running.url, home, students: 120 });
  bundle = await bundleOf(await bureau(), story.round.id, 1);
}, 180_000);
afterAll(async () => {
  await running.stop();
  rmSync(home, { recursive: true, force: true });
});

describe('the bundle of a published round', () => {
  it('of each run is what the rules make of the lists', async () => {
    const { runs } = await (await bureau()).query<{ runs: number }>('query ($round: ID!) { roundBundle(round: $round) { runs } }', { round: story.round.id });
    expect(runs).toBe(3);
    for (let run = 1; run <= runs; run += 1) expect({ run, findings: findingsOf(await bundleOf(await bureau(), story.round.id, run)) }).toEqual({ run, findings: [] });
  });

  it('names nobody: no id of a student is in it, and each student is told the own name in it', async () => {
    const eye = superuser(home, 'tandem_placement');
    const { rows } = await eye.query<{ student_id: string; org: string }>('select student_id, org from preference_lists');
    await eye.end();
    const text = JSON.stringify(bundle);
    expect(rows.filter(({ student_id }) => text.includes(student_id))).toEqual([]);
    const [first] = rows;
    const eyeOnCode = superuser(home, 'tandem_identity');
    const code = (await eyeOnCode.query<{ code: string }>('select code from organisations where id = $1', [first?.org])).rows[0]?.code ?? '';
    await eyeOnCode.end();
    const ask = (session: Session) => session.query<{ alias: string | null }>('query ($round: ID!, $student: ID!) { explanation(round: $round, student: $student) { alias } }', { round: story.round.id, student: Buffer.from(`Student:${first?.student_id}`).toString('base64url') });
    const told = await ask(await Session.as(running.url, home, 'student', code, first?.student_id));
    expect((await ask(await Session.as(running.url, home, 'college_office', code))).alias).toBeNull();
    expect(bundle.lists.map(([alias]) => alias)).toContain(told.alias);
  });

  it.each<[string, string, (it: Bundle) => Bundle]>([
    ['another rule sheet', 'rule_hash', (it) => ({ ...it, ruleSheet: it.ruleSheet.replace('"wishes":10', '"wishes":11') })],
    ['another lottery', 'lottery_commitment', (it) => ({ ...it, secret: 'f'.repeat(64) })],
    ['a seed that was chosen', 'lottery_seed', (it) => ({ ...it, instance: { ...it.instance, seed: 'x' } })],
    ['a list that was left out', 'list_missing', leftOut],
    ['a wish that was left out', 'wish_missing', (it) => ({ ...it, instance: { ...it.instance, applicants: it.instance.applicants.map((one) => ({ ...one, preferences: one.preferences.slice(1) })) } })],
    ['somebody who handed in no list', 'no_list', (it) => ({ ...it, lists: it.lists.slice(1) })],
    ['wishes in another order', 'list_changed', (it) => ({ ...it, instance: { ...it.instance, applicants: it.instance.applicants.map((one) => ({ ...one, preferences: one.preferences.toReversed() })) } })],
    ['somebody who was pushed out', 'blocking_pair', (it) => ({ ...it, assignments: { ...it.assignments, [placed(it)]: null } })],
    ['another digest', 'wrong_digest', (it) => ({ ...it, digest: `sha256:${'0'.repeat(64)}` })],
  ])('with %s is named as %s', (_what, finding, change) => {
    expect(findingsOf(change(bundle)).map((one) => one.finding)).toContain(finding);
  });

  it('is downloaded and verified on the command line, and refused where it was changed', async () => {
    const file = join(home, 'bundle.json');
    const downloaded = await tandemCommand(home, ['round', 'bundle', '--round', story.round.id, '--org', sample.bureau.code, '--url', running.url]);
    expect({ code: downloaded.code, err: downloaded.err }).toMatchObject({ code: 0 });
    writeFileSync(file, downloaded.out);
    expect(JSON.parse((await tandemCommand(home, ['match', 'verify', file, '--json'])).out)).toMatchObject({ verified: true, findings: [] });
    writeFileSync(file, JSON.stringify({ ...bundle, assignments: { ...bundle.assignments, [placed(bundle)]: null } }));
    expect((await tandemCommand(home, ['match', 'verify', file])).code).toBe(1);
    writeFileSync(file, JSON.stringify({ ...bundle, lists: 'x' }));
    expect(await tandemCommand(home, ['match', 'verify', file])).toMatchObject({ code: 1, err: expect.stringContaining('match.broken_bundle') });
    writeFileSync(file, JSON.stringify({}));
    expect((await tandemCommand(home, ['match', 'verify', file])).code).toBe(2);
  }, 60_000);

  it('is for the bureau: a college would find its own students’ lists in it by what it knows of them', async () => {
    const ask = async (role: 'enterprise_hr' | 'college_office' | 'bureau_officer', org: string): Promise<string> =>
      bundleOf(await Session.as(running.url, home, role, org), story.round.id).then(() => 'given', (error: { code?: string }) => error.code ?? 'failed');
    expect(await ask('bureau_officer', sample.bureau.code)).toBe('given');
    for (const [role, org] of [['college_office', sample.collegeOne.code], ['enterprise_hr', sample.electronics.code]] as const) expect(await ask(role, org)).not.toBe('given');
  });
});

/** Wherever the first one stands, but in the lists. */
function leftOut(it: Bundle): Bundle {
  const [first, ...applicants] = it.instance.applicants;
  const positions = it.instance.positions.map(({ scores = {}, ...position }) => ({ ...position, scores: Object.fromEntries(Object.entries(scores).filter(([alias]) => alias !== first?.id)) }));
  return { ...it, instance: { ...it.instance, applicants, positions } };
}

function placed({ assignments }: Bundle): string {
  return Object.entries(assignments).find(([, position]) => position !== null)?.[0] ?? '';
}
