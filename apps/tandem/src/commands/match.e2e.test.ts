// The match commands as somebody types them: results on standard output, the rest on standard error, and the exit code says what became of it.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { CommanderError } from 'commander';
import { matchCommand } from './match.js';

const bin = join(import.meta.dirname, '../../bin/tandem.mjs');
const folder = mkdtempSync(join(tmpdir(), 'tandem-match-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const instance = {
  applicants: [{ id: 'a', preferences: ['p', 'q'] }, { id: 'b', preferences: ['p'] }, { id: 'c', preferences: ['q', 'p'] }],
  positions: [{ id: 'p', capacity: 1, priorities: ['b', 'a', 'c'] }, { id: 'q', capacity: 1, priorities: ['c', 'a'] }],
};
const dirty = { ...instance, applicants: [...instance.applicants, { id: 'd', preferences: ['nowhere'] }] };

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

function latin1(name: string): string {
  const path = join(folder, name);
  writeFileSync(path, Buffer.from('{"applicants":[{"id":"\xe9"}],"positions":[]}', 'latin1'));
  return path;
}

interface Ran {
  readonly code: number | null | undefined;
  readonly out: string;
  readonly err: string;
}

/** The command in this process, which is ten times faster; `typed` shows once that a process says and exits the same. */
async function match(...args: string[]): Promise<Ran> {
  const said = { out: '', err: '' };
  const [out, err] = [process.stdout.write.bind(process.stdout), process.stderr.write.bind(process.stderr)];
  process.stdout.write = (text) => ((said.out += String(text)), true);
  process.stderr.write = (text) => ((said.err += String(text)), true);
  process.exitCode = 0;
  try {
    await matchCommand().parseAsync(args, { from: 'user' });
    return { ...said, code: process.exitCode };
  } catch (error) {
    return { ...said, err: said.err + String(error), code: error instanceof CommanderError ? 2 : 1 };
  } finally {
    process.exitCode = 0;
    Object.assign(process.stdout, { write: out });
    Object.assign(process.stderr, { write: err });
  }
}

function typed(...args: string[]): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, 'match', ...args], { encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

const json = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;

describe('match run', () => {
  it('prints the assignments, and with --json the whole result', async () => {
    const path = file('instance.json', instance);
    expect(await match('run', path)).toMatchObject({ code: 0, out: 'applicant,position\na,\nb,p\nc,q\n', err: expect.stringContaining('2 of 3 applicants placed') });
    const { assignments, unassigned, free, stable } = json((await match('run', path, '--json')).out);
    expect({ assignments, unassigned, free, stable }).toEqual({ assignments: { a: null, b: 'p', c: 'q' }, unassigned: { a: 'no_seat' }, free: { p: 0, q: 0 }, stable: true });
  });

  it('reads a folder of CSV files to the same digest', async () => {
    const csv = join(folder, 'csv');
    mkdirSync(csv);
    file('csv/applicants.csv', 'applicant,rank,position\na,1,p\na,2,q\nb,1,p\nc,1,q\nc,2,p\n');
    file('csv/positions.csv', 'position,capacity,host\np,1,\nq,1,\n');
    file('csv/priorities.csv', 'position,rank,applicant\np,1,b\np,2,a\np,3,c\nq,1,c\nq,2,a\n');
    const digest = async (path: string): Promise<unknown> => json((await match('run', path, '--json')).out)['digest'];
    expect(await digest(csv)).toBe(await digest(file('instance.json', instance)));
  });

  it('reports dirty input and goes on without it, or with --strict refuses it', async () => {
    const path = file('dirty.json', dirty);
    expect(await match('run', path)).toMatchObject({ code: 0, err: expect.stringContaining('unknown_position: applicant d, position nowhere') });
    expect(await match('run', path, '--strict')).toMatchObject({ code: 1, out: '', err: expect.stringContaining('unknown_position') });
  });

  it.each<[string, string[], number, string]>([
    ['a file that is not there', ['run', 'nowhere.json'], 1, 'match.unreadable'],
    ['what is no JSON', ['run', file('text.json', 'x')], 1, 'match.no_json'],
    ['bytes that are no UTF-8', ['run', latin1('latin1.json')], 1, 'not UTF-8'],
    ['a name that stands twice in one object', ['run', file('twice.json', '{"applicants":[],"positions":[{"id":"p","capacity":1,"scores":{"a":1,"a":2}}]}')], 1, '"a" stands twice'],
    ['what is no instance', ['run', file('list.json', [])], 1, 'instance.unreadable'],
    ['couples', ['run', file('couples.json', { ...instance, couples: [] })], 1, 'unsupported.couples'],
    ['a command without its file', ['run'], 2, 'missing required argument'],
    ['verify without a result', ['verify', file('no-bundle.json', instance)], 2, '--assignments'],
  ])('%s is refused with the reason', async (_claim, args, code, reason) => {
    expect(await match(...args)).toMatchObject({ code, out: '', err: expect.stringContaining(reason) });
  });
});

describe('match run, before its result', () => {
  it('names files of a folder that it does not read, or with --strict refuses them', async () => {
    const csv = join(folder, 'misspelt');
    mkdirSync(csv);
    file('misspelt/applicants.csv', 'applicant,rank,position\na,1,p\n');
    file('misspelt/positions.csv', 'position,capacity\np,1\n');
    file('misspelt/priorities.csv', 'position,rank,applicant\np,1,a\n');
    file('misspelt/host.csv', 'host,capacity,parent\nh,1,\n');
    expect(await match('run', csv)).toMatchObject({ code: 0, err: expect.stringContaining('unknown_file: file host.csv') });
    expect(await match('run', csv, '--strict')).toMatchObject({ code: 1, out: '', err: expect.stringContaining('unknown_file: file host.csv') });
  });

  it('shows its steps on a terminal, and only there', async () => {
    const path = file('instance.json', instance);
    const { isTTY } = process.stderr;
    try {
      process.stderr.isTTY = true;
      expect((await match('run', path)).err).toMatch(/1\/3 reading .*2\/3 matching.*3\/3 writing.*2 of 3 applicants placed/s);
      process.stderr.isTTY = false;
      expect((await match('run', path)).err).not.toMatch(/matching/);
    } finally {
      process.stderr.isTTY = isTTY;
    }
  });
});

describe('match verify', () => {
  it('passes what run gave, as JSON and as CSV', async () => {
    const path = file('instance.json', instance);
    const result = file('result.json', (await match('run', path, '--json')).out);
    expect(await match('verify', path, '--assignments', result)).toMatchObject({ code: 0, out: expect.stringContaining('true') });
    const csv = file('assignments.csv', (await match('run', path)).out);
    expect(json((await match('verify', path, '--assignments', csv, '--json')).out)).toEqual({ stable: true, violations: [] });
  });

  it('names every violation and exits 1', async () => {
    const path = file('instance.json', instance);
    const { code, out } = await match('verify', path, '--assignments', file('wrong.csv', 'applicant,position\na,p\nb,p\nb,p\nc,\n'), '--json');
    const { violations } = JSON.parse(out) as { violations: { kind: string }[] };
    expect([code, violations.map(({ kind }) => kind)]).toEqual([1, ['two_seats', 'position_over_cap']]);
  });
});

describe('match call-order', () => {
  it('calls by rank, shares first', async () => {
    const path = file('list.json', { list: [{ id: 'C1', groups: [] }, { id: 'B2', groups: ['b'] }, { id: 'C3', groups: [] }], shares: [{ group: 'b', percent: 1 }] });
    expect(await match('call-order', path, '--json')).toMatchObject({ code: 0, out: '{\n  "order": [\n    "B2",\n    "C1",\n    "C3"\n  ]\n}\n' });
    expect(await match('call-order', path)).toMatchObject({ code: 0, out: 'B2\nC1\nC3\n' });
  });

  it('refuses a percentage that is none', async () => {
    const path = file('bad.json', { list: [{ id: 'a' }], shares: [{ group: 'b', percent: 120 }] });
    expect(await match('call-order', path)).toMatchObject({ code: 1, err: expect.stringContaining('shares.bad_percent') });
  });
});

it('the process that somebody types says and exits the same', async () => {
  const path = file('instance.json', instance);
  const wrong = file('wrong.csv', 'applicant,position\na,p\nb,\nc,q\n');
  for (const args of [['run', path, '--json'], ['verify', path, '--assignments', wrong, '--json'], ['run']]) {
    const ran = await match(...args);
    const { code, out } = typed(...args);
    expect({ args, code, out }).toEqual({ args, code: ran.code, out: ran.out });
  }
});
