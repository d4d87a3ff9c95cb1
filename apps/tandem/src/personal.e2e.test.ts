// A name and a phone go in through GraphQL; nothing that Tandem keeps or says contains them. A plain word written the same way is found.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync, type Dirent } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import type { CallFailed, Session } from './commands/client.js';
import { day } from './probes/values.test-support.js';
import { aTandem, databases, settle, type Tandem } from './probes/world.test-support.js';
import { ensureSampleRegion, sample } from './sample/region.js';

const mark = crypto.randomUUID().slice(0, 8);
const digits = String(Date.now()).slice(-8);
const person = { name: `样例密名${mark}`, phone: `139${digits}` };
/** Refused before it is kept; it must not be in the log for that. */
const refused = { name: `样例拒名${mark}`, phone: `138${digits}x` };
const canary = `样例明文${mark}（虚构）`;

const granting = 'mutation ($input: GrantMembershipInput!) { grantMembership(input: $input) { node { id version name phone } seen { topic id sequence } userErrors { code details } } }';
const ending = 'mutation ($input: EndMembershipInput!) { endMembership(input: $input) { node { id version state name phone } userErrors { code details } } }';
const finding = 'query ($phone: String!) { memberships(filter: { phone: $phone }) { edges { node { id name phone state } } } }';
const verifying = 'mutation ($input: OrganisationTargetInput!) { verifyOrganisation(input: $input) { node { id } userErrors { code details } } }';
const registering = 'mutation ($input: RegisterOrganisationInput!) { registerOrganisation(input: $input) { node { id version } userErrors { code details } } }';

const folder = mkdtempSync(join(tmpdir(), 'tandem-personal-'));
const logFile = join(folder, 'tandem.log');
const membership = { account: crypto.randomUUID(), role: 'enterprise_hr', fromOn: day(0), ...person };
const key = crypto.randomUUID();

let tandem: Tandem;
let enterprise: Session;
let granted: { id: string; version: number; name: string; phone: string };
let sealedAtFirst: object | undefined;

beforeAll(async () => {
  tandem = await aTandem({}, { TANDEM_LOG_LEVEL: 'debug', TANDEM_LOG_FILE: logFile });
  const operator = await tandem.as('operator', 'OPERATOR');
  await ensureSampleRegion(operator);
  const { node: plain } = await operator.mutate<{ node: { id: string; version: number } }>(registering, { kind: 'college', code: `CANARY-${mark}`, name: canary, region: '990101', invented: true });
  await operator.mutate(verifying, { id: plain.id, version: plain.version });
  enterprise = await tandem.as('enterprise_hr', sample.electronics.code);
  granted = (await enterprise.mutate<{ node: typeof granted }>(granting, membership, key)).node;
  sealedAtFirst = await sealed();
  await enterprise.mutate(granting, membership, key);
  await settle(operator);
}, 120_000);
afterAll(async () => {
  await tandem?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function sealed(): Promise<object | undefined> {
  return (await tandem.eyes.tandem_identity.query<object>('select name, phone, phone_hash from memberships')).rows[0];
}

/** The word as text, and as a hasty encoder would hide it. */
function spellings(word: string): Buffer[] {
  const bytes = Buffer.from(word);
  return [bytes, Buffer.from(word, 'utf16le'), Buffer.from(bytes.toString('hex')), Buffer.from(bytes.toString('base64').replace(/.?=*$/, ''))];
}

/** Files below the folder that contain the word. A file that vanishes meanwhile was the server's to recycle. */
function filesWith(below: string, word: string): string[] {
  const files = readdirSync(below, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }: Dirent) => join(parentPath, name)).filter((file) => {
    const bytes = contentOf(file);
    return spellings(word).some((spelling) => bytes.includes(spelling));
  });
}

function contentOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    return Buffer.alloc(0);
  }
}

/** Tables of all databases in which some row, written out, has the word. */
async function tablesWith(word: string): Promise<string[]> {
  const found = await Promise.all(databases.map(async (database) => {
    const { rows } = await tandem.eyes[database].query<{ name: string }>(`select tablename as name from pg_tables where schemaname = 'public'`);
    const hits = [];
    for (const { name } of rows) {
      const { rowCount } = await tandem.eyes[database].query(`select from ${name} t where strpos(t::text, $1) > 0 or strpos(t::text, $2) > 0 limit 1`, [word, Buffer.from(word).toString('hex')]);
      if (rowCount) hits.push(`${database}.${name}`);
    }
    return hits;
  }));
  return found.flat().sort();
}

const words = Object.entries({ 'the name': person.name, 'the phone': person.phone, 'a name that was refused': refused.name, 'a phone that was refused': refused.phone });

describe('personal values', () => {
  it('are shown to their organisation, the phone masked, and found by the whole phone', async () => {
    expect([granted.name, granted.phone]).toEqual([person.name, `*******${person.phone.slice(-4)}`]);
    const { edges } = await enterprise.query<{ edges: { node: object }[] }>(finding, { phone: person.phone });
    expect(edges.map(({ node }) => node)).toMatchObject([{ id: granted.id, name: person.name, state: 'active' }]);
  });

  it('are answered by a code alone where they are refused', async () => {
    const tries = [
      [{ ...membership, name: refused.name }, key, 'idempotency.other_body'],
      [{ ...membership, ...refused }, crypto.randomUUID(), 'input.invalid'],
      [{ ...membership, name: refused.name, role: 'student' }, crypto.randomUUID(), 'membership.wrong_role'],
    ] as const;
    for (const [input, used, code] of tries) {
      const error = await enterprise.mutate(granting, input, used).catch((reason: unknown) => reason as CallFailed);
      expect(error).toMatchObject({ code });
      expect(JSON.stringify(error)).not.toMatch(new RegExp(`${mark}|${digits}`));
    }
  });

  it('are in no row of any table: outbox, event log, audit and idempotency among them', async () => {
    expect(await tablesWith(canary)).toEqual(expect.arrayContaining(['tandem_identity.organisations', 'tandem_log.entries']));
    for (const [, word] of words) expect(await tablesWith(word)).toEqual([]);
    const granted = await tandem.eyes.tandem_identity.query(`select from audit where action = 'identity.membership.granted'`);
    const published = await tandem.eyes.tandem_log.query(`select from entries where topic = 'tandem.identity.membership'`);
    expect([granted.rowCount, published.rowCount]).toEqual([1, 1]);
  });

  it('are in no byte of the data folder and its write-ahead log', async () => {
    await tandem.eyes.tandem_identity.query('checkpoint');
    const { data } = tandem.running.home;
    const plain = filesWith(data, canary);
    expect([plain.some((file) => file.includes(`${sep}pg_wal${sep}`)), plain.some((file) => file.includes(`${sep}base${sep}`))]).toEqual([true, true]);
    for (const [what, word] of words) expect([what, filesWith(data, word)]).toEqual([what, []]);
  });

  it('are nowhere else in the home, nor in the log file of a talkative level', () => {
    expect(readFileSync(logFile, 'utf8')).toContain('MembershipsGrpc.grantMembership');
    for (const [what, word] of words) expect([what, filesWith(tandem.running.home.folder, word), filesWith(folder, word)]).toEqual([what, [], []]);
  });

  it('keep their bytes through a change of something else', async () => {
    const { node } = await enterprise.mutate<{ node: object }>(ending, { id: granted.id, version: granted.version });
    expect(node).toMatchObject({ state: 'ended', name: person.name });
    expect(await sealed()).toEqual(sealedAtFirst);
  });
});
