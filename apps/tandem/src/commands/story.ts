import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configuration } from '@tandem/service-kit';
import { Command, InvalidArgumentError } from 'commander';
import { launch } from '../launch/launch.js';
import type { Step } from '../story/stage.js';
import { tellStory, type Story } from '../story/story.js';
import { disagreements } from '../story/totals.js';
import { print, progress, type Output } from './output.js';

export function storyCommand(): Command {
  return new Command('story')
    .description('drive the main job over GraphQL, as its roles would, and print what happened')
    .option('--url <url>', 'drive a running system instead of one of its own')
    .option('--students <n>', 'how many students take part', studentsOf, 1_200)
    .option('--json', 'print data')
    .action(async ({ url, students, json }: { url?: string; students: number } & Output) => {
      const story = url ? await tellStory({ url, home: configuration(process.env).TANDEM_HOME, students, onStep }) : await ofItsOwn(students);
      report(story, { ...(json && { json }) });
    });
}

const onStep = ({ step, result }: Step): void => progress(`${step}: ${result}`);

function studentsOf(text: string): number {
  const students = Number(text);
  if (!Number.isSafeInteger(students) || students < 60 || students > 60_000) throw new InvalidArgumentError('60 to 60000');
  return students;
}

/** A system on a free port in a temporary home, removed afterwards. */
async function ofItsOwn(students: number): Promise<Story> {
  const home = mkdtempSync(join(tmpdir(), 'tandem-story-'));
  // The database's own user passes through; what is secret inside has its own rights.
  chmodSync(home, 0o711);
  try {
    const running = await launch({ ...configuration(process.env), TANDEM_HOME: home, PORT: 0, TANDEM_PG_PORT: 0 }, { onProgress: progress });
    try {
      return await tellStory({ url: running.url, home, students, onStep });
    } finally {
      await running.stop();
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function report(story: Story, output: Output): void {
  const wrong = disagreements(story.totals);
  if (output.json) process.stdout.write(`${JSON.stringify({ ...story, disagreements: wrong }, null, 2)}\n`);
  else {
    print(story.steps, output);
    print([story.summary], output);
    print(story.figures, output);
    print([story.totals], output);
    print([{ operations: story.operations.count, 'p50 ms': story.operations.p50Ms, 'p99 ms': story.operations.p99Ms, seconds: story.seconds, totals: wrong.length === 0 ? 'agree' : 'disagree' }], output);
  }
  for (const line of wrong) progress(`wrong: ${line}`);
  if (wrong.length > 0) process.exitCode = 1;
}
