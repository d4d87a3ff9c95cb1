import { configuration, type Configuration } from '@tandem/service-kit';
import { Argument, Command } from 'commander';
import { names, startAlone } from '../launch/alone.js';
import { launch, type RunningTandem } from '../launch/launch.js';
import { ensureSampleRegion, sampleEnterprises } from '../sample/region.js';
import { seedRegion } from '../story/seed.js';
import { Session } from './client.js';
import { isSampleRemoved } from './sample.js';
import { progress, reasonOf } from './output.js';

export function startCommand(): Command {
  const start = new Command('start').description('bring the whole system up on this machine, or one part of it as this process');
  start.addArgument(new Argument('[part]', 'with Kafka and PostgreSQL elsewhere: docs/settings.md').choices(names));
  return start.action(async (part?: string) => {
    const settings = configuration(process.env);
    if (part !== undefined) return alone(part, settings);
    const running = await launch(settings, { onProgress: progress, onDatabaseLost: lost });
    const stopping = { now: false };
    const ended = stopOnSignal(running, stopping);
    const seeds = isSampleRemoved(running.home.folder) ? 'none' : settings.TANDEM_SEED;
    if (seeds !== 'none') await seed(running);
    progress(`Ready on ${running.url}  (GraphQL at /graphql; Ctrl-C stops)`);
    if (seeds === 'sample') await people(running, stopping);
    await ended;
  });
}

/** Ends the process by itself: a consumer that kafkajs will not let go, or one whose start failed, must not live on without its service. */
async function alone(part: string, settings: Configuration): Promise<void> {
  const over = (words: string): never => {
    progress(words);
    process.exit(1);
  };
  const running = await startAlone(part, settings, over).catch((error: unknown) => over(reasonOf(error)));
  const ended = stopOnSignal({ stop: () => withinGrace(running.stop(), over) }, { now: false });
  progress(`${part} is ready on ${running.url}`);
  await ended;
  process.exit(0);
}

/** Below the grace that docker-compose.yml gives. */
async function withinGrace(stopping: Promise<void>, late: (words: string) => never): Promise<void> {
  const timer = setTimeout(() => late('Not stopped after 25 s (a broker or a database is away); ending. What was not sent stays in the outbox.'), 25_000);
  await stopping;
  clearTimeout(timer);
}

async function seed({ url, home }: RunningTandem): Promise<void> {
  progress('Checking the invented sample region');
  await ensureSampleRegion(await Session.as(url, home.folder, 'operator', 'OPERATOR'), sampleEnterprises);
}

/** People and rounds of the sample region, while the system already answers. */
async function people({ url, home }: RunningTandem, stopping: { readonly now: boolean }): Promise<void> {
  try {
    const isNew = await seedRegion({ url, home: home.folder, onStep: ({ step, result }) => progress(`Sample region: ${step}: ${result}`) });
    if (isNew) progress('The invented sample region is complete');
  } catch (error) {
    if (!stopping.now) progress(`The sample region is incomplete: ${reasonOf(error)}`);
  }
}

/** Resolves when a signal has led to an orderly stop; a second signal does not wait for it. */
function stopOnSignal(running: { stop(): Promise<void> }, stopping: { now: boolean }): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      if (stopping.now) process.exit(1);
      stopping.now = true;
      progress('Stopping');
      running.stop().then(() => {
        progress('Stopped');
        resolve();
      }, reject);
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
  });
}

/** Without its database nothing here is of use, and a zombie would be worse than an exit. */
function lost(): void {
  progress('PostgreSQL ended by itself; stopping. Start again: the data are safe.');
  process.exit(1);
}
