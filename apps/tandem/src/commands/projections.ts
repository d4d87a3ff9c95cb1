import { Command } from 'commander';
import { operator, reachable, type Reach } from './operator.js';
import { print } from './output.js';

const rebuild = 'mutation ($input: RebuildProjectionInput!) { rebuildProjection(input: $input) { before after rows userErrors { code kind field details } } }';

export function projectionsCommand(): Command {
  const projections = new Command('projections').exitOverride().description('what a service remembers of others');
  reachable(projections.command('rebuild').description('empty a projection, read its topic again, and compare'))
    .requiredOption('--service <name>', 'for example placement')
    .requiredOption('--projection <name>', 'for example known_positions')
    .action(async ({ service, projection, ...reach }: Reach & { service: string; projection: string }) => {
      const done = await (await operator(reach)).mutate<{ before: string; after: string; rows: number }>(rebuild, { service, projection }, null);
      print([{ service, projection, rows: done.rows, equal: done.before === done.after, hash: done.after }], reach);
      if (done.before !== done.after) process.exitCode = 1;
    });
  return projections;
}
