// The real register at true size, where it is present: row by row, twice, back and again; and the same killed in the middle, on either side.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build, newHome, removeHome, startProcess, superuser, type TandemProcess } from '../faults/test-support.js';
import type { Session } from './client.js';
import { importList, readSource } from './codes.js';
import { stateOf, undo } from './imports.js';
import { importRegister, readRegister } from './register-import.js';
import { tandemCommand } from './run.test-support.js';

// Real lists are no part of the repository; a folder with them may stand beside it, or TANDEM_TEST_DATA names one.
const data = process.env['TANDEM_TEST_DATA'] ?? join(import.meta.dirname, '../../../../../shared/data');
const files = { offerings: join(data, 'programs/college_program_offerings_53_2025.csv'), colleges: join(data, 'programs/vocational_colleges_from_register.csv'), majors: join(data, 'programs/vocational_majors_2021.csv') };
const present = Object.values(files).every((file) => existsSync(file));
const whole = { rows: 9_114, colleges: 1_534, programs: 9_075 };

(present ? describe : describe.skip)(`the real register${present ? '' : ' (skipped: no such files here)'}`, () => {
  const home = newHome();
  let tandem: TandemProcess;
  let operator: Session;
  const start = async (): Promise<void> => {
    tandem = await startProcess(home, { TANDEM_SEED: 'none' });
    operator = await tandem.as('operator', 'OPERATOR');
  };
  const command = (args: readonly string[], onLine?: (line: string, kill: () => void) => void) => tandemCommand(home, [...args, '--url', tandem.url], onLine);
  const importArgs = ['register', 'import', files.offerings, '--colleges', files.colleges, '--json'];
  const counted = async (database: string, text: string): Promise<number> => {
    const pool = superuser(home, database);
    const { rows } = await pool.query<{ n: number }>(text);
    await pool.end();
    return rows[0]?.n ?? 0;
  };
  const running = async () => [await counted('tandem_programs', `select count(*)::int n from programs where state = 'running'`), await counted('tandem_programs', `select count(distinct (org, code, years))::int n from programs where state = 'running'`)];

  beforeAll(async () => {
    build();
    await start();
    await importList(operator, readSource('majors', files.majors), '2020-01-01');
  }, 240_000);
  afterAll(async () => {
    tandem?.kill('SIGTERM');
    await tandem?.exited;
    removeHome(home);
  }, 60_000);

  it('goes on after the command was killed, and after the server was', async () => {
    const cut = await command(importArgs, (line, kill) => void (line.includes(' 2000 of 9106') && kill()));
    expect(cut.signal).toBe('SIGKILL');
    const broken = await command(importArgs, (line) => void (line.includes(' 5000 of 9106') && tandem.kill('SIGKILL')));
    expect(broken.code).toBe(1);
    await tandem.exited;
    await start();
    const done = await command(importArgs);
    const { problems, ...counts } = JSON.parse(done.out) as { problems: { file?: string; line: number; problem: string; value?: string }[] };
    expect([done.code, counts]).toEqual([0, expect.objectContaining({ ...whole, complete: true })]);
    const rows = problems.filter(({ file }) => file === undefined);
    expect(rows.filter(({ problem }) => problem === 'no_college_code').map(({ line }) => line)).toEqual([1264, 1439, 1440, 1441, 1727, 1728, 5373, 8560]);
    const unknown = rows.filter(({ problem }) => problem === 'unknown_code');
    expect([unknown.length, new Set(unknown.map(({ value }) => value)), rows.length]).toEqual([31, new Set(['530104', '530305']), 39]);
    expect(problems.filter(({ file }) => file === 'colleges')).toHaveLength(5);
    expect(await running()).toEqual([whole.programs, whole.programs]);
  }, 240_000);

  it('is undone as a whole and can be brought again', async () => {
    const register = readRegister(files.offerings, files.colleges);
    expect(await undo(operator, register.importId)).toMatchObject({ undone: whole.programs + whole.colleges, kept: [], complete: true });
    expect([await running(), await stateOf(operator, register.importId)]).toEqual([[0, 0], { present: 0, undone: whole.programs + whole.colleges }]);
    expect(await importRegister(operator, register)).toMatchObject({ ...whole, complete: true });
    expect(await running()).toEqual([whole.programs, whole.programs]);
  }, 240_000);
});
