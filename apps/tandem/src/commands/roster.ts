// `tandem roster`: a college office brings its students in from a file, looks first if it likes, and takes an import back.
import { configuration } from '@tandem/service-kit';
import { encodings, type Encoding } from '@tandem/taxonomy';
import { Command, Option } from 'commander';
import { Session } from './client.js';
import { undo } from './imports.js';
import { interruptible } from './interruption.js';
import { reachable, type Reach } from './operator.js';
import { print, progress, type Output } from './output.js';
import { reportUndo, stopped } from './register.js';
import { importRoster, readRosterFile, type RosterReport } from './roster-import.js';

interface Bringing extends Reach {
  readonly org: string;
  readonly dryRun?: boolean;
  readonly strict?: boolean;
  readonly encoding?: Encoding;
}

export function rosterCommand(): Command {
  const roster = new Command('roster').description("a college's students, from a file").exitOverride();
  const bring = roster
    .command('import')
    .description('enrol the students of a file; repeated after an interruption it goes on, a bad row is told and keeps no other one out')
    .argument('<file>', 'CSV with a header in English (roll_no,name,...) or Chinese (学号,姓名,...)')
    .requiredOption('--org <code>', "the college's code")
    .option('--dry-run', 'tell every problem, change nothing')
    .option('--strict', 'enrol nobody while there is a problem')
    .addOption(new Option('--encoding <name>', 'where the file does not say it').choices(encodings));
  reachable(bring).action(async (file: string, { org, dryRun, strict, encoding, ...reach }: Bringing) => {
    const source = readRosterFile(file, org, encoding);
    if (source.ignored.length > 0) progress(`Columns left out: ${source.ignored.join(', ')}`);
    if (source.guessed !== null) progress(`Read as GB 18030; the first row is: ${source.guessed}`);
    const session = await office(org, reach);
    const done = await interruptible((interrupted) => importRoster(session, source, { dryRun: dryRun === true, strict: strict === true, onSlice: progress, interrupted }));
    report(done, reach);
    // Nothing was asked to go in, or nothing did: only then a problem is a failure.
    if (done.problems.length > 0 && (dryRun || strict)) process.exitCode = 1;
    else if (!done.complete) stopped();
  });
  const back = roster.command('undo').description('withdraw the students of an import; who ranks positions or has a placement stays and is told').argument('<import>', 'as the import was named').requiredOption('--org <code>', "the college's code");
  reachable(back).action(async (importId: string, { org, ...reach }: Reach & { org: string }) => {
    const session = await office(org, reach);
    reportUndo(await interruptible((interrupted) => undo(session, importId, { onSlice: progress, interrupted })), reach);
  });
  return roster;
}

function office(org: string, { url }: Reach): Promise<Session> {
  const { PORT, TANDEM_HOME } = configuration(process.env);
  return Session.as(url ?? `http://127.0.0.1:${PORT}`, TANDEM_HOME, 'college_office', org);
}

function report({ problems, ...counts }: RosterReport, output: Output): void {
  if (output.json) return void process.stdout.write(`${JSON.stringify({ ...counts, problems }, null, 2)}\n`);
  print([{ ...counts, problems: problems.length }], output);
  if (problems.length > 0) print(problems.map(({ line, column = '', problem, value = '' }) => ({ line, column, problem, value })), output);
}
