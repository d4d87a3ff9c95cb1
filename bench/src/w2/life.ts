// One life of the process that `killed.ts` kills: the whole service, and 8 callers of its commands.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { catalogue, topicOf, type AggregateName } from '@tandem/contracts';
import { postgresLog } from '@tandem/event-log';
import { FileKeyRing, TenantDatabase, type DatabaseAccess } from '@tandem/persistence';
import { Commands, newKeyPair, rootLogger, startService, tokenVerifier } from '@tandem/service-kit';
import { Producer } from './producer.js';
import { benchService } from './service.js';

export interface Life {
  readonly access: DatabaseAccess;
  /** Address of the log's database. */
  readonly log: string;
  readonly folder: string;
  readonly targets: readonly { readonly org: string; readonly id: string }[];
  readonly maxBatch: number;
  /** Or only relays and consumes what is there. */
  readonly works: boolean;
}

process.on('message', (life: Life) => void live(life));
// Its parent may be killed as well.
process.on('disconnect', () => process.exit(1));

async function live({ access, log: url, folder, targets, maxBatch, works }: Life): Promise<void> {
  const log = postgresLog({ url });
  await log.ensureTopics(Object.keys(catalogue).map((aggregate) => topicOf(aggregate as AggregateName)));
  mkdirSync(folder, { recursive: true });
  const socket = join(folder, 'service.sock');
  rmSync(socket, { force: true });
  const { publicKey } = await newKeyPair();
  const service = await startService(benchService, {
    database: access, log, address: `unix:${socket}`, verifier: await tokenVerifier(publicKey), logger: rootLogger('error'), keys: new FileKeyRing(join(folder, 'keys')), timeZone: 'Asia/Shanghai', maxBatch,
  });
  const producer = new Producer();
  if (works) producer.adopt(await versioned(access, targets));
  process.send?.('at work');
  if (works) await producer.change(service.get(Commands), Infinity);
}

async function versioned(access: DatabaseAccess, targets: Life['targets']): Promise<{ org: string; id: string; version: number }[]> {
  const database = new TenantDatabase(access);
  const found: { org: string; id: string; version: number }[] = [];
  for (const org of new Set(targets.map((target) => target.org))) {
    found.push(...(await database.withTenant({ org }, (tx) => tx.query<{ org: string; id: string; version: number }>('select org, id, version from seats where org = $1', [org]))));
  }
  await database.close();
  return found;
}
