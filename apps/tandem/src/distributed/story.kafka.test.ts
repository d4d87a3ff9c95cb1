// The same services, one process each, over Kafka: the story is told and its totals agree.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { build } from '../faults/test-support.js';
import { tellStory } from '../story/story.js';
import { disagreements } from '../story/totals.js';
import { runningRegion, type Region } from './region.test-support.js';

let region: Region;

beforeAll(async () => {
  build();
  region = await runningRegion();
}, 180_000);
afterAll(() => region?.stop(), 60_000);

it('tells the story of 60 students, and all totals agree', async () => {
  const story = await tellStory({ url: region.url, home: region.home, students: 60, onStep: () => undefined });
  expect(disagreements(story.totals)).toEqual([]);
  expect(story.totals).toMatchObject({ parked: 0 });
}, 180_000);
