// The edge of a service: who is let in, and what a malformed request is told. Numbers are those of the bad-input matrix.
import { connect as tcp } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, credentials, Metadata, status, type ServiceError } from '@grpc/grpc-js';
import { demand, services } from '@tandem/contracts';
import { newKeyPair, refusalOf, tokenSigner } from '@tandem/service-kit';
import { someone } from '@tandem/test-kit';
import { SignJWT, importJWK, type CryptoKey } from 'jose';
import { v7 as uuidv7 } from 'uuid';
import { demandWorld, someTerms, type DemandWorld } from './test-support.js';

const { draftPosition, listPositions } = services['tandem.demand.v1.PositionService'];
let world: DemandWorld;
let raw: Client;
beforeAll(async () => {
  world = await demandWorld();
  raw = new Client(world.kit.address, credentials.createInsecure(), { 'grpc.max_send_message_length': 32 * 1024 * 1024 });
});
afterAll(async () => {
  raw.close();
  await world.stop();
});

interface Sent {
  readonly token?: string;
  readonly metadata?: Record<string, string>;
  readonly deadlineMs?: number;
}

/** A call below the typed client: any bytes, any metadata. Resolves with the status, UNKNOWN (2) never among the allowed. */
function send(path: string, bytes: Buffer, { token, metadata = {}, deadlineMs = 3_000 }: Sent = {}): Promise<ServiceError | null> {
  const head = new Metadata();
  if (token !== undefined) head.set('authorization', `Bearer ${token}`);
  for (const [name, value] of Object.entries(metadata)) head.set(name, value);
  return new Promise((resolve) => {
    raw.makeUnaryRequest(path, (value: Buffer) => value, (value) => value, bytes, head, { deadline: Date.now() + deadlineMs }, (error) => resolve(error));
  });
}

const good = (): Promise<string> => world.kit.signer.sign({ principal: world.enterprise, requestId: uuidv7() }, 'demand');
const draftBytes = (terms: Partial<demand.PositionTerms> = {}): Buffer => draftPosition.requestSerialize({ terms: { ...someTerms(), ...terms } });
const key = () => ({ 'tandem-key': uuidv7() });

describe('callers are verified before anything is looked up', () => {
  const claims = { org: uuidv7(), role: 'enterprise_hr', ok: 'enterprise', kind: 'person', rid: 'r' };
  const unsigned = (header: object) => `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${Buffer.from(JSON.stringify({ ...claims, iss: 'tandem-gateway', aud: 'demand', sub: uuidv7(), exp: 4e9 })).toString('base64url')}.`;
  const foreignKey = async (): Promise<string> => (await tokenSigner((await newKeyPair()).privateKey)).sign({ principal: world.enterprise, requestId: 'r' }, 'demand');
  const expired = async (): Promise<string> => {
    const old = new SignJWT(claims).setProtectedHeader({ alg: 'EdDSA' }).setIssuer('tandem-gateway').setAudience('demand').setSubject(uuidv7()).setExpirationTime(Math.floor(Date.now() / 1000) - 120);
    return old.sign((await importJWK(world.kit.keys.privateKey, 'EdDSA')) as CryptoKey);
  };

  it.each<[string, () => Promise<string | undefined>]>([
    ['none', async () => undefined],
    ['not a token', async () => 'x.y.z'],
    ['expired', expired],
    ['for another service', () => world.kit.signer.sign({ principal: world.enterprise, requestId: 'r' }, 'placement')],
    ['of another key', foreignKey],
    ['alg none', async () => unsigned({ alg: 'none' })],
    ['alg HS256', async () => unsigned({ alg: 'HS256' })],
  ])('P4: %s is UNAUTHENTICATED while every table is locked, so without a query', async (_name, token) => {
    const lock = await world.kit.database.admin.connect();
    try {
      await lock.query('begin');
      await lock.query('lock table positions, idempotency, known_codes in access exclusive mode');
      const of = await token();
      const error = await send(draftPosition.path, draftBytes(), { ...(of !== undefined && { token: of }), metadata: key() });
      expect(error?.code).toBe(status.UNAUTHENTICATED);
    } finally {
      await lock.query('rollback');
      lock.release();
    }
  });

  it('P4: an organisation in the metadata or the message changes nothing: it comes from the token alone', async () => {
    const { id } = await world.aDraft();
    const foreign = someone('enterprise_hr');
    const { positions } = await world.positions.batchGetPositions(world.kit.call(foreign), { ids: [id] });
    expect(positions).toEqual([]);
    const error = await send(listPositions.path, listPositions.requestSerialize(list()), { token: await good(), metadata: { 'app.org': foreign.org, org: foreign.org } });
    expect(error).toBeNull();
  });
});

describe('malformed requests', () => {
  it('P1: missing strings and an absent message are INVALID_ARGUMENT and name the place', async () => {
    const error = await send(draftPosition.path, Buffer.alloc(0), { token: await good(), metadata: key() });
    expect(refusalOf(error)).toMatchObject({ code: 'input.invalid', details: { field: 'terms' } });
    const noTitle = await send(draftPosition.path, draftBytes({ title: '' }), { token: await good(), metadata: key() });
    expect(refusalOf(noTitle)).toMatchObject({ code: 'input.invalid', details: { field: 'terms.title' } });
  });

  it.each([
    ['a value outside a closed list', () => draftBytes({ kind: 'slavery' }), status.INVALID_ARGUMENT],
    ['a negative headcount', () => draftBytes({ headcount: -1 }), status.INVALID_ARGUMENT],
    ['unknown fields', () => Buffer.concat([draftBytes(), Buffer.from([0xfa, 0x01, 0x03, 1, 2, 3])]), null],
    ['a wrong wire type', () => Buffer.from([0x09, 1, 2, 3, 4, 5, 6, 7, 8]), status.INVALID_ARGUMENT],
    ['a truncated message', () => draftBytes().subarray(0, 20), status.INTERNAL],
  ])('P2: %s', async (_name, bytes, expected) => {
    const error = await send(draftPosition.path, bytes(), { token: await good(), metadata: key() });
    expect(error?.code ?? null).toBe(expected);
  });

  it('P2: 5 MB is RESOURCE_EXHAUSTED', async () => {
    const error = await send(draftPosition.path, draftBytes({ title: 'x'.repeat(5_000_000) }), { token: await good(), metadata: key() });
    expect(error?.code).toBe(status.RESOURCE_EXHAUSTED);
  });

  it('P3: a deadline that is over before the answer is DEADLINE_EXCEEDED, and the service goes on', async () => {
    const error = await send(listPositions.path, listPositions.requestSerialize(list()), { token: await good(), deadlineMs: 1 });
    expect(error?.code).toBe(status.DEADLINE_EXCEEDED);
    expect(await send(listPositions.path, listPositions.requestSerialize(list()), { token: await good() })).toBeNull();
  });

  it.each([
    ['a lone surrogate', '\ud800x'], ['NUL', 'a\u0000b'], ['a right-to-left override', 'a\u202eb'], ['5,000 characters', 'x'.repeat(5_000)], ['a zero-width space', 'a\u200bb'],
  ])('Q10: %s in a text is refused', async (_name, title) => {
    const refusal = await world.positions.draftPosition(world.kit.call(world.enterprise), { terms: { ...someTerms(), title } }).catch((error: unknown) => refusalOf(error));
    // A lone surrogate cannot even be written in UTF-8: the wire turns it into U+FFFD, which is then what is stored.
    if (title.startsWith('\ud800')) expect((await world.read((refusal as { id: string }).id))?.terms?.title).toBe('\ufffdx');
    else expect(refusal).toMatchObject({ code: 'input.invalid', details: { field: 'terms.title' } });
  });

  it.each([['2027-02-30'], ['2027-13-01'], ['27-01-01'], ['2027-01-01T00:00:00Z'], ['']])('F11: %j is no day of the calendar', async (startsOn) => {
    const refusal = await world.positions.draftPosition(world.kit.call(world.enterprise), { terms: { ...someTerms(), startsOn } }).catch((error: unknown) => refusalOf(error));
    expect(refusal).toMatchObject({ code: 'input.invalid', details: { field: 'terms.startsOn' } });
    if (startsOn === '2027-02-30') expect(refusal).toMatchObject({ details: { rule: 'no_such_day' } });
  });

  it('a command without a key, and a role that may not, are refused by code', async () => {
    const keyless = await send(draftPosition.path, draftBytes(), { token: await good() });
    expect(refusalOf(keyless)).toMatchObject({ code: 'command.key_missing' });
    const refusal = await world.positions.draftPosition(world.kit.call(someone('student')), { terms: someTerms() }).catch((error: unknown) => refusalOf(error));
    expect(refusal).toMatchObject({ code: 'call.role', kind: 'permission_denied' });
  });

  it('bytes that are no HTTP/2 do not end the service', async () => {
    const path = world.kit.address.replace('unix:', '');
    await new Promise<void>((resolve) => tcp(path).on('error', () => resolve()).on('close', () => resolve()).resume().end('GET / HTTP/1.0\r\n\r\n'));
    expect(await send(listPositions.path, listPositions.requestSerialize(list()), { token: await good() })).toBeNull();
  });
});

function list(): demand.ListPositionsRequest {
  return { page: { first: 1, after: '', skip: 0, withTotal: true }, view: 'own', state: '', kind: '', region: '', occupation: '', search: '', orderBy: '', descending: false };
}
