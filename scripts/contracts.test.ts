// What counts as a break of the released contracts: each case changes a copy of them and runs the command of `npm run check` on it.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '..');
const events = 'proto/tandem/demand/v1/events.proto';
const service = 'proto/tandem/demand/v1/service.proto';
const graphql = 'apps/gateway/src/positions/positions.graphql';

describe('the released contracts', () => {
  let copy: string;

  beforeEach(() => {
    copy = mkdtempSync(join(tmpdir(), 'tandem-contracts-'));
    for (const path of ['buf.yaml', 'proto', 'apps/gateway/schema.released.graphql']) cpSync(join(root, path), join(copy, path), { recursive: true });
    cpSync(join(root, 'apps/gateway/src'), join(copy, 'apps/gateway/src'), { recursive: true });
    // The cases start from what is released, whatever the tree has added since.
    run('release');
  });
  afterEach(() => rmSync(copy, { recursive: true, force: true }));

  function run(command: 'check' | 'release'): { status: number | null; said: string } {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'scripts/contracts.mjs'), command], { cwd: copy, encoding: 'utf8' });
    return { status, said: stdout + stderr };
  }

  function change(file: string, from: RegExp, to: string): void {
    const before = readFileSync(join(copy, file), 'utf8');
    const after = before.replace(from, to);
    expect(after).not.toBe(before);
    writeFileSync(join(copy, file), after);
  }

  it.each([
    ['a field of an event is removed', events, / {2}string state = 3;\n/, '', 'Previously present field "3"'],
    ['a field of an event is renamed', events, /string title = 2/, 'string heading = 2', 'changed name from "title"'],
    ['a field of an event changes its type', events, /int32 pay_fen = 12/, 'string pay_fen = 12', 'changed type'],
    ['a fact is removed', events, / {4}FACT_REOPENED = 8;\n/, '', 'Previously present enum value "8"'],
    ['a call is removed', service, / {2}rpc PublishPosition\(.*\n/, '', 'PublishPosition'],
    ['a field of a type is removed', graphql, /\n {2}title: String!(?=[^}]*})/, '', 'was removed'],
    ['a value of an enum is removed', graphql, /\n {2}withdrawn(?=\n)/, '', 'was removed'],
    ['an input asks for more', graphql, /(\ninput PositionTermsInput \{)/, '$1\n  shift: String!', 'required input field'],
  ])('are broken when %s', (_what, file, from, to, said) => {
    change(file, from, to);
    expect(run('check')).toEqual({ status: 1, said: expect.stringContaining(said) });
  });

  it.each([
    ['nothing changes', events, /$/, '\n'],
    ['a field is added to an event', events, /( {2}string state = 3;\n)/, '$1  string note = 5;\n'],
    ['a fact is added', events, /( {4}FACT_REOPENED = 8;\n)/, '$1    FACT_EXTENDED = 9;\n'],
    ['a call is added', service, /( {2}rpc )(PublishPosition)(\(.*\n)/, '$1$2$3$1ExtendPosition$3'],
    ['a field is added to a type', graphql, /(\n {2}title: String!)/, '$1\n  shift: String'],
    ['an input may say more', graphql, /(\ninput PositionTermsInput \{)/, '$1\n  shift: String'],
  ])('hold when %s', (_what, file, from, to) => {
    change(file, from, to);
    expect(run('check')).toEqual({ status: 0, said: '0 breaking changes since the released contracts\n' });
  });

  it.each(['proto/released.binpb', 'apps/gateway/schema.released.graphql'])('are not taken as unbroken when %s is missing', (file) => {
    rmSync(join(copy, file));
    expect(run('check').status).toBe(1);
  });

  it('take in what changed when they are released, and only then', () => {
    change(events, / {2}string state = 3;\n/, '');
    expect(run('check').status).toBe(1);
    expect(run('release').status).toBe(0);
    expect(run('check').status).toBe(0);
  });
});
