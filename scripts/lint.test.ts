// The rules of .oxlintrc.json that this project leans on most, each with a file that breaks it: a lint that does not run looks like one that passes.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '..');
const lines = (count: number, line: string): string => `${line}\n`.repeat(count);

const broken: [rule: string, file: string, text: string][] = [
  ['typescript(no-explicit-any)', 'any.ts', 'export const anything = (given: any): string => String(given);'],
  ['typescript(no-unsafe-return)', 'hidden-any.ts', 'export const parsed = (text: string): { id: string } => JSON.parse(text);'],
  ['typescript(no-floating-promises)', 'floating.ts', 'async function save(): Promise<void> { await Promise.resolve(); }\nexport function saved(): void { save(); }'],
  ['typescript(no-misused-promises)', 'misused.ts', 'const isOpen = async (): Promise<boolean> => Promise.resolve(true);\nexport const state = (): string => (isOpen() ? "open" : "closed");'],
  ['typescript(switch-exhaustiveness-check)', 'switch.ts', "export function next(state: 'draft' | 'closed'): string {\n  switch (state) {\n    case 'draft':\n      return 'closed';\n  }\n  return state;\n}"],
  ['typescript(ban-ts-comment)', 'muted.ts', '// @ts-ignore\nexport const one = 1;'],
  ['import(no-default-export)', 'default.ts', 'export default 1;'],
  ['eslint(max-params)', 'params.ts', 'export const sum = (a: number, b: number, c: number, d: number, e: number): number => a + b + c + d + e;'],
  ['eslint(max-depth)', 'depth.ts', 'export function deep(a: boolean): void {\n  if (a) { for (;;) { if (a) { if (a) { return; } } } }\n}'],
  ['eslint(complexity)', 'complexity.ts', `export function many(n: number): number {\n${lines(12, '  if (n > 1) n += 1;')}  return n;\n}`],
  ['eslint(max-lines-per-function)', 'function.ts', `export function long(): void {\n${lines(60, '  console.log(1);')}}`],
  ['eslint(max-lines-per-function)', 'page.tsx', `export function long(): void {\n${lines(100, '  console.log(1);')}}`],
  ['eslint(max-lines)', 'file.ts', lines(301, 'console.log(1);')],
  ['eslint(no-warning-comments)', 'todo.ts', `// ${'TO'}${'DO'}: later\nexport const one = 1;`],
  ['Unused oxlint-disable directive (no problems were reported).', 'unused.ts', '// oxlint-disable-next-line no-var -- it once had one\nexport const one = 1;'],
  ['jest(no-focused-tests)', 'focused.test.mjs', "import { it } from '@jest/globals';\nit.only('runs alone', () => {});"],
];
const whole: [file: string, text: string][] = [
  ['page-of-100.tsx', `export function long(): void {\n${lines(98, '  console.log(1);')}}`],
  ['some.config.mjs', 'export default {};'],
  ['generated/any.ts', 'export const anything = (given: any): string => String(given);'],
];

describe('lint', () => {
  let folder: string;
  let found: { code?: string; message: string; filename: string }[];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tandem-lint-'));
    writeFileSync(join(folder, 'tsconfig.json'), readFileSync(join(root, 'tsconfig.base.json'), 'utf8').replace('"types": ["node"]', '"types": []').replace('"es2023"]', '"es2023", "dom"]'));
    // A copy, because its ignored paths count from where it lies.
    copyFileSync(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
    for (const [file, text] of [...broken.map(([, file, text]) => [file, text] as const), ...whole]) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
    const bin = join(root, 'node_modules/.bin');
    const { stdout } = spawnSync(join(bin, 'oxlint'), ['-f', 'json', '.'], { cwd: folder, encoding: 'utf8', env: { ...process.env, PATH: `${bin}:${process.env['PATH']}` } });
    found = (JSON.parse(stdout) as { diagnostics: typeof found }).diagnostics;
  }, 60_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const rulesAt = (file: string): string[] => found.filter(({ filename }) => filename === file).map(({ code, message }) => code ?? message);

  it.each(broken)('%s refuses %s', (rule, file) => {
    expect(rulesAt(file)).toEqual([rule]);
  });

  it.each(whole)('lets %s pass', (file) => {
    expect(rulesAt(file)).toEqual([]);
  });

  it('is muted one line at a time, for one rule, with a reason', () => {
    const files = ['libs', 'apps', 'scripts'].flatMap((kind) => readdirSync(join(root, kind), { recursive: true, encoding: 'utf8' }).map((file) => join(root, kind, file)));
    const sources = files.filter((file) => /[.][mc]?[jt]sx?$/.test(file) && !/node_modules|[/](dist|generated)[/]|lint[.]test/.test(file));
    const muted = sources.flatMap((file) => readFileSync(file, 'utf8').split('\n').filter((line) => /(oxlint|eslint)-disable|@ts-expect-error/.test(line)));
    expect(sources.length).toBeGreaterThan(200);
    expect(muted.filter((line) => !/oxlint-disable(-next)?-line [\w/-]+ -- .{10,}|@ts-expect-error:? .{10,}/.test(line))).toEqual([]);
  });
});
