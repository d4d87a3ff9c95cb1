import { catalogue, topicOf, type AggregateName } from '@tandem/contracts';
import { PARTITIONS, type KafkaEventLog } from '@tandem/event-log';
import { configuration, rootLogger } from '@tandem/service-kit';
import { Command } from 'commander';
import { logOf } from '../launch/alone.js';
import { print, type Output } from './output.js';

export function topicsCommand(): Command {
  const command = new Command('topics').description('topics of the event log on Kafka (TANDEM_KAFKA)');
  command
    .command('apply')
    .description(`make what is missing: compacted, ${PARTITIONS} partitions each; another number of partitions is refused, because it would break the order of events`)
    .option('--json', 'print data')
    .action(async (output: Output) => withLog(async (log) => print(await applied(log), output)));
  command
    .command('remake')
    .description('delete a topic that has lost events and make it anew, empty; then `tandem events resend --topic NAME` brings back what was sent within a week')
    .argument('<topic>', 'tandem.<service>.<aggregate>')
    .option('--json', 'print data')
    .action(async (topic: string, output: Output) =>
      withLog(async (log) => {
        await log.remake(topic, PARTITIONS);
        print((await applied(log)).filter((one) => one.topic === topic), output);
      }),
    );
  return command;
}

export const topics: readonly string[] = Object.keys(catalogue).map((name) => topicOf(name as AggregateName));

async function applied(log: KafkaEventLog): Promise<{ topic: string; partitions: number; published: number }[]> {
  await log.ensureTopics(topics, PARTITIONS);
  return Promise.all(topics.map(async (topic) => {
    const end = [...(await log.end(topic)).values()];
    return { topic, partitions: end.length, published: Number(end.reduce((sum, position) => sum + position, 0n)) };
  }));
}

async function withLog(work: (log: KafkaEventLog) => Promise<void>): Promise<void> {
  const configured = configuration(process.env);
  const logger = rootLogger(configured.TANDEM_LOG_LEVEL, configured.TANDEM_LOG_FILE);
  const log = logOf(configured, 'topics', logger, (words) => logger.fatal(words));
  try {
    await work(log);
  } finally {
    await log.close();
  }
}
