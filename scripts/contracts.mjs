// The contracts of the tree it is run in against those last released: Protobuf as an image, GraphQL as one sorted schema, both committed.
//   check    an addition passes, a removal or a change of what is there does not
//   release  makes today's contracts the released ones; run it when a release leaves the house, and never to make a check pass
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, findBreakingChanges, lexicographicSortSchema, printSchema } from 'graphql';

const buf = join(import.meta.dirname, '../node_modules/.bin/buf');
const image = 'proto/released.binpb';
const schema = 'apps/gateway/schema.released.graphql';

const commands = { check, release };
const command = commands[process.argv[2]];
if (!command) throw new Error(`usage: contracts.mjs ${Object.keys(commands).join(' | ')}`);
process.exit(command() ? 0 : 1);

function check() {
  const broken = [...protoBreaks(), ...graphqlBreaks()];
  for (const line of broken) console.error(line);
  console.log(`${broken.length} breaking changes since the released contracts`);
  return broken.length === 0;
}

function release() {
  const { status, stderr } = spawnSync(buf, ['build', '--exclude-source-info', '-o', image], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  writeFileSync(schema, `${printSchema(lexicographicSortSchema(currentSchema()))}\n`);
  return true;
}

function protoBreaks() {
  const { status, stdout, stderr } = spawnSync(buf, ['breaking', '--against', image], { encoding: 'utf8' });
  // 100 is buf's answer when it found something; anything else that is not 0 is a check that did not run.
  if (status !== 0 && status !== 100) throw new Error(`buf: ${stderr}`);
  return stdout.split('\n').filter(Boolean);
}

function graphqlBreaks() {
  const released = buildSchema(readFileSync(schema, 'utf8'));
  return findBreakingChanges(released, currentSchema()).map(({ type, description }) => `graphql: ${description} (${type})`);
}

/** As the gateway reads it: all its `.graphql` files together. */
function currentSchema() {
  const folder = 'apps/gateway/src';
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.graphql'));
  return buildSchema(files.sort((a, b) => (a < b ? -1 : 1)).map((file) => readFileSync(join(folder, file), 'utf8')).join('\n'));
}
