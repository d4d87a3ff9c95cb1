import { Command } from 'commander';
import { operator, reachable, type Reach } from './operator.js';
import { print } from './output.js';

const lag = 'query { opsConsumers { service unsent dueTimers consumers { consumer topic lag behindSeconds published consumed held parked partitions { partition lag seconds } } } }';
const parked = 'query { parkedEvents(first: 1000) { service consumer eventId type aggregateId sequence cause detail attempts parkedAt waiting } }';
const resend = 'mutation ($input: ResendEventsInput!) { resendEvents(input: $input) { events userErrors { code kind field details } } }';
const replay = 'mutation ($input: ReplayInput!) { replay(input: $input) { events userErrors { code kind field details } } }';

interface Lag {
  readonly service: string;
  readonly unsent: number;
  readonly dueTimers: number;
  readonly consumers: readonly (object & { readonly partitions: readonly { readonly partition: number; readonly lag: number; readonly seconds: number }[] })[];
}

export function eventsCommand(): Command {
  const events = new Command('events').exitOverride().description('what is under way, what is parked, and running it again');
  reachable(events.command('lag').description('how far each consumer is')).action(async (reach: Reach) => {
    const services = await (await operator(reach)).query<readonly Lag[]>(lag);
    const rows = services.flatMap(({ service, unsent, dueTimers, consumers }) =>
      consumers.map(({ partitions, ...consumer }) => ({ service, unsent, dueTimers, ...consumer, behind: partitions.map(({ partition, lag: events, seconds }) => `${partition}: ${events} (${seconds} s)`).join(', ') })),
    );
    print(rows, reach);
  });
  reachable(events.command('parked').description('parked events with their causes')).action(async (reach: Reach) => {
    print(await (await operator(reach)).query<readonly object[]>(parked), reach);
  });
  reachable(events.command('replay').description('run parked events again, or drop them'))
    .requiredOption('--service <name>', 'service whose consumers parked them')
    .option('--event <id>', 'only this one')
    .option('--dry-run', 'only count')
    .option('--discard', 'drop instead of running again')
    .action(async ({ service, event, dryRun = false, discard = false, ...reach }: Reach & { service: string; event?: string; dryRun?: boolean; discard?: boolean }) => {
      const input = { service, dryRun, discard, ...(event && { eventId: event }) };
      const done = await (await operator(reach)).mutate<{ events: number }>(replay, input, null);
      print([{ service, events: done.events, 'dry run': dryRun, discard }], reach);
    });
  reachable(events.command('resend').description('send again what went to a topic within the last week, after a broker lost it'))
    .requiredOption('--topic <name>', 'tandem.<service>.<aggregate>')
    .option('--dry-run', 'only count')
    .action(async ({ topic, dryRun = false, ...reach }: Reach & { topic: string; dryRun?: boolean }) => {
      const done = await (await operator(reach)).mutate<{ events: number }>(resend, { topic, dryRun }, null);
      print([{ topic, events: done.events, 'dry run': dryRun }], reach);
    });
  return events;
}
