// A name and a phone go in through GraphQL; nothing that Tandem keeps or says contains them. A plain word written the same way is found.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync, type Dirent } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import type { CallFailed } from './commands/call-failed.js';
import type { Session } from './commands/client.js';
import { doJob, documentOfDeed, doMany, type At } from './probes/deeds.test-support.js';
import { idNumber } from './probes/people.test-support.js';
import { day } from './probes/values.test-support.js';
import { aTandem, databases, settle, type Tandem } from './probes/world.test-support.js';
import { ensureSampleRegion, sample } from './sample/region.js';

const mark = crypto.randomUUID().slice(0, 8);
const digits = String(Date.now()).slice(-8);
const person = { name: `样例密名${mark}`, phone: `139${digits}` };
/** Refused before it is kept; it must not be in the log for that. */
const refused = { name: `样例拒名${mark}`, phone: `138${digits}x` };
/** Seven figures that nothing else has, as the day of birth and the number behind it. */
const student = { name: `样例学名${mark}`, phone: `137${digits}`, idNumber: idNumber(Number(digits.slice(-3)), `1987${String(1 + (Number(digits.slice(0, 2)) % 12)).padStart(2, '0')}19`), guardianName: `样例家名${mark}`, guardianPhone: `136${digits}` };
/** One of 1,001 that wait in a job. */
const waiting = { name: `样例批名${mark}`, phone: `135${digits}` };
/** Its check character is wrong. */
const refusedStudent = { name: `样例误名${mark}`, phone: `134${digits}`, idNumber: `${student.idNumber.slice(0, 17)}${student.idNumber.endsWith('1') ? '2' : '1'}` };
const canary = `样例明文${mark}（虚构）`;

const granting = 'mutation ($input: GrantMembershipInput!) { grantMembership(input: $input) { node { id version name phone } seen { topic id sequence } userErrors { code details } } }';
const ending = 'mutation ($input: EndMembershipInput!) { endMembership(input: $input) { node { id version state name phone } userErrors { code details } } }';
const finding = 'query ($phone: String!) { memberships(filter: { phone: $phone }) { edges { node { id name phone state } } } }';
const verifying = 'mutation ($input: OrganisationTargetInput!) { verifyOrganisation(input: $input) { node { id } userErrors { code details } } }';
const registering = 'mutation ($input: RegisterOrganisationInput!) { registerOrganisation(input: $input) { node { id version } userErrors { code details } } }';

const enrolling = documentOfDeed('enrolStudents');
const learner = { kind: 'learner', region: '990101' };

const folder = mkdtempSync(join(tmpdir(), 'tandem-personal-'));
const logFile = join(folder, 'tandem.log');
const membership = { account: crypto.randomUUID(), role: 'enterprise_hr', fromOn: day(0), ...person };
const key = crypto.randomUUID();

let tandem: Tandem;
let enterprise: Session;
let college: Session;
let enrolled: At | undefined;
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
  college = await tandem.as('college_office', sample.collegeOne.code);
  [enrolled] = await doMany(college, 'enrolStudents', { students: [{ ...learner, ...student, rollNo: 'P0' }] });
  await doJob(college, 'enrolStudents', { students: Array.from({ length: 1_001 }, (_, n) => ({ ...learner, ...waiting, bornOn: '1987-01-19', rollNo: `W${n}` })) });
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

/** Reading files blocks; connections that ended meanwhile must be noticed before they are used again. */
const breath = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

const words = Object.entries({
  'the name': person.name, 'the phone': person.phone, 'a name that was refused': refused.name, 'a phone that was refused': refused.phone,
  'a student’s name': student.name, 'a student’s phone': student.phone, 'a student’s ID number': student.idNumber, 'a guardian’s name': student.guardianName, 'a guardian’s phone': student.guardianPhone,
  'the name of who waits in a job': waiting.name, 'the phone of who waits in a job': waiting.phone,
  'the name of a refused student': refusedStudent.name, 'the phone of a refused student': refusedStudent.phone, 'the ID number of a refused student': refusedStudent.idNumber,
});

describe('personal values', () => {
  it('are shown to their organisation, the phone masked, and found by the whole phone', async () => {
    expect([granted.name, granted.phone]).toEqual([person.name, `*******${person.phone.slice(-4)}`]);
    const { edges } = await enterprise.query<{ edges: { node: object }[] }>(finding, { phone: person.phone });
    expect(edges.map(({ node }) => node)).toMatchObject([{ id: granted.id, name: person.name, state: 'active' }]);
  });

  it('of a student are shown to the college, numbers masked', async () => {
    const shown = await college.query('query ($id: ID!) { node(id: $id) { ... on Student { name phone idNumber guardianName guardianPhone } } }', { id: enrolled?.id });
    const hidden = (value: string): string => '*'.repeat(value.length - 4) + value.slice(-4);
    expect(shown).toEqual({ ...student, phone: hidden(student.phone), idNumber: hidden(student.idNumber), guardianPhone: hidden(student.guardianPhone) });
  });

  it('of a student are answered by a code alone where they are refused', async () => {
    const input = { students: [{ ...learner, ...refusedStudent, rollNo: 'P1' }, { ...learner, ...student, rollNo: 'P2' }] };
    const answer = await college.mutate<{ results: { error: { code: string } | null }[] }>(enrolling, input);
    expect(answer.results.map(({ error }) => error?.code)).toEqual(['student.bad_check_digit', 'student.duplicate_id_number']);
    expect(JSON.stringify(answer)).not.toMatch(new RegExp(`${mark}|${digits}|${student.idNumber.slice(6)}`));
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

});

describe('personal values, as Tandem keeps them,', () => {
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
    for (const [what, word] of words) {
      expect([what, filesWith(data, word)]).toEqual([what, []]);
      await breath();
    }
  });

  it('are nowhere else in the home, nor in the log file of a talkative level', async () => {
    expect(readFileSync(logFile, 'utf8')).toContain('MembershipsGrpc.grantMembership');
    for (const [what, word] of words) {
      expect([what, filesWith(tandem.running.home.folder, word), filesWith(folder, word)]).toEqual([what, [], []]);
      await breath();
    }
  });

  it('keep their bytes through a change of something else', async () => {
    const { node } = await enterprise.mutate<{ node: object }>(ending, { id: granted.id, version: granted.version });
    expect(node).toMatchObject({ state: 'ended', name: person.name });
    expect(await sealed()).toEqual(sealedAtFirst);
  });
});
