// Topics as the log needs them: compacted, nothing removed for 30 days, and where there are three copies, two that have what is acknowledged.
import type { Admin, ConfigResourceTypes } from 'kafkajs';
import { LogRefusal } from '../port.js';

const THIRTY_DAYS_MS = 30 * 24 * 3_600_000;
const ALREADY_EXISTS = 36;
/** By number: ES modules do not see kafkajs' enum. */
const TOPIC: ConfigResourceTypes = 2;

const SETTINGS = {
  'cleanup.policy': 'compact',
  'min.compaction.lag.ms': String(THIRTY_DAYS_MS),
  // An event of the largest size with its headers.
  'max.message.bytes': '2000000',
};
const entriesOf = (settings: Readonly<Record<string, string>>): { name: string; value: string }[] => Object.entries(settings).map(([name, value]) => ({ name, value }));

export async function createTopics(admin: Admin, names: readonly string[], { partitions, replicas }: { readonly partitions: number; readonly replicas: number }): Promise<void> {
  const topics = names.map((topic) => ({ topic, numPartitions: partitions, replicationFactor: replicas, configEntries: entriesOf(SETTINGS) }));
  try {
    // Not waiting for leaders: with several brokers that fails where one has not heard of the topic yet.
    await admin.createTopics({ topics, waitForLeaders: false });
  } catch (error) {
    // Made by somebody else in the meantime; the caller looks at what they are.
    const { errors = [error] } = error as { errors?: readonly { code?: number }[] };
    if (!errors.every((one) => (one as { code?: number }).code === ALREADY_EXISTS)) throw error;
  }
}

/** Only the brokers know how many copies a topic got that was made by their default. */
export async function holdTwoCopies(admin: Admin, names: readonly string[]): Promise<void> {
  const { topics } = await admin.fetchTopicMetadata({ topics: [...names] });
  const copied = topics.filter(({ partitions }) => partitions.every(({ replicas }) => replicas.length > 2)).map(({ name }) => name);
  if (copied.length === 0) return;
  const configEntries = entriesOf({ ...SETTINGS, 'min.insync.replicas': '2' });
  await admin.alterConfigs({ validateOnly: false, resources: copied.map((name) => ({ type: TOPIC, name, configEntries })) });
}

/** A topic that somebody else made with another policy would lose the last state of what has been quiet for a week. */
export async function refuseForgetful(admin: Admin, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: names.map((name) => ({ type: TOPIC, name, configNames: ['cleanup.policy'] })) });
  for (const { resourceName: topic, configEntries } of resources) {
    const policy = configEntries.find(({ configName }) => configName === 'cleanup.policy')?.configValue ?? '';
    if (policy !== 'compact') throw new LogRefusal('log.topic_settings', { topic, 'cleanup.policy': policy });
  }
}
