// The invented sample region, and the one act that takes all of it away.
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startPostgres } from '@tandem/embedded-postgres';
import { configuration } from '@tandem/service-kit';
import { Command } from 'commander';
import pg from 'pg';
import { CallFailed } from './call-failed.js';
import { print, progress, type Output } from './output.js';

export function sampleCommand(): Command {
  const sample = new Command('sample').exitOverride().description('the invented sample region');
  sample
    .command('remove')
    .description('remove everything, as long as every organisation is an invented one; Tandem must be stopped')
    .option('--json', 'print data')
    .action(async (output: Output) => {
      const home = resolve(configuration(process.env).TANDEM_HOME);
      const removed = await removeSample(home);
      print([{ home, organisations: removed, next: 'a start from now on seeds nothing' }], output);
    });
  return sample;
}

/** Whether this home had its sample removed: a later start leaves it empty. */
export function isSampleRemoved(home: string): boolean {
  return existsSync(marker(home));
}

const marker = (home: string): string => join(home, 'sample-removed');

/** A closed organisation, such as one of a register that was taken back, holds nothing up. Data, keys and the stamp of the schemas go; secrets stay, so that tokens of the home stay good. Refused beside a real organisation, or while Tandem runs. */
async function removeSample(home: string): Promise<number> {
  if (!existsSync(join(home, 'postgres'))) throw new CallFailed('sample.none', `${home} holds no data`);
  progress('Looking whether every organisation is an invented one');
  const { real, invented } = await counted(home);
  if (real > 0) throw new CallFailed('sample.real_organisations', `${real} organisations are real: nothing was removed`);
  // First the word, then the deed: a crash between them leaves data that the next `sample remove` finds.
  writeFileSync(marker(home), '');
  for (const part of ['postgres', 'keys', 'installed']) rmSync(join(home, part), { recursive: true, force: true });
  return invented;
}

async function counted(home: string): Promise<{ real: number; invented: number }> {
  const server = await startPostgres({ dataDir: join(home, 'postgres'), secretsDir: join(home, 'secrets') });
  try {
    const eye = new pg.Client({ host: server.host, port: server.port, user: server.superuser, password: server.password, database: 'tandem_identity' });
    await eye.connect();
    const { rows } = await eye.query<{ real: number; invented: number }>(`select (count(*) filter (where not invented))::int real, (count(*) filter (where invented))::int invented from organisations where kind <> 'operator' and state <> 'closed'`);
    await eye.end();
    return rows[0] ?? { real: 0, invented: 0 };
  } finally {
    await server.stop();
  }
}
