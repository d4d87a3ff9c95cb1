// Nobody sees, changes or is told of what belongs to others: probes generated from the GraphQL schema, the services' contracts and the
// consumers, as six strangers. What takes an id and has no probe fails here.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sample } from '../sample/region.js';
import { everything, noFindings } from './compare.test-support.js';
import { attackEveryTopic } from './events.test-support.js';
import { ask, cursorLooks, idPlaces, idProbes, looks, placeName, runIdProbes, runLooks, type Probing } from './graphql.test-support.js';
import { rpcName, rpcProbes, runRpcProbes, runSides, wire, type RpcProbing } from './grpc.test-support.js';
import { gatewaySchema } from './schema.test-support.js';
import { runTables } from './tables.test-support.js';
import { mayWriteOwn } from './kinds.test-support.js';
import { victimsOf } from './victims.test-support.js';
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

const walls = [
  ['positions', 'tandem_demand', 'position'],
  ['headcount_statements', 'tandem_demand', 'headcount'],
  ['placements', 'tandem_placement', 'placement'],
  ['heads', 'tandem_placement', 'placement'],
  ['known_headcounts', 'tandem_placement', 'headcount'],
  ['delegations', 'tandem_identity', 'delegation'],
  // No path of the service relies on this table's policy: each names the caller's organisation as well. So its wall is probed by a bare query.
  ['memberships', 'tandem_identity', 'membership'],
  ['students', 'tandem_programs', 'student'],
  ['rounds', 'tandem_placement', 'round'],
  ['offers', 'tandem_placement', 'offer'],
  ['internships', 'tandem_outcomes', 'internship'],
] as const;

describe('in a transaction of one’s own', () => {
  it('no table shows a row of others', async () => {
    await runTables(probing);
    expect(probing.findings.leaks).toEqual([]);
  }, 60_000);
});

describe('over GraphQL', () => {
  it('no id of others does anything, and none is told from an unknown one', async () => {
    const before = await everything(probing.world);
    await runIdProbes(probing, idProbes(probing, (kind) => !mayWriteOwn.has(kind)));
    expect(probing.findings.leaks).toEqual([]);
    expect(await everything(probing.world)).toEqual(before);
  }, 120_000);

  it('no list, filter, side, order or nested path shows anything of others', async () => {
    const before = await everything(probing.world);
    await runLooks(probing, [...looks(probing), ...(await cursorLooks(probing))]);
    expect(probing.findings.leaks).toEqual([]);
    expect(await everything(probing.world)).toEqual(before);
  }, 120_000);

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
  }, 120_000);

  it('what an rpc without ids does stays with the caller', async () => {
    const strangers = probing.world.strangers.map(({ principal }) => principal.org);
    const before = await everything(probing.world, strangers);
    await runRpcProbes(below, rpcProbes(below, (kind) => kind === null));
    await probing.world.quiet();
    expect(probing.findings.leaks).toEqual([]);
    expect(await everything(probing.world, strangers)).toEqual(before);
  }, 60_000);
});

describe('in the event log', () => {
  it('another tenant’s aggregate under a stranger’s name changes nothing, is parked where it cannot be read or has no such owner, and is discarded', async () => {
    const strangers = probing.world.strangers.map(({ principal }) => principal.org);
    const before = await everything(probing.world, strangers);
    const sent = await attackEveryTopic(probing.world, probing.victims);
    await probing.world.quiet();
    const operator = await probing.world.as('operator', 'OPERATOR');
    const parked = await operator.query<{ service: string; consumer: string; eventId: string; cause: string; detail: string }[]>('query { parkedEvents { service consumer eventId cause detail } }');
    const fates = sent.map(({ consumer, event }) => {
      const found = parked.find((one) => `${one.service} ${one.consumer}` === consumer && one.eventId === event.id);
      return found ? `${found.cause} ${found.detail}`.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '(id)') : 'ignored';
    });
    const strays = ['demand.headcount_statement', 'demand.position', 'identity.organisation', 'outcomes.internship', 'placement.appeal', 'placement.offer', 'placement.round'].map((of) => `owner ${of} (id) is not a row of (id)`);
    expect([...new Set(fates)].sort()).toEqual(['decode payload org', 'ignored', ...strays, 'owner the row is another organisation’s']);
    expect(await everything(probing.world, strangers)).toEqual(before);
    for (const service of ['identity', 'demand', 'programs', 'placement', 'outcomes']) await operator.mutate('mutation ($input: ReplayInput!) { replay(input: $input) { events userErrors { code details } } }', { service, discard: true }, null);
    expect(await operator.query('query { parkedEvents { eventId } }')).toEqual([]);
    expect(await everything(probing.world, strangers)).toEqual(before);
    probing.findings.probes += sent.length;
  }, 60_000);
});

describe('with one policy switched off the same probes find leaks', () => {
  it.each(walls)('%s', async (table, database, kind) => {
    const findings = noFindings();
    await probing.world.eyes[database].query(`alter table ${table} disable row level security`);
    try {
      await runIdProbes({ ...probing, findings }, idProbes(probing, (one) => one === kind).filter(({ place }) => place.operation === 'query'));
      await runRpcProbes({ ...below, findings }, rpcProbes(below, (one) => one === kind).filter(({ rpc }) => /^(batchGet|list)/.test(rpc.method)));
      await runTables({ ...probing, findings }, table);
    } finally {
      await probing.world.eyes[database].query(`alter table ${table} enable row level security`);
    }
    process.stderr.write(`without the policies of ${table}: ${findings.leaks.length} leaks in ${findings.probes} probes\n`);
    expect(findings.leaks.length).toBeGreaterThan(0);
  }, 60_000);
});

describe('ids of others in rows of one’s own', () => {
  it('an account or a student of others in a row of one’s own is only an id', async () => {
    const strangers = probing.world.strangers.map(({ principal }) => principal.org);
    const before = await everything(probing.world, strangers);
    await runIdProbes(probing, idProbes(probing, (kind) => mayWriteOwn.has(kind)));
    await probing.world.quiet();
    expect(probing.findings.leaks).toEqual([]);
    expect(await everything(probing.world, strangers)).toEqual(before);
  }, 60_000);

  it('and over gRPC', async () => {
    const strangers = probing.world.strangers.map(({ principal }) => principal.org);
    const before = await everything(probing.world, strangers);
    await runRpcProbes(below, rpcProbes(below, (kind) => kind !== null && mayWriteOwn.has(kind)));
    await probing.world.quiet();
    expect(probing.findings.leaks).toEqual([]);
    expect(await everything(probing.world, strangers)).toEqual(before);
  }, 60_000);

  it('a student who is placed is refused to another college, and nothing is said of where', async () => {
    const student = probing.victims.all.find(({ kind }) => kind === 'placed student')?.id ?? '';
    const college = await probing.world.token('college_office', sample.collegeTwo.code);
    const input = { idempotencyKey: crypto.randomUUID(), placement: { position: probing.world.open.position, studentId: student } };
    const answer = await ask(probing.world.running.url, college, { query: 'mutation ($input: ConfirmPlacementInput!) { confirmPlacement(input: $input) { node { id } userErrors { code details } } }', variables: { input } });
    expect(JSON.parse(answer)).toEqual({ data: { confirmPlacement: { node: null, userErrors: [{ code: 'placement.student_taken', details: '{"field":"studentId"}' }] } } });
  });
});

describe('what was probed', () => {
  it('every place that takes an id was probed, and all but the operator’s were really looked into', () => {
    const { covered, codes } = probing.findings;
    expect(idPlaces(probing.schema).map(placeName).filter((name) => !covered.has(name))).toEqual([]);
    const shut = new Set(['call.role', 'LIMIT_EXCEEDED', 'BAD_USER_INPUT', 'input.invalid', 'INTERNAL']);
    const stopped = [...codes].filter(([place, found]) => [...found].every((code) => shut.has(code)) && !place.includes('/')).map(([place]) => place);
    expect(stopped.sort()).toEqual(['closeOrganisation(input.id)', 'importOfferings(input.importId)', 'importOfferings(input.offerings.college)', 'opsConsumers', 'parkedEvents', 'registerOrganisations(input.importId)', 'reinstateOrganisation(input.id)', 'replay(input.eventId)', 'suspendOrganisation(input.id)', 'verifyOrganisation(input.id)']);
  });

  it('every rpc', () => {
    const covered = [...probing.findings.covered];
    expect(below.wire.contract.rpcs.map(rpcName).filter((name) => !covered.some((place) => place === name || place.startsWith(`${name}(`)))).toEqual([]);
  });

  it('at least 2,000 times, and nothing leaked', () => {
    process.stderr.write(`cross-tenant probes ${probing.findings.probes}, leaks ${probing.findings.leaks.length}\n`);
    expect(probing.findings.probes).toBeGreaterThanOrEqual(2_000);
    expect(probing.findings.leaks).toEqual([]);
  });
});
