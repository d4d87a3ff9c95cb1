// A college brings its students in from a file: looked at first, killed in the middle on either side, interrupted, taken back.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { idCheckCharacter } from '@tandem/taxonomy';
import { until } from '@tandem/test-kit';
import { build, newHome, removeHome, startProcess, superuser, type TandemProcess } from '../faults/test-support.js';
import type { Session } from './client.js';
import type { BulkResult } from './imports.js';
import { tandemCommand } from './run.test-support.js';

const home = newHome();
const code = 'ROSTER-COLLEGE';
let tandem: TandemProcess;
let office: Session;
const bulk = 'results { id version error { code kind field details } } userErrors { code kind field details }';
type Bulk = { readonly results: readonly BulkResult[] };

async function start(): Promise<void> {
  tandem = await startProcess(home, { TANDEM_SEED: 'none' });
  office = await tandem.as('college_office', code);
}

beforeAll(async () => {
  build();
  tandem = await startProcess(home, { TANDEM_SEED: 'none' });
  const operator = await tandem.as('operator', 'OPERATOR');
  for (const list of ['majors', 'regions']) {
    await operator.mutate('mutation ($input: ImportCodesInput!) { importCodes(input: $input) { added userErrors { code kind field details } } }', { list, fromOn: '2020-01-01', entries: [{ code: '990101', name: '样例（虚构）', level: 3, leaf: true }] });
  }
  const organisations = [{ kind: 'college', code, name: '样例学校（虚构）', region: '990101', invented: true }];
  await operator.mutate(`mutation ($input: RegisterOrganisationsInput!) { registerOrganisations(input: $input) { ${bulk} } }`, { organisations, verified: true });
  office = await tandem.as('college_office', code);
  const plan = async (): Promise<string | null> => (await office.mutate<Bulk>(`mutation ($input: PlanProgramsInput!) { planPrograms(input: $input) { ${bulk} } }`, { programs: [{ code: '990101', level: 'higher', years: 3 }] })).results[0]?.id ?? null;
  const program = await until(plan, { what: 'the code to be known', deadlineMs: 30_000 });
  const cohort = (await office.mutate<Bulk>(`mutation ($input: PlanCohortsInput!) { planCohorts(input: $input) { ${bulk} } }`, { cohorts: [{ program, entryYear: 2025, graduatesOn: '2028-06-30', windows: [] }] })).results[0]?.id;
  await office.mutate(`mutation ($input: FormClassesInput!) { formClasses(input: $input) { ${bulk} } }`, { classes: [{ cohort, name: '样例一班' }] });
}, 240_000);
afterAll(async () => {
  tandem?.kill('SIGTERM');
  await tandem?.exited;
  removeHome(home);
}, 60_000);

const header = '学号,姓名,身份证号,手机,监护人,监护人手机,出生日期,专业代码,学制,入学年份,班级,行政区划';
const born = ['20080517', '20080518', '20080519', '20080520', '20080521', '20080522'];

function row(n: number, more: Partial<Record<'roll' | 'id' | 'program' | 'region' | 'born' | 'class', string>> = {}): string {
  const digits = `990101${born[Math.floor(n / 1_000)] ?? '20080101'}${String(n % 1_000).padStart(3, '0')}`;
  const { roll = `S${n}`, id = digits + idCheckCharacter(digits), program = '990101', region = '990101', born: day = '', class: of = '样例一班' } = more;
  return [roll, '样例学生（虚构）', id, '13900000001', '样例家长（虚构）', '13900000002', day, program, '3', '2025', of, region].join(',');
}

function fileOf(name: string, rows: readonly string[], encode: (text: string) => Buffer = (text) => Buffer.from(text)): string {
  const path = join(home, name);
  writeFileSync(path, encode([header, ...rows].join('\n')));
  return path;
}
const roster = (args: readonly string[], onLine?: Parameters<typeof tandemCommand>[2]) => tandemCommand(home, ['roster', ...args, '--org', code, '--url', tandem.url, '--json'], onLine);
interface Report {
  readonly importId: string;
  readonly enrolled: number;
  readonly present: number;
  readonly complete: boolean;
  readonly problems: readonly { readonly line: number; readonly column?: string; readonly problem: string }[];
}
const reportOf = ({ out }: { out: string }): Report => JSON.parse(out) as Report;

async function enrolled(prefix: string): Promise<[number, number]> {
  const pool = superuser(home, 'tandem_programs');
  const { rows } = await pool.query<{ n: number; rolls: number }>(`select count(*)::int n, count(distinct roll_no)::int rolls from students where state = 'enrolled' and roll_no like $1`, [`${prefix}%`]);
  await pool.end();
  return [rows[0]?.n ?? -1, rows[0]?.rolls ?? -1];
}

describe('a roster with bad rows', () => {
  const wrong = (id: string): string => `${id.slice(0, 17)}${id.endsWith('1') ? '2' : '1'}`;
  const rows = (): string[] => {
    const id = row(1).split(',')[2] ?? '';
    return [row(0, { roll: 'B0' }), row(1, { roll: 'B1', id: wrong(id) }), row(2, { roll: 'B2', id: '', born: '2024-02-30' }), row(3, { roll: 'B0' }), row(4, { roll: 'B4', program: '990199' }), row(5, { roll: 'B5', class: '样例九班' }), row(6, { roll: 'B6', region: '110101' }), row(7, { roll: 'B7' })];
  };
  const expected = [
    { line: 3, column: 'id_number', problem: 'bad_check_digit' }, { line: 4, column: 'born_on', problem: 'no_such_date' }, { line: 5, column: 'roll_no', problem: 'duplicate_roll_no' },
    { line: 6, column: 'program_code', problem: 'unknown_program', value: '990199/3' }, { line: 7, column: 'class', problem: 'unknown_class' }, { line: 8, column: 'region', problem: 'unknown_region' },
  ];

  it('is looked at without changing anything, kept out as a whole if wanted, and else lets the good rows in', async () => {
    const file = fileOf('bad.csv', rows());
    const [dry, strict] = [await roster(['import', file, '--dry-run']), await roster(['import', file, '--strict'])];
    expect([dry.code, reportOf(dry).problems, strict.code, reportOf(strict).problems]).toEqual([1, expected, 1, expected]);
    expect(await enrolled('B')).toEqual([0, 0]);
    const done = await roster(['import', file]);
    expect([done.code, reportOf(done)]).toEqual([0, expect.objectContaining({ enrolled: 2, present: 0, complete: true, problems: expected })]);
    const again = await roster(['import', file]);
    expect([reportOf(again).enrolled, reportOf(again).present, reportOf(again).problems]).toEqual([0, 2, expected]);
    expect(await enrolled('B')).toEqual([2, 2]);
  }, 120_000);

  it('is told what the college has already', async () => {
    const answer = await roster(['import', fileOf('more.csv', [row(20, { roll: 'B0' }), row(0, { roll: 'C1' })]), '--dry-run']);
    expect(reportOf(answer).problems).toEqual([{ line: 2, column: 'roll_no', problem: 'duplicate_roll_no' }, { line: 3, column: 'id_number', problem: 'duplicate_id_number' }]);
  }, 60_000);

  it('in GBK is read once somebody has looked at a row of it', async () => {
    const gbk = fileOf('gbk.csv', [`${row(30, { roll: 'G1' })}`], toGbk);
    const [unsure, sure] = [await roster(['import', gbk]), await roster(['import', gbk, '--encoding', 'gb18030'])];
    expect([unsure.code, unsure.err]).toEqual([1, expect.stringContaining('say --encoding gb18030')]);
    expect([sure.code, reportOf(sure).enrolled]).toEqual([0, 1]);
  }, 60_000);
});

describe('a roster of 5,000', () => {
  const rows = Array.from({ length: 5_000 }, (_, n) => row(n + 100, { roll: `L${n}` }));

  it('goes on after Ctrl-C, after the command was killed and after the server was; every student is there once, and back out again', async () => {
    const file = fileOf('large.csv', rows);
    const cut = await roster(['import', file], (line, kill) => void (line.includes(' 1000 of 5000') && kill('SIGINT')));
    expect([cut.code, cut.err]).toEqual([130, expect.stringContaining('goes on from there')]);
    const killed = await roster(['import', file], (line, kill) => void (line.includes(' 3000 of 5000') && kill()));
    expect(killed.signal).toBe('SIGKILL');
    // The first slice that is not there yet is on its way.
    const broken = await roster(['import', file], (line) => void (line.includes(' 4000 of 5000') && tandem.kill('SIGKILL')));
    expect([0, 1]).toContain(broken.code);
    await tandem.exited;
    await start();
    const done = await roster(['import', file]);
    const { importId, ...report } = reportOf(done);
    expect([done.code, report.enrolled + report.present, report.complete, report.problems]).toEqual([0, 5_000, true, []]);
    expect(await enrolled('L')).toEqual([5_000, 5_000]);
    const undone = await tandemCommand(home, ['roster', 'undo', importId, '--org', code, '--url', tandem.url, '--json']);
    expect(JSON.parse(undone.out)).toMatchObject({ undone: 5_000, kept: [], complete: true });
    expect(await enrolled('L')).toEqual([0, 0]);
    const again = reportOf(await roster(['import', file]));
    expect([again.importId, again.enrolled, await enrolled('L')]).toEqual([importId, 5_000, [5_000, 5_000]]);
  }, 240_000);
});

/** What the header and these rows need of it, by asking the decoder for every two-byte character. */
function toGbk(text: string): Buffer {
  const decoder = new TextDecoder('gb18030');
  const codes = new Map<string, readonly number[]>();
  for (let first = 0x81; first <= 0xfe; first += 1) for (let second = 0x40; second <= 0xfe; second += 1) codes.set(decoder.decode(Uint8Array.of(first, second)), [first, second]);
  return Buffer.from([...text].flatMap((character) => (character < '\u0080' ? [character.charCodeAt(0)] : (codes.get(character) ?? []))));
}
