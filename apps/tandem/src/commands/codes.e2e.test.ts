import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configuration } from '@tandem/service-kit';
import { until } from '@tandem/test-kit';
import { launch, type RunningTandem } from '../launch/launch.js';
import { ensureSampleRegion, sample } from '../sample/region.js';
import { documents } from '../story/steps.js';
import type { CallFailed } from './call-failed.js';
import { Session } from './client.js';
import { importList, readSource, type CodeList, type ImportReport } from './codes.js';

const bin = join(import.meta.dirname, '../../bin/tandem.mjs');
const home = mkdtempSync(join(tmpdir(), 'tandem-codes-'));
let tandem: RunningTandem;
let operator: Session;
let enterprise: Session;

beforeAll(async () => {
  // The database's own user passes through.
  chmodSync(home, 0o711);
  tandem = await launch({ ...configuration({}), TANDEM_HOME: home, PORT: 0, TANDEM_SEED: 'none', TANDEM_LOG_LEVEL: 'silent' });
  operator = await Session.as(tandem.url, home, 'operator', 'OPERATOR');
  enterprise = await Session.as(tandem.url, home, 'enterprise_hr', sample.electronics.code);
  await ensureSampleRegion(operator);
}, 120_000);
afterAll(async () => {
  await tandem?.stop();
  rmSync(home, { recursive: true, force: true });
}, 60_000);

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** The command as somebody types it; `onLine` may send a signal to it and its child, as a terminal would. */
function tandemCodes(args: readonly string[], onLine: (line: string, interrupt: () => void) => void = () => undefined): Promise<Ran> {
  const child = spawn(process.execPath, [bin, 'codes', 'import', ...args, '--url', tandem.url], { detached: true, env: { ...withoutTandem(process.env), TANDEM_HOME: home, NODE_OPTIONS: '' } });
  const text = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (text.out += chunk));
  child.stderr.on('data', (chunk: Buffer) => {
    text.err += chunk;
    onLine(String(chunk), () => process.kill(-(child.pid ?? 0), 'SIGINT'));
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...text })));
}

/** The same without a process of its own. */
function imported(list: CodeList, file?: string): Promise<ImportReport> {
  return importList(operator, readSource(list, file), '2026-01-01');
}

function withoutTandem(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('TANDEM_') && name !== 'PORT'));
}

function fileOf(name: string, text: string): string {
  const path = join(home, name);
  writeFileSync(path, text);
  return path;
}

const small = `level,code,name
1,9-00-00-00,样例人员（虚构）
2,9-81-00-00,样例维护人员（虚构）
4,9-81-01-01,样例维护工（虚构）S
4,9-81-01-01,样例维护工（虚构）
`;
const many = `level,code,name\n1,9-00-00-00,样例人员（虚构）\n${Array.from({ length: 3_400 }, (_, n) => `4,9-${two(90 + Math.floor(n / 900))}-${two(1 + (Math.floor(n / 90) % 10))}-${two(1 + (n % 90))},样例工种${n}（虚构）\n`).join('')}`;
function two(n: number): string {
  return String(n).padStart(2, '0');
}

describe('importing a list', () => {
  it('adds what is new, reports each odd line, and does nothing the second time', async () => {
    const file = fileOf('small.csv', small);
    const first = await tandemCodes(['occupations', file, '--json']);
    expect([first.code, JSON.parse(first.out)]).toEqual([0, {
      list: 'occupations', rows: 4, codes: 3, added: 3, changed: 0, unchanged: 0, complete: true,
      findings: [
        { line: 4, code: '9-81-01-01', problem: 'orphan', detail: 'its parent 9-81-01-00 is not there; imported under 9-81-00-00' },
        { line: 5, code: '9-81-01-01', problem: 'repeated', detail: 'already on line 4' },
      ],
    }]);
    const second = await tandemCodes(['occupations', file]);
    expect(second.code).toBe(0);
    expect(second.out).toMatch(/occupations │ 4 +│ 3 +│ 0 +│ 0 +│ 3/);
    expect(second.out).toMatch(/5 +│ 9-81-01-01 │ repeated/);
  }, 60_000);

  it('changes what the next file names differently', async () => {
    expect(await imported('occupations', fileOf('renamed.csv', small.replaceAll('样例维护工', '样例检修工')))).toMatchObject({ added: 0, changed: 1, unchanged: 2 });
    const { edges } = await operator.query<{ edges: { node: object }[] }>('query { codes(list: occupations, search: "样例检修工") { edges { node { code name parent level leaf } } } }');
    expect(edges.map(({ node }) => node)).toEqual([{ code: '9-81-01-01', name: '样例检修工（虚构）', parent: '9-81-00-00', level: 4, leaf: true }]);
  }, 60_000);

  it('is whole after two imported the same at once', async () => {
    const file = fileOf('twins.csv', small.replaceAll('9-81', '9-82'));
    const twins = await Promise.allSettled([imported('occupations', file), imported('occupations', file)]);
    expect(twins.map(({ status }) => status)).toContain('fulfilled');
    expect(await imported('occupations', file)).toMatchObject({ added: 0, changed: 0 });
  });

  it('follows a list that goes back and forth', async () => {
    const [one, other] = [join(home, 'small.csv'), join(home, 'renamed.csv')];
    for (const file of [one, other, one, other]) {
      expect(await imported('occupations', file)).toMatchObject({ changed: 1 });
      expect(await imported('occupations', file)).toMatchObject({ changed: 0 });
    }
  });

  it('stops after the batch in hand when interrupted, and goes on from there', async () => {
    const file = fileOf('many.csv', many);
    const cut = await tandemCodes(['occupations', file, '--json'], (line, interrupt) => void (line.includes('1000 of 3401') && interrupt()));
    const done = JSON.parse(cut.out) as { added: number; complete: boolean };
    expect([cut.code, done.complete, done.added % 1_000]).toEqual([130, false, 999]);
    expect(done.added).toBeLessThan(3_401);
    expect(cut.err).toContain(`Stopped after ${done.added + 1} of 3401 codes; the same command goes on from there`);
    const rest = await tandemCodes(['occupations', file, '--json']);
    expect(JSON.parse(rest.out)).toMatchObject({ unchanged: done.added + 1, added: 3_400 - done.added, complete: true });
  }, 120_000);
});

describe('an import', () => {
  it('is refused with the reason in a line: 1 for the file, 2 for the usage', async () => {
    const [file, usage] = await Promise.all([tandemCodes(['occupations', fileOf('wrong.csv', 'level,code,title\n1,9-00-00-00,x\n')]), tandemCodes(['planets'])]);
    expect([file.code, file.out, usage.code, usage.out]).toEqual([1, '', 2, '']);
    expect(file.err).toMatch(/^codes\.missing_column .*wrong\.csv: line 1, column name, is missing; the header has level, code, title\n$/);
    expect(usage.err).toContain('Allowed choices are occupations');
  }, 60_000);

  it.each([
    ['no file', undefined, '2026-01-01', 'codes.no_file'],
    ['a file that is not there', 'none.csv', '2026-01-01', 'codes.unreadable'],
    ['a folder', '.', '2026-01-01', 'codes.unreadable'],
    ['a day that no calendar has', 'small.csv', '2026-02-30', 'input.invalid'],
  ])('is refused for %s', async (_, file, day, code) => {
    const work = async () => importList(operator, readSource('occupations', file && join(home, file)), day);
    await expect(work()).rejects.toMatchObject({ code });
  });
});

// Real lists are no part of the repository; a folder with them may stand beside it, or TANDEM_TEST_DATA names one.
const data = process.env['TANDEM_TEST_DATA'] ?? join(import.meta.dirname, '../../../../../shared/data');
const present = existsSync(join(data, 'occupations/csco_2022.csv'));

(present ? describe : describe.skip)(`the real lists${present ? '' : ' (skipped: no such files here)'}`, () => {
  interface Expected {
    readonly list: CodeList;
    readonly file: string;
    readonly counts: { readonly rows: number; readonly codes: number };
    readonly repeated: number;
  }
  const lists: readonly Expected[] = [
    { list: 'occupations', file: 'occupations/csco_2022.csv', counts: { rows: 2051, codes: 2047 }, repeated: 4 },
    { list: 'majors', file: 'programs/vocational_majors_2021.csv', counts: { rows: 1302, codes: 1629 }, repeated: 0 },
    { list: 'industries', file: 'industries/gbt4754_2017_codes.csv', counts: { rows: 1956, codes: 1955 }, repeated: 1 },
  ];

  it.each(lists)('of $list', async ({ list, file, counts, repeated }) => {
    const report = await imported(list, join(data, file));
    expect(report).toMatchObject({ ...counts, added: counts.codes, changed: 0, unchanged: 0, complete: true });
    expect(report.findings.filter(({ problem }) => problem === 'repeated')).toHaveLength(repeated);
    expect(await imported(list, join(data, file))).toMatchObject({ added: 0, changed: 0, unchanged: counts.codes });
  }, 120_000);

  it('let a position name an occupation of the lowest level only', async () => {
    const known = await until(() => drafted('4-12-04-02').catch((error: unknown) => (error as CallFailed).code !== 'position.unknown_occupation' && Promise.reject(error as Error)), { what: 'demand to know the real occupations', deadlineMs: 60_000 });
    expect(known).toMatchObject({ state: 'draft' });
    // A class that is at the same time the only occupation in it.
    await expect(drafted('2-03-01-00')).resolves.toMatchObject({ state: 'draft' });
    await expect(drafted('4-12-04-00')).rejects.toMatchObject({ code: 'position.occupation_not_lowest' });
    await expect(drafted('4-12-04-99')).rejects.toMatchObject({ code: 'position.unknown_occupation' });
  }, 90_000);
});

describe('regions', () => {
  it('come from the package, without the cities that are none', async () => {
    const { findings, ...counts } = await imported('regions');
    expect([counts, findings.length]).toEqual([expect.objectContaining({ rows: 3351, codes: 3339, added: 3339, complete: true }), 3]);
  }, 60_000);
});

async function drafted(occupation: string): Promise<{ state: string }> {
  const terms = {
    kind: 'internship', title: '样例岗位（虚构）', occupation, industry: '9911', region: '990101', headcount: 1, startsOn: '2030-01-01', endsOn: '2030-06-30',
    weeklyHours: 40, payFen: 300_000, skills: [], majors: [], hasBoard: true, hasLodging: true,
  };
  return (await enterprise.mutate<{ node: { state: string } }>(documents.draft, { terms })).node;
}
