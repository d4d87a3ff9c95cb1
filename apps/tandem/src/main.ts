// The command line. Results on standard output, progress on standard error; exit 0 done, 1 refused with the reason, 2 wrong usage.
import 'reflect-metadata';
import { Command, CommanderError } from 'commander';
import { reasonOf } from './commands/output.js';

/** By name, each with what it needs: a matching does not wait for a server's modules. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import('./commands/start.js')).startCommand(),
  story: async () => (await import('./commands/story.js')).storyCommand(),
  token: async () => (await import('./commands/token.js')).tokenCommand(),
  codes: async () => (await import('./commands/codes.js')).codesCommand(),
  register: async () => (await import('./commands/register.js')).registerCommand(),
  roster: async () => (await import('./commands/roster.js')).rosterCommand(),
  round: async () => (await import('./commands/round.js')).roundCommand(),
  match: async () => (await import('./commands/match.js')).matchCommand(),
  events: async () => (await import('./commands/events.js')).eventsCommand(),
  projections: async () => (await import('./commands/projections.js')).projectionsCommand(),
  sample: async () => (await import('./commands/sample.js')).sampleCommand(),
  secrets: async () => (await import('./commands/databases.js')).secretsCommand(),
  databases: async () => (await import('./commands/databases.js')).databasesCommand(),
  topics: async () => (await import('./commands/topics.js')).topicsCommand(),
  backup: async () => (await import('./commands/backup.js')).backupCommand(),
  restore: async () => (await import('./commands/backup.js')).restoreCommand(),
  move: async () => (await import('./commands/move.js')).moveCommand(),
};

const program = new Command('tandem').description('Connects vocational colleges, enterprises, parks and education bureaus of a region').exitOverride().showHelpAfterError();
const named = commands[process.argv[2] ?? ''];
for (const load of named ? [named] : Object.values(commands)) program.addCommand((await load()).exitOverride());

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    process.stderr.write(`${reasonOf(error)}\n`);
    process.exitCode = 1;
  }
}
