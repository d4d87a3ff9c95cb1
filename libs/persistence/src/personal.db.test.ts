import { afterAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Entity, PrimaryColumn } from 'typeorm';
import { FileKeyRing, personal, Sealed } from './personal.js';
import { RowPolicy } from './policy.js';
import { tableOf } from './table.js';

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

function newFolder(): string {
  const folder = join(mkdtempSync(join(tmpdir(), 'tandem-keys-')), 'keys');
  folders.push(join(folder, '..'));
  return folder;
}

const org = '0197a000-0000-7000-8000-000000000001';
const other = '0197a000-0000-7000-8000-000000000002';

describe('a sealed value', () => {
  const ring = new FileKeyRing(newFolder());
  const sealed = ring.seal(org, '样例姓名');

  it('opens to what was sealed, each time under a new nonce', () => {
    expect(ring.open(sealed)).toBe('样例姓名');
    expect(ring.seal(org, '样例姓名').bytes.equals(sealed.bytes)).toBe(false);
    expect(ring.open(ring.seal(org, ''))).toBe('');
  });

  it('is version, key id, nonce, ciphertext and tag, and prints as a mark', () => {
    expect([sealed.bytes[0], sealed.bytes.length]).toEqual([1, 1 + 16 + 12 + Buffer.byteLength('样例姓名') + 16]);
    expect([JSON.stringify({ name: sealed }), String(sealed)]).toEqual(['{"name":"[sealed]"}', '[sealed]']);
  });

  it('is refused when any single bit of it was changed', () => {
    const opened = Array.from({ length: sealed.bytes.length * 8 }, (_, bit) => {
      const bytes = Buffer.from(sealed.bytes);
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      return refused(() => ring.open(new Sealed(bytes))) ? 0 : 1;
    });
    expect(opened.reduce<number>((sum, n) => sum + n, 0)).toBe(0);
  });

  it('is refused when cut at any length, or under the key of another organisation', () => {
    ring.seal(other, 'x');
    const cut = Array.from(sealed.bytes, (_, length) => refused(() => ring.open(new Sealed(sealed.bytes.subarray(0, length)))));
    expect(cut.every(Boolean)).toBe(true);
    const moved = Buffer.concat([sealed.bytes.subarray(0, 1), ring.seal(other, 'x').bytes.subarray(1, 17), sealed.bytes.subarray(17)]);
    expect(refused(() => ring.open(new Sealed(moved)))).toBe(true);
  });

  it('that was loaded and not changed is handed on byte for byte', () => {
    const table = tableOf(PersonRow);
    const raw = { org, name: sealed.bytes, nick: null };
    expect(table.toJson(table.hydrate(raw))).toEqual({ org, name: `\\x${sealed.bytes.toString('hex')}`, nick: null });
  });
});

@Entity('persons')
@RowPolicy({ shape: 'own' })
class PersonRow {
  @PrimaryColumn('uuid') org!: string;
  @personal() name!: Sealed;
  @personal({ nullable: true }) nick!: Sealed | null;
}

describe('keys in files', () => {
  it('are found again by the next process, and hash equally inside one organisation only', () => {
    const folder = newFolder();
    const first = new FileKeyRing(folder);
    const [sealed, hash] = [first.seal(org, 'x'), first.searchHash(org, '13800000000')];
    const next = new FileKeyRing(folder);
    expect([next.open(sealed), next.searchHash(org, '13800000000').equals(hash), next.searchHash(other, '13800000000').equals(hash)]).toEqual(['x', true, false]);
  });

  it('are seen by a process that was there before them', () => {
    const folder = newFolder();
    const [early, late] = [new FileKeyRing(folder), new FileKeyRing(folder)];
    expect(early.open(late.seal(org, 'x'))).toBe('x');
  });

  it('are for this user only', () => {
    const folder = newFolder();
    new FileKeyRing(folder).seal(org, 'x');
    expect([folder, join(folder, `${org}.key`)].map((path) => (statSync(path).mode & 0o777).toString(8))).toEqual(['700', '600']);
  });

  it('that are gone leave what was sealed closed', () => {
    const folder = newFolder();
    const sealed = new FileKeyRing(folder).seal(org, 'x');
    rmSync(join(folder, `${org}.key`));
    expect(() => new FileKeyRing(folder).open(sealed)).toThrow('the key of a personal value is gone');
  });

  it('are one for each organisation, however many processes make it at once', async () => {
    const folder = newFolder();
    const orgs = Array.from({ length: 60 }, (_, n) => `0197a000-0000-7000-8000-${String(n).padStart(12, '0')}`);
    const makers = await Promise.all([1, 2, 3].map(() => maker(folder, orgs)));
    const made = await Promise.all(makers.map((make) => make()));
    const ring = new FileKeyRing(folder);
    for (const [n, name] of orgs.entries()) expect(new Set([ring.searchHash(name, 'x').toString('hex'), ...made.map((values) => values[n]?.hash)]).size).toBe(1);
    expect(made.flat().filter(({ sealed }) => refused(() => ring.open(new Sealed(Buffer.from(sealed, 'hex')))))).toEqual([]);
    expect(readdirSync(folder)).toHaveLength(orgs.length);
  }, 60_000);
});

interface Made {
  readonly org: string;
  readonly sealed: string;
  readonly hash: string;
}

/** A process that is ready; the answer makes it start. */
async function maker(folder: string, orgs: readonly string[]): Promise<() => Promise<Made[]>> {
  const root = join(import.meta.dirname, '../../..');
  const program = join(import.meta.dirname, 'keys.test-support.ts');
  const child = spawn(process.execPath, ['--no-warnings', '--conditions=@tandem/source', '--import', '@swc-node/register/esm-register', program, folder, ...orgs], {
    cwd: root, stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, NODE_OPTIONS: '', SWC_NODE_PROJECT: 'tsconfig.base.json' },
  });
  const lines = createInterface({ input: child.stdout });
  await once(lines, 'line');
  return async () => {
    child.stdin.write('go\n');
    const [line] = (await once(lines, 'line')) as [string];
    return JSON.parse(line) as Made[];
  };
}

function refused(work: () => unknown): boolean {
  try {
    work();
    return false;
  } catch {
    return true;
  }
}
