import { roles, type Role } from '@tandem/contracts';
import { localToken } from '@tandem/gateway';
import { configuration } from '@tandem/service-kit';
import { Command, Option } from 'commander';
import { readSecrets } from '../launch/home.js';
import { CallFailed } from './call-failed.js';

export function tokenCommand(): Command {
  return new Command('token')
    .description('a token for 12 hours, for this machine only')
    .addOption(new Option('--as <role>', 'role').choices(Object.keys(roles)).makeOptionMandatory())
    .requiredOption('--org <code>', 'code of the organisation, for example SAMPLE-BUREAU')
    .option('--account <uuid>', 'one person: for a student the studentId')
    .option('--json', 'print data')
    .action(async ({ as, org, account, json }: { as: Role; org: string; account?: string; json?: boolean }) => {
      const home = configuration(process.env).TANDEM_HOME;
      const secrets = readSecrets(home);
      if (!secrets) throw new CallFailed('home.empty', `${home} holds no keys; start Tandem with this TANDEM_HOME first`);
      const token = await localToken(secrets.local.privateKey, as, org, account);
      process.stdout.write(`${json ? JSON.stringify({ token }) : token}\n`);
    });
}
