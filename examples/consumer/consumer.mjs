// A consumer that is no part of Tandem: published positions by region, kept in a file. What is delivered twice counts once, because the file
// remembers the last sequence of each position and is written before Kafka is told how far it is.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Kafka, logLevel } from 'kafkajs';
import protobuf from 'protobufjs';

const { KAFKA = '127.0.0.1:9092', TOPIC = 'tandem.demand.position', GROUP = 'positions-by-region', STATE = 'positions.json' } = process.env;
const proto = fileURLToPath(new URL('../../proto/tandem/demand/v1/events.proto', import.meta.url));
const Position = protobuf.loadSync(proto).lookupType('tandem.demand.v1.Position');
const known = existsSync(STATE) ? JSON.parse(readFileSync(STATE, 'utf8')) : {};

/** False for what was applied before, and for what is no event. */
function apply({ key, value, headers }) {
  const [id, sequence] = [String(key), Number(headers?.ce_sequence)];
  if (!key || !value || !(sequence > (known[id]?.sequence ?? 0))) return false;
  const { state, public: terms } = Position.decode(value);
  known[id] = { sequence, region: state === 'published' ? terms.region : '' };
  return true;
}

async function eachBatch({ batch: { topic, partition, messages } }) {
  const applied = messages.filter(apply).length;
  writeFileSync(`${STATE}.new`, JSON.stringify(known));
  renameSync(`${STATE}.new`, STATE);
  await consumer.commitOffsets([{ topic, partition, offset: String(BigInt(messages.at(-1).offset) + 1n) }]);
  const byRegion = {};
  for (const { region } of Object.values(known)) if (region) byRegion[region] = (byRegion[region] ?? 0) + 1;
  console.log(JSON.stringify({ delivered: messages.length, applied, byRegion }));
}

const consumer = new Kafka({ clientId: GROUP, brokers: KAFKA.split(','), logLevel: logLevel.ERROR }).consumer({ groupId: GROUP });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => void consumer.disconnect().then(() => process.exit(0)));
await consumer.connect();
await consumer.subscribe({ topics: [TOPIC], fromBeginning: true });
await consumer.run({ autoCommit: false, eachBatch });
