import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findProgram, repairLinks } from './program.js';

let root: string;

/** The package as npm unpacks it, without the links that its install script makes; the libraries themselves are only named. */
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tandem-package-'));
  const installed = dirname(dirname(findProgram().folder));
  mkdirSync(join(root, 'native', 'lib'), { recursive: true });
  cpSync(join(installed, 'scripts'), join(root, 'scripts'), { recursive: true });
  cpSync(join(installed, 'package.json'), join(root, 'package.json'));
  cpSync(join(installed, 'native', 'pg-symlinks.json'), join(root, 'native', 'pg-symlinks.json'));
  for (const { source } of links()) writeFileSync(join(root, source), 'a library');
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

const links = () => JSON.parse(readFileSync(join(root, 'native', 'pg-symlinks.json'), 'utf8')) as { source: string; target: string }[];

describe('the npm package, installed without its scripts', () => {
  it('gets its missing library links', () => {
    expect(existsSync(join(root, 'native/lib/libicui18n.so.60'))).toBe(false);
    repairLinks(root);
    expect(links().filter(({ target }) => !existsSync(join(root, target)))).toEqual([]);
  });

  it('is refused with the way out when that cannot be done', () => {
    rmSync(join(root, 'scripts'), { recursive: true });
    expect(() => repairLinks(root)).toThrow(expect.objectContaining({ code: 'postgres.broken_package', message: expect.stringContaining('npm rebuild') }));
  });
});

it('finds the program without importing the package, whose entry would install exit handlers in this process', () => {
  expect(findProgram()).toMatchObject({ major: '18' });
  expect(Object.keys(createRequire(import.meta.url).cache).filter((file) => file.includes('async-exit-hook'))).toEqual([]);
});
