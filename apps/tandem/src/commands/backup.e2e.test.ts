// A backup is taken while the system works, counts only when it has been restored, and a restored system is the one that was backed up.
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { logIn, verdict } from '../faults/invariants.test-support.js';
import { clean, publishPositions, quiet, startLoad, warm } from '../faults/load.test-support.js';
import { build, newHome, removeHome, startProcess, superuser, type TandemProcess } from '../faults/test-support.js';
import { sample } from '../sample/region.js';
import { tandemCommand } from './run.test-support.js';

const homes = Array.from({ length: 3 }, newHome);
const [home, restored, folders] = homes as [string, string, string];
const copy = join(folders, 'backup');
/** Invented. */
const person = { name: '样例人', phone: '13900000000' };
let tandem: TandemProcess;
let positions: string[];

beforeAll(async () => {
  build();
  tandem = await startProcess(home);
  positions = await publishPositions(tandem);
  const granting = 'mutation ($input: GrantMembershipInput!) { grantMembership(input: $input) { node { id } userErrors { code details } } }';
  const hr = await tandem.as('enterprise_hr', sample.electronics.code);
  await hr.mutate(granting, { account: crypto.randomUUID(), role: 'enterprise_hr', fromOn: '2020-01-01', ...person });
}, 120_000);
afterAll(async () => {
  tandem.kill('SIGTERM');
  await tandem.exited;
  homes.forEach(removeHome);
});

it('holds every write that was acknowledged before it began, though writing goes on, and nothing by halves', async () => {
  const load = startLoad(await tandem.as('college_office', sample.collegeOne.code), positions);
  await warm(load);
  const before = load.operations.filter(({ outcome }) => outcome === 'acked');
  const made = await tandemCommand(home, ['backup', copy, '--json']);
  expect(made).toMatchObject({ code: 0 });
  await load.stop();
  const during = load.operations.filter(({ outcome }) => outcome === 'acked').length - before.length;
  expect(during).toBeGreaterThan(0);
  const [{ databases, rows }] = JSON.parse(made.out) as [{ databases: number; rows: number }];
  expect([databases, rows > before.length]).toEqual([6, true]);

  rmSync(restored, { recursive: true });
  expect(await tandemCommand(restored, ['restore', copy])).toMatchObject({ code: 0 });
  const again = await startProcess(restored);
  await quiet(again);
  const eyes = { demand: superuser(restored, 'tandem_demand'), placement: superuser(restored, 'tandem_placement') };
  const log = superuser(restored, 'tandem_log');
  expect(await verdict({ ...eyes, log: logIn(log) }, before)).toEqual(clean);
  // The keys came along: what was sealed can be read.
  const hr = await again.as('enterprise_hr', sample.electronics.code);
  expect(await hr.query('query ($phone: String!) { memberships(filter: { phone: $phone }) { edges { node { name } } } }', { phone: person.phone })).toEqual({ edges: [{ node: { name: person.name } }] });
  await Promise.all([...Object.values(eyes), log].map((pool) => pool.end()));
  again.kill('SIGTERM');
  expect(await again.exited).toEqual({ code: 0, signal: null });
}, 120_000);

it('is taken of a system at rest as well', async () => {
  const target = join(folders, 'at-rest');
  expect(await tandemCommand(restored, ['backup', target])).toMatchObject({ code: 0 });
  const { verified } = JSON.parse(readFileSync(join(target, 'manifest.json'), 'utf8')) as { verified: Record<string, Record<string, number>> };
  expect(verified['tandem_placement']?.['placements']).toBeGreaterThan(0);
}, 60_000);

it('refuses a taken folder, a home without data, what is no backup, and to restore over anything, and changes nothing', async () => {
  const empty = newHome();
  homes.push(empty);
  expect(await tandemCommand(home, ['backup', copy])).toMatchObject({ code: 1, err: expect.stringContaining('is there already') });
  expect(await tandemCommand(empty, ['backup', join(folders, 'nothing')])).toMatchObject({ code: 1, err: expect.stringContaining('holds no data') });
  expect(await tandemCommand(empty, ['restore', folders])).toMatchObject({ code: 1, err: expect.stringContaining('no finished backup') });
  expect(await tandemCommand(home, ['restore', copy])).toMatchObject({ code: 1, err: expect.stringContaining('is not empty') });
  expect([existsSync(join(folders, 'nothing')), readdirSync(empty)]).toEqual([false, []]);
}, 60_000);

it('gives a damaged copy no name', async () => {
  const target = join(folders, 'damaged');
  const hit = { file: '' };
  const made = await tandemCommand(restored, ['backup', target], (line) => {
    if (!line.includes('Restoring the copy')) return;
    // Between the copy and its trial: a page of the largest table file of a database is overwritten.
    hit.file = damage(`${target}.unfinished`);
  });
  expect([made.code, hit.file.length > 0, existsSync(target), existsSync(`${target}.unfinished`)]).toEqual([1, true, false, false]);
}, 60_000);

function damage(draft: string): string {
  const base = join(draft, 'postgres/base');
  const files = readdirSync(base, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && /^\d+$/.test(entry.name)).map((entry) => join(entry.parentPath, entry.name));
  const damaged = files.filter((file) => readFileSync(file).length > 16_384);
  for (const file of damaged) {
    const bytes = readFileSync(file);
    bytes.fill(0x5a, 8_192 + 100, 8_192 + 400);
    writeFileSync(file, bytes);
  }
  return damaged[0] ?? '';
}
