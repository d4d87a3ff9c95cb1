// What the parts of the workspace say of each other must agree: package.json, tsconfig.json, the lock file, and the names of files.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { describe, expect, it } from '@jest/globals';

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly files?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}
interface Locked extends Manifest {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
}

const root = join(import.meta.dirname, '..');
const read = <T>(...path: string[]): T => JSON.parse(readFileSync(join(root, ...path), 'utf8')) as T;
const folders = ['libs', 'apps'].flatMap((kind) => readdirSync(join(root, kind)).map((name) => `${kind}/${name}`)).concat('bench').filter((folder) => existsSync(join(root, folder, 'package.json')));
const manifests = new Map(['.', ...folders].map((folder) => [folder, read<Manifest>(folder, 'package.json')]));
const lock = read<{ packages: Record<string, Locked> }>('package-lock.json').packages;

const folderOf = (name: string): string | undefined => folders.find((folder) => manifests.get(folder)?.name === name);
const declaredBy = (folder: string): Record<string, string> => ({ ...manifests.get(folder)?.dependencies, ...manifests.get(folder)?.devDependencies });

describe.each([...manifests.keys()])('%s', (folder) => {
  it('builds after exactly the packages that it declares', () => {
    if (!existsSync(join(root, folder, 'tsconfig.json')) || folder === '.') return;
    const { references = [] } = read<{ references?: { path: string }[] }>(folder, 'tsconfig.json');
    const referenced = references.map(({ path }) => relative(root, join(root, folder, path)));
    const declared = Object.keys(declaredBy(folder)).filter((name) => name.startsWith('@tandem/'));
    expect(referenced.sort()).toEqual(declared.map((name) => folderOf(name) ?? name).sort());
  });

  it('is named after its folder and cannot be published, unless it says what of it is', () => {
    const { name, private: isPrivate = false, files } = manifests.get(folder) ?? {};
    expect({ name, isPrivate }).toEqual({ name: folder === '.' ? 'tandem-workspace' : `@tandem/${basename(folder)}`, isPrivate: files === undefined });
  });

  it('asks for packages of the workspace as they are, and for one exact version of all others', () => {
    const odd = Object.entries(declaredBy(folder)).filter(([name, version]) => (folderOf(name) ? version !== '*' : !/^(npm:[\w@/-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)));
    expect(odd).toEqual([]);
  });

  it('stands in the lock file as it is', () => {
    const { dependencies = {}, devDependencies = {} } = manifests.get(folder) ?? {};
    const locked = lock[folder === '.' ? '' : folder];
    expect({ dependencies: locked?.dependencies ?? {}, devDependencies: locked?.devDependencies ?? {} }).toEqual({ dependencies, devDependencies });
  });
});

it('one version of a package serves the whole workspace', () => {
  const versions = new Map<string, Set<string>>();
  for (const folder of manifests.keys()) for (const [name, version] of Object.entries(declaredBy(folder))) versions.set(name, (versions.get(name) ?? new Set()).add(version));
  expect([...versions].filter(([, asked]) => asked.size > 1)).toEqual([]);
});

describe('the lock file', () => {
  const entries = Object.entries(lock);

  it('names no registry and no place on a disk, so that it serves every machine', () => {
    expect(readFileSync(join(root, 'package-lock.json'), 'utf8')).not.toMatch(/"resolved": "(?!(libs|apps)\/[\w-]+"|bench")|"(file:|\/|[a-z]+:\/\/)[^"]*": ?\{/);
    expect(entries.filter(([, { resolved, link }]) => resolved !== undefined && !(link && folders.includes(resolved)))).toEqual([]);
  });

  it('has a checksum for everything that is fetched', () => {
    expect(entries.filter(([path, { integrity, link }]) => path.includes('node_modules/') && !link && !integrity).map(([path]) => path)).toEqual([]);
  });
});

describe('file names', () => {
  const suffixes = ['entity', 'service', 'grpc', 'events', 'module', 'resolver', 'test', 'db.test', 'e2e.test', 'kafka.test', 'test-support'];
  const sources = (kind: string): string[] =>
    folders
      .filter((folder) => folder.startsWith(kind) && existsSync(join(root, folder, 'src')))
      .flatMap((folder) => readdirSync(join(root, folder, 'src'), { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/src/${file}`))
      .filter((file) => /[.]tsx?$/.test(file) && !file.includes('/generated/'));

  it('are kebab-case', () => {
    expect([...sources('libs/'), ...sources('apps/')].filter((file) => !/^[a-z0-9-]+([.][a-z0-9-]+)*[.]tsx?$/.test(basename(file)))).toEqual([]);
  });

  // The rules about imports go by suffix; a file with another would be held to none of them.
  it('of services have a suffix of the list, or none', () => {
    const known = new RegExp(`^[^.]+([.](${suffixes.map((suffix) => suffix.replace('.', '[.]')).join('|')}))?[.]tsx?$`);
    expect(sources('apps/').filter((file) => !known.test(basename(file)))).toEqual([]);
  });
});
