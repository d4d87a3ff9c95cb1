// Nobody sees, changes or is told of what belongs to others: probes generated from the GraphQL schema, the services' contracts and the
// consumers, as five strangers. What takes an id and has no probe fails here.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { everything, noFindings } from './compare.test-support.js';
import { cursorLooks, idPlaces, idProbes, looks, placeName, runIdProbes, runLooks, type Probing } from './graphql.test-support.js';
import { rpcName, rpcProbes, runRpcProbes, runSides, wire, type RpcProbing } from './grpc.test-support.js';
import { gatewaySchema } from './schema.test-support.js';
import { mayWriteOwn, victimsOf } from './victims.test-support.js';
import { probeWorld } from './world.test-support.js';

let probing: Probing;
let below: RpcProbing;
beforeAll(async () => {
  const world = await probeWorld();
  probing = { world, schema: gatewaySchema(), victims: await victimsOf(world), findings: noFindings() };
  below = { ...probing, wire: await wire(world) };
}, 120_000);
afterAll(async () => {
  below?.wire.close();
  await probing?.world.stop();
});

describe('over GraphQL', () => {
  it('no id of others does anything, and none is told from an unknown one', async () => {
    const before = await everything(probing.world);
    await runIdProbes(probing, idProbes(probing, (kind) => !mayWriteOwn.has(kind)));
    expect(probing.findings.leaks).toEqual([]);
    expect(await everything(probing.world)).toEqual(before);
  }, 60_000);

  it('no list, filter, side, order or nested path shows anything of others', async () => {
    const before = await everything(probing.world);
    await runLooks(probing, [...looks(probing), ...(await cursorLooks(probing))]);
    expect(probing.findings.leaks).toEqual([]);
    expect(await everything(probing.world)).toEqual(before);
  }, 60_000);

  it('an account or a student of others in a row of one’s own is only an id', async () => {
    const strangers = probing.world.strangers.map(({ principal }) => principal.org);
    const before = await everything(probing.world, strangers);
    await runIdProbes(probing, idProbes(probing, (kind) => mayWriteOwn.has(kind)));
    await probing.world.quiet();
    expect(probing.findings.leaks).toEqual([]);
    expect(await everything(probing.world, strangers)).toEqual(before);
  }, 60_000);

  it('every place that takes an id was probed, and all but the operator’s were really looked into', () => {
    const { covered, codes } = probing.findings;
    expect(idPlaces(probing.schema).map(placeName).filter((name) => !covered.has(name))).toEqual([]);
    const stopped = [...codes].filter(([, found]) => [...found].join() === 'call.role').map(([place]) => place);
    expect(stopped.sort()).toEqual(['closeOrganisation(input.id)', 'opsConsumers', 'parkedEvents', 'reinstateOrganisation(input.id)', 'replay(input.eventId)', 'suspendOrganisation(input.id)', 'verifyOrganisation(input.id)']);
  });

  it('a field that takes an id and that nobody has thought of fails the run', () => {
    const schema = gatewaySchema('extend type Query { secret(id: ID!): Node }');
    expect(() => idProbes({ ...probing, schema }, () => true)).toThrow('Query.secret.id takes an id');
  });
});

describe('below the gateway, with good tokens', () => {
  it('no rpc does anything with an id of others or tells it from an unknown one', async () => {
    const before = await everything(probing.world);
    await runRpcProbes(below, rpcProbes(below, (kind) => kind !== null && !mayWriteOwn.has(kind)));
    await runSides(below);
    expect(probing.findings.leaks).toEqual([]);
    expect(await everything(probing.world)).toEqual(before);
  }, 60_000);

  it('what an rpc without ids, or with an account or a student, does stays with the caller', async () => {
    const strangers = probing.world.strangers.map(({ principal }) => principal.org);
    const before = await everything(probing.world, strangers);
    await runRpcProbes(below, rpcProbes(below, (kind) => kind === null || mayWriteOwn.has(kind)));
    await probing.world.quiet();
    expect(probing.findings.leaks).toEqual([]);
    expect(await everything(probing.world, strangers)).toEqual(before);
  }, 60_000);

  it('every rpc was probed', () => {
    const { rpcs } = below.wire.contract;
    const covered = [...probing.findings.covered];
    expect(rpcs.map(rpcName).filter((name) => !covered.some((place) => place === name || place.startsWith(`${name}(`)))).toEqual([]);
    process.stderr.write(`probes ${probing.findings.probes}\n${[...probing.findings.codes].filter(([k]) => k.includes('/')).map(([k, v]) => `${k}: ${[...v].join(' ')}`).join('\n')}\n`);
  });
});
