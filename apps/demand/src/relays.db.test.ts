// Two relays over one outbox, without a lease: the lease saves work, it does not make the order.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { DeliveredEvent } from '@tandem/event-log';
import { FileKeyRing } from '@tandem/persistence';
import { rootLogger, startService, tokenVerifier, type RunningService } from '@tandem/service-kit';
import { until } from '@tandem/test-kit';
import { demandService } from './demand.module.js';
import { demandWorld, someTerms, type DemandWorld } from './test-support.js';

let world: DemandWorld;
let second: RunningService;
let third: RunningService;
let folder: string;

beforeAll(async () => {
  world = await demandWorld();
  folder = mkdtempSync(join(tmpdir(), 'tandem-relays-'));
  [second, third] = [await another('second'), await another('third')];
});
afterAll(async () => {
  await Promise.all([second.stop(), third.stop()]);
  await world.stop();
  rmSync(folder, { recursive: true });
});

async function another(name: string): Promise<RunningService> {
  const { access, log, keys } = world.kit;
  return startService(demandService, {
    database: access, log, address: `unix:${join(folder, name)}`, verifier: await tokenVerifier(keys.publicKey), logger: rootLogger('silent'),
    keys: new FileKeyRing(join(folder, 'keys')), timeZone: 'Asia/Shanghai', relayLease: false,
  });
}

it('sends every event, each once, in the order of its aggregate', async () => {
  const { positions, kit, enterprise } = world;
  const drafts = await Promise.all(Array.from({ length: 40 }, () => positions.draftPosition(kit.call(enterprise), { terms: someTerms() })));
  // Several events of each aggregate in a row, from eight callers.
  for (let round = 0; round < 5; round += 1) {
    await Promise.all(drafts.map(({ id }) => positions.changePosition(kit.call(enterprise), { id, version: round + 1, terms: { ...someTerms(), payFen: 300_000 + round } })));
  }
  const events: DeliveredEvent[] = [];
  const reader = kit.log.consume({ group: 'test.relays', topic: 'tandem.demand.position', from: 'beginning', positions: async () => new Map(), handle: async (batch) => void events.push(...batch.events) });
  await until(() => events.length >= 240, { what: 'all events to be in the log' });
  await reader.stop();
  expect(events).toHaveLength(240);
  expect(new Set(events.map(({ id }) => id)).size).toBe(240);
  for (const { id } of drafts) expect(events.filter(({ key }) => key === id).map(({ headers }) => headers['ce_sequence'])).toEqual(['1', '2', '3', '4', '5', '6']);
  const { rows } = await kit.database.admin.query('select count(*)::int n from outbox');
  expect(rows).toEqual([{ n: 0 }]);
});
