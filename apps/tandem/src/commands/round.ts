// A round from the command line: its bundle, to be checked elsewhere.
import { gunzipSync } from 'node:zlib';
import { configuration } from '@tandem/service-kit';
import { Command } from 'commander';
import { FORMAT, type Bundle } from './bundle.js';
import { Session } from './client.js';
import { reachable, type Reach } from './operator.js';
import { progress } from './output.js';

const query = 'query ($round: ID!, $run: Int, $part: Int) { roundBundle(round: $round, run: $run, part: $part) { run runs part parts packed ruleSheet ruleHash secret } }';

interface Part {
  readonly run: number;
  readonly runs: number;
  readonly parts: number;
  readonly packed: string;
  readonly ruleSheet: string;
  readonly ruleHash: string;
  readonly secret: string;
}

export function roundCommand(): Command {
  const round = new Command('round').exitOverride().description('a round of placement');
  reachable(round.command('bundle').description('a published run with everything that `tandem match verify` needs, as JSON on standard output'))
    .requiredOption('--round <id>', 'global id of the round')
    .requiredOption('--org <code>', 'the bureau that runs the round, or one of the organising college’s region')
    .option('--run <n>', 'which run; without it the newest', '0')
    .action(async ({ round: id, org, run, url }: Reach & { round: string; org: string; run: string }) => {
      const { PORT, TANDEM_HOME } = configuration(process.env);
      const session = await Session.as(url ?? `http://127.0.0.1:${PORT}`, TANDEM_HOME, 'bureau_officer', org);
      process.stdout.write(`${JSON.stringify(await bundleOf(session, id, Number(run)))}\n`);
    });
  return round;
}

export async function bundleOf(session: Session, round: string, run = 0): Promise<Bundle> {
  const first = await session.query<Part>(query, { round, run, part: 0 });
  const parts = [first];
  for (let part = 1; part < first.parts; part += 1) {
    parts.push(await session.query<Part>(query, { round, run: first.run, part }));
    progress(`part ${part + 1} of ${first.parts}`);
  }
  const record = JSON.parse(gunzipSync(Buffer.concat(parts.map(({ packed }) => Buffer.from(packed, 'base64')))).toString('utf8')) as Pick<Bundle, 'lists' | 'listsDigest' | 'instance' | 'standing' | 'assignments' | 'digest'>;
  const { ruleSheet, ruleHash, secret } = first;
  return { format: FORMAT, round, run: first.run, ruleSheet, ruleHash, secret, ...record };
}
