// The command line. Results on standard output, progress on standard error; exit 0 done, 1 refused with the reason, 2 wrong usage.
import 'reflect-metadata';
import { Command, CommanderError } from 'commander';
import { backupCommand, restoreCommand } from './commands/backup.js';
import { codesCommand } from './commands/codes.js';
import { databasesCommand, secretsCommand } from './commands/databases.js';
import { eventsCommand } from './commands/events.js';
import { matchCommand } from './commands/match.js';
import { moveCommand } from './commands/move.js';
import { projectionsCommand } from './commands/projections.js';
import { registerCommand } from './commands/register.js';
import { rosterCommand } from './commands/roster.js';
import { sampleCommand } from './commands/sample.js';
import { startCommand } from './commands/start.js';
import { storyCommand } from './commands/story.js';
import { tokenCommand } from './commands/token.js';
import { topicsCommand } from './commands/topics.js';
import { reasonOf } from './commands/output.js';

const program = new Command('tandem').description('Connects vocational colleges, enterprises, parks and education bureaus of a region').exitOverride().showHelpAfterError();
for (const command of [startCommand(), storyCommand(), tokenCommand(), codesCommand(), registerCommand(), rosterCommand(), matchCommand(), eventsCommand(), projectionsCommand(), sampleCommand(), secretsCommand(), databasesCommand(), topicsCommand(), backupCommand(), restoreCommand(), moveCommand()]) program.addCommand(command.exitOverride());

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    process.stderr.write(`${reasonOf(error)}\n`);
    process.exitCode = 1;
  }
}
