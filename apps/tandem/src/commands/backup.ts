import { configuration } from '@tandem/service-kit';
import { Command } from 'commander';
import { backup, restore, type Manifest } from '../launch/backup.js';
import { print, progress, type Output } from './output.js';

export function backupCommand(): Command {
  return new Command('backup')
    .description('copy data, secrets and keys of TANDEM_HOME into a new folder, restore the copy and read it; the system may run meanwhile')
    .argument('<folder>')
    .option('--json', 'print data')
    .action(async (folder: string, output: Output) => {
      print([summary(await backup(configuration(process.env).TANDEM_HOME, folder, progress))], output);
      progress(`Verified: ${folder}. It holds the keys of personal data: keep it as safe as the system itself.`);
    });
}

export function restoreCommand(): Command {
  return new Command('restore')
    .description('copy a backup into an empty TANDEM_HOME')
    .argument('<folder>')
    .option('--json', 'print data')
    .action(async (folder: string, output: Output) => {
      print([summary(await restore(folder, configuration(process.env).TANDEM_HOME))], output);
      progress('Restored; `tandem start` goes on from there.');
    });
}

function summary({ madeAt, postgres: { files, bytes }, verified }: Manifest): object {
  const tables = Object.values(verified).flatMap((database) => Object.values(database));
  return { madeAt, files, 'MB': (bytes / 1_000_000).toFixed(1), databases: Object.keys(verified).length, tables: tables.length, rows: tables.reduce((sum, rows) => sum + rows, 0) };
}
