import { configuration } from '@tandem/service-kit';
import { Command } from 'commander';
import { launch, type RunningTandem } from '../launch/launch.js';
import { ensureSampleRegion } from '../sample/region.js';
import { Session } from './client.js';
import { progress } from './output.js';

export function startCommand(): Command {
  return new Command('start').description('bring the whole system up on this machine').action(async () => {
    const settings = configuration(process.env);
    const running = await launch(settings, { onProgress: progress, onDatabaseLost: lost });
    const ended = stopOnSignal(running);
    if (settings.TANDEM_SEED === 'sample') await seed(running);
    progress(`Ready on ${running.url}  (GraphQL at /graphql; Ctrl-C stops)`);
    await ended;
  });
}

async function seed({ url, home }: RunningTandem): Promise<void> {
  progress('Checking the invented sample region');
  await ensureSampleRegion(await Session.as(url, home.folder, 'operator', 'OPERATOR'));
}

/** Resolves when a signal has led to an orderly stop; a second signal does not wait for it. */
function stopOnSignal(running: RunningTandem): Promise<void> {
  return new Promise((resolve, reject) => {
    let stopping = false;
    const stop = (): void => {
      if (stopping) process.exit(1);
      stopping = true;
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
