import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installDatabase } from '@tandem/persistence';
import { configuration, migrateService, required } from '@tandem/service-kit';
import { Command } from 'commander';
import pg from 'pg';
import { accessOf } from '../launch/databases.js';
import { openHome, type Home } from '../launch/home.js';
import { definitions } from '../launch/launch.js';
import { print, progress, type Output } from './output.js';

/** Jobs that run before the services of the distributed profile. Each may be repeated: what is there stays. */
export function databasesCommand(): Command {
  const command = new Command('databases').description('databases and roles of each service on a PostgreSQL server');
  command
    .command('apply')
    .description('make what is missing, and bring every schema to this release (TANDEM_PG_HOST, TANDEM_PG_ADMIN_PASSWORD; passwords in TANDEM_HOME)')
    .action(apply);
  return command;
}

export function secretsCommand(): Command {
  const command = new Command('secrets').description('passwords and keys of the distributed profile');
  command
    .command('export <folder>')
    .description('one folder for each process with a file for each of its secrets, made in TANDEM_HOME where missing')
    .option('--json', 'print data')
    .action(async (folder: string, output: Output) => print(files(folder, await home()), output));
  return command;
}

async function apply(): Promise<void> {
  const configured = configuration(process.env);
  const { TANDEM_PG_HOST: host, TANDEM_PG_ADMIN_PASSWORD: password } = required(configured, 'tandem databases apply', ['TANDEM_PG_HOST', 'TANDEM_PG_ADMIN_PASSWORD']);
  const server = { host, port: configured.TANDEM_PG_PORT || 5432 };
  const at = await home();
  const admin = new pg.Client({ ...server, user: configured.TANDEM_PG_ADMIN_USER, password, database: 'postgres' });
  await admin.connect();
  try {
    for (const { name } of definitions) await installDatabase(admin, accessOf(name, at, server));
  } finally {
    await admin.end();
  }
  for (const definition of definitions) {
    await migrateService(definition, accessOf(definition.name, at, server));
    progress(`tandem_${definition.name} is at this release`);
  }
}

function home(): Promise<Home> {
  return openHome(configuration(process.env).TANDEM_HOME, definitions.map(({ name }) => name));
}

/** What each process may know, under the names of its settings; readable by whoever runs this. */
function files(folder: string, { secrets }: Home): { process: string; file: string }[] {
  const { gateway, local, databases } = secrets;
  const ofService = (name: string): Record<string, string> => ({
    pg_app_password: databases[name]?.app ?? '',
    pg_relay_password: databases[name]?.relay ?? '',
    token_public_key: JSON.stringify(gateway.publicKey),
  });
  const all: Record<string, Record<string, string>> = {
    ...Object.fromEntries(definitions.map(({ name }) => [name, ofService(name)])),
    gateway: { token_key: JSON.stringify(gateway.privateKey), local_public_key: JSON.stringify(local.publicKey) },
    // For a server that is made with the rest; one that is there has a password of its own.
    postgres: existsSync(join(folder, 'postgres', 'admin_password')) ? {} : { admin_password: randomBytes(24).toString('base64url') },
  };
  return Object.entries(all).flatMap(([process, named]) => {
    mkdirSync(join(folder, process), { recursive: true });
    // The server's own user is another than ours: who may enter the folder is for the mount to say.
    const [folderMode, fileMode] = process === 'postgres' ? [0o755, 0o444] : [0o700, 0o400];
    chmodSync(join(folder, process), folderMode);
    return Object.entries(named).map(([name, value]) => {
      const file = join(folder, process, name);
      writeFileSync(`${file}.new`, value, { mode: fileMode });
      renameSync(`${file}.new`, file);
      return { process, file };
    });
  });
}
