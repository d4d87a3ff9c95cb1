// Several instances: two gateways behind a plain TCP balancer, of which one is lost; two instances of a service that share its partitions.
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { localToken } from '@tandem/gateway';
import { until } from '@tandem/test-kit';
import { createClient } from 'graphql-ws';
import { Session } from '../commands/client.js';
import { verdict } from '../faults/invariants.test-support.js';
import { clean, publishPositions, quiet, startLoad, warm } from '../faults/load.test-support.js';
import { build } from '../faults/test-support.js';
import { readSecrets } from '../launch/home.js';
import { ensureSampleRegion, sample } from '../sample/region.js';
import { kafkaEye, type KafkaEye } from './kafka-eye.test-support.js';
import { isReady, runningRegion, stopPart, type Region } from './region.test-support.js';

/** Node 20 has no WebSocket of its own, and this one brings no types; graphql-ws wants none. */
const WebSocket: unknown = createRequire(import.meta.url)('ws');

let region: Region;
let eye: KafkaEye;
let positions: string[];
let balancer: { readonly url: string; readonly server: Server };

beforeAll(async () => {
  build();
  region = await runningRegion();
  eye = kafkaEye(region);
  await ensureSampleRegion(await region.as('operator', 'OPERATOR'));
  positions = await publishPositions(region);
  const second = await region.start('gateway', {}, 'gateway-2');
  await isReady(second.url);
  balancer = await balance([region.url, second.url]);
}, 240_000);
afterAll(async () => {
  balancer?.server.close();
  await eye?.close();
  await region?.stop();
}, 60_000);

/** By turns, and to the other where one does not answer; knows nothing of HTTP. */
async function balance(urls: readonly string[]): Promise<typeof balancer> {
  const ports = urls.map((url) => Number(new URL(url).port));
  let turn = 0;
  const server = createServer((client) => {
    const [first, second] = [ports[turn % ports.length]!, ports[(turn + 1) % ports.length]!];
    turn += 1;
    client.on('error', () => undefined);
    const reach = (port: number, otherwise: () => void): void => {
      const onward = connect(port, '127.0.0.1', () => {
        client.pipe(onward).pipe(client);
        onward.on('close', () => client.destroy());
        client.on('close', () => onward.destroy());
      });
      onward.on('error', () => (onward.readyState === 'opening' || onward.bytesWritten === 0 ? otherwise() : client.destroy()));
    };
    reach(first, () => reach(second, () => client.destroy()));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

it('loses no request and no subscription with one of two gateways', async () => {
  const secrets = readSecrets(region.home);
  if (!secrets) throw new Error('no secrets');
  const token = await localToken(secrets.local.privateKey, 'college_office', sample.collegeOne.code);
  const college = new Session(balancer.url, token);
  college.patienceMs = 15_000;
  const seats: number[] = [];
  const watching = createClient({ url: `${balancer.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket, retryAttempts: 20, shouldRetry: () => true, connectionParams: { authorization: `Bearer ${token}` } });
  watching.subscribe<{ positionSeats: { filled: number } }>({ query: 'subscription ($id: ID!) { positionSeats(id: $id) { filled } }', variables: { id: positions[0] } }, { next: ({ data }) => void (data && seats.push(data.positionSeats.filled)), error: () => undefined, complete: () => undefined });
  await until(() => seats.length > 0, { what: 'the first state' });
  const load = startLoad(college, positions);
  await warm(load);
  region.parts.get('gateway-2')!.child.kill('SIGKILL');
  const told = seats.length;
  const acked = (): number => load.operations.filter(({ outcome }) => outcome === 'acked').length;
  const before = acked();
  await until(() => acked() > before + 200 && seats.length > told + 3, { what: 'requests and subscription to go on', deadlineMs: 30_000 });
  await load.stop();
  await watching.dispose();
  expect(load.operations.filter(({ outcome }) => outcome === 'unknown')).toEqual([]);
  await quiet(region);
  expect(await verdict({ demand: region.superuser('demand'), placement: region.superuser('placement'), log: eye.looked }, load.operations)).toEqual(clean);
}, 120_000);

it('shares the partitions of a consumer among two instances, each of which shows its lag', async () => {
  const second = await region.start('demand', {}, 'demand-2');
  const college = await region.as('college_office', sample.collegeOne.code);
  const load = startLoad(college, positions);
  const applied = async (url: string): Promise<number> => Number(/tandem_relayed_events_total\{service="demand"\} (\d+)/.exec(await (await fetch(`${url}/metrics`)).text())?.[1] ?? 0);
  await warm(load);
  // The one that holds the lease relays; the other takes over when it is gone.
  const relayed = await until(async () => {
    const counts = await Promise.all([applied(region.parts.get('demand')!.url), applied(second.url)]);
    return counts.some((count) => count > 20) ? counts : null;
  }, { what: 'one of them to relay' });
  expect(relayed.filter((count) => count > 0)).toHaveLength(1);
  await stopPart(region.parts.get('demand')!);
  region.parts.delete('demand');
  await until(async () => (await applied(second.url)) > 20, { what: 'the other to relay', deadlineMs: 20_000 });
  await region.start('demand');
  await load.stop();
  await quiet(region);
  expect(await (await fetch(`${second.url}/metrics`)).text()).toContain('tandem_consumer_behind_seconds');
  expect(await verdict({ demand: region.superuser('demand'), placement: region.superuser('placement'), log: eye.looked }, load.operations)).toEqual(clean);
}, 120_000);

it('rebuilds a projection whose partitions two instances share', async () => {
  const operator = await region.as('operator', 'OPERATOR');
  const rebuilding = 'mutation ($input: RebuildProjectionInput!) { rebuildProjection(input: $input) { before after rows userErrors { code kind field details } } }';
  for (const projection of ['known_codes', 'known_organisations']) {
    const done = await operator.mutate<{ before: string; after: string; rows: number }>(rebuilding, { service: 'demand', projection }, null);
    expect([projection, done.after, done.rows > 0]).toEqual([projection, done.before, true]);
  }
}, 120_000);
