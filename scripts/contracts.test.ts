// What counts as a break of the released contracts: a copy of them is changed, and the command of `npm run check` looks at it.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

type Change = readonly [file: string, from: RegExp, to: string];
interface Answer {
  readonly status: number | null;
  readonly said: string;
}

const root = join(import.meta.dirname, '..');
const event = 'proto/tandem/demand/v1/events.proto';
const service = 'proto/tandem/demand/v1/service.proto';
const graphql = 'apps/gateway/src/positions/positions.graphql';

const removal: Change = [event, / {2}string state = 3;\n/, ''];
const breaks: [what: string, change: Change, said: string][] = [
  ['a field of an event is removed', removal, 'Previously present field "3" with name "state" on message "Position"'],
  ['a field of an event is renamed', [event, /string title = 2/, 'string heading = 2'], 'Field "2" on message "Public" changed name from "title" to "heading"'],
  ['a field of an event changes its type', [event, /int32 pay_fen = 12/, 'string pay_fen = 12'], 'Field "12" with name "pay_fen" on message "Public" changed type'],
  ['a fact is removed', [event, / {4}FACT_REOPENED = 8;\n/, ''], 'Previously present enum value "8" on enum "Fact"'],
  ['a call is removed', [service, / {2}rpc ResizePosition\(.*\n/, ''], 'Previously present RPC "ResizePosition"'],
  ['a field of a type is removed', [graphql, /(\ntype Position [^}]*)\n {2}title: String!/, '$1'], 'Position.title was removed'],
  ['a value of an enum is removed', [graphql, /\n {2}withdrawn(?=\n)/, ''], 'withdrawn was removed from enum type CloseReason'],
  ['an input asks for more', [graphql, /(\ninput PositionTermsInput \{)/, '$1\n  shift: String!'], 'required field shift on input type PositionTermsInput was added'],
];
// Names and numbers that nobody will ever add.
const additions: Change[] = [
  [event, /( {2}string state = 3;\n)/, '$1  string zz_sample_field = 9001;\n'],
  [event, /( {4}FACT_REOPENED = 8;\n)/, '$1    FACT_ZZ_SAMPLE = 9001;\n'],
  [service, /( {2}rpc )(ResizePosition)(\(.*\n)/, '$1$2$3$1ZzSamplePosition$3'],
  [graphql, /(\n {2}title: String!)/, '$1\n  zzSampleField: String'],
  [graphql, /(\ninput PositionTermsInput \{)/, '$1\n  zzSampleInput: String'],
];

describe('the released contracts', () => {
  // What is released here is today's tree, whatever it has added since the real release.
  const released = copyOf(root);
  beforeAll(() => void run(released, 'release'));
  afterAll(() => rmSync(released, { recursive: true, force: true }));

  describe('are broken', () => {
    let answer: Answer;
    beforeAll(() => {
      answer = checked(breaks.map(([, change]) => change));
    });

    it.each(breaks)('when %s', (_what, _change, said) => {
      expect(answer).toEqual({ status: 1, said: expect.stringContaining(said) });
    });
  });

  it('hold while nothing changes', () => {
    expect(run(released, 'check')).toEqual({ status: 0, said: '0 breaking changes since the released contracts\n' });
  });

  it('hold when events, facts, calls, fields and optional inputs are added', () => {
    expect(checked(additions)).toEqual({ status: 0, said: '0 breaking changes since the released contracts\n' });
  });

  it.each(['proto/released.binpb', 'apps/gateway/schema.released.graphql'])('are not taken as unbroken when %s is missing', (file) => {
    const { status, said } = inCopy((folder) => {
      rmSync(join(folder, file));
      return run(folder, 'check');
    });
    expect({ status, said }).toEqual({ status: 1, said: expect.stringContaining(file) });
  });

  it('take in a change by the explicit command alone', () => {
    const answers = inCopy((folder) => {
      change(folder, removal);
      return [run(folder, 'check').status, run(folder, 'release').status, run(folder, 'check').status];
    });
    expect(answers).toEqual([1, 0, 0]);
  });

  function checked(changes: readonly Change[]): Answer {
    return inCopy((folder) => {
      for (const each of changes) change(folder, each);
      return run(folder, 'check');
    });
  }

  function inCopy<T>(look: (folder: string) => T): T {
    const folder = copyOf(released);
    try {
      return look(folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
});

function copyOf(tree: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-contracts-'));
  for (const path of ['buf.yaml', 'proto', 'apps/gateway/schema.released.graphql', 'apps/gateway/src']) cpSync(join(tree, path), join(folder, path), { recursive: true });
  return folder;
}

function change(folder: string, [file, from, to]: Change): void {
  const before = readFileSync(join(folder, file), 'utf8');
  const after = before.replace(from, to);
  if (after === before) throw new Error(`${file} has nothing like ${from}`);
  writeFileSync(join(folder, file), after);
}

function run(cwd: string, command: 'check' | 'release'): Answer {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'scripts/contracts.mjs'), command], { cwd, encoding: 'utf8' });
  return { status, said: stdout + stderr };
}
