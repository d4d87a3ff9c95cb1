// The one act that removes the sample region, and when it refuses.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { configuration } from '@tandem/service-kit';
import { newHome, removeHome } from '../faults/test-support.js';
import { launch } from '../launch/launch.js';
import { ensureSampleRegion } from '../sample/region.js';
import { Session } from './client.js';

let home: string;
beforeAll(async () => {
  home = newHome();
  await running(async (operator) => void (await ensureSampleRegion(operator)));
}, 60_000);
afterAll(() => removeHome(home));

async function running<T>(act: (operator: Session) => Promise<T>): Promise<T> {
  const tandem = await launch({ ...configuration({}), TANDEM_HOME: home, PORT: 0, TANDEM_LOG_LEVEL: 'silent' });
  try {
    return await act(await Session.as(tandem.url, home, 'operator', 'OPERATOR'));
  } finally {
    await tandem.stop();
  }
}

const organisations = (operator: Session) => operator.query<{ totalCount: number }>('query { organisations(page: { first: 0 }) { totalCount } }');

function remove(): Promise<{ code: number; stdout: string; stderr: string }> {
  const bin = join(import.meta.dirname, '../../bin/tandem.mjs');
  return new Promise((resolve) => {
    execFile(process.execPath, [bin, 'sample', 'remove', '--json'], { env: { ...process.env, TANDEM_HOME: home } }, (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, stdout, stderr }));
  });
}

it('refuses while Tandem runs', async () => {
  const refused = await running(() => remove());
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('already running') });
}, 60_000);

it('takes everything away in one act, and an empty Tandem starts in its place', async () => {
  expect(await remove()).toMatchObject({ code: 0, stdout: expect.stringContaining('"organisations": 8') });
  expect(await running(organisations)).toEqual({ totalCount: 1 });
}, 60_000);

it('refuses beside a real organisation, and removes nothing', async () => {
  const register = 'mutation ($input: RegisterOrganisationInput!) { registerOrganisation(input: $input) { node { id } userErrors { code kind field details } } }';
  await running((operator) => operator.mutate(register, { kind: 'college', code: 'REAL-1', name: 'x', region: '990101', invented: false }));
  expect(await remove()).toMatchObject({ code: 1, stderr: expect.stringContaining('sample.real_organisations') });
  expect(await running(organisations)).toEqual({ totalCount: 2 });
}, 60_000);
