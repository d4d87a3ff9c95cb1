// Colleges of a register: many in one call, active at once, the same import again without doubling, and back.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OPERATOR_ORG, services, type identity } from '@tandem/contracts';
import { someone, testService, type TestService } from '@tandem/test-kit';
import { v7 as uuidv7 } from 'uuid';
import { identityService } from './identity.module.js';

let kit: TestService;
beforeAll(async () => {
  kit = await testService(identityService);
});
afterAll(() => kit.stop());

const operator = someone('operator', OPERATOR_ORG);
const organisations = () => kit.client.rpc(services['tandem.identity.v1.OrganisationService']);
const college = (code: string): identity.RegisterOrganisationRequest => ({ kind: 'college', code, name: '样例学校（虚构）', region: '990000', invented: true });
const register = async (codes: string[], importId: string, key = uuidv7()) =>
  (await organisations().registerOrganisations(kit.call(operator, { key }), { organisations: codes.map(college), atomic: false, verified: true, importId })).outcomes.map(({ done, refused }) => refused?.code ?? done?.id ?? '');
const listed = async (importId: string, state = '') =>
  (await organisations().listOrganisations(kit.call(operator), { page: { first: 100, after: '', skip: 0, withTotal: false }, kind: '', state, region: '', search: '', orderBy: '', descending: false, importId })).organisations;

describe('colleges of a register', () => {
  it('are active at once', async () => {
    const importId = uuidv7();
    const ids = await register(['R-1', 'R-2'], importId);
    expect((await listed(importId)).map(({ id, state, version }) => [id, state, version])).toEqual(ids.map((id) => [id, 'active', 1]));
  });

  it('are the same when the same import comes again, whatever its key; another one is refused by code', async () => {
    const importId = uuidv7();
    const [one] = await register(['S-1'], importId, 'half');
    const both = await register(['S-1', 'S-2'], importId, 'whole');
    expect(both[0]).toBe(one);
    expect(await register(['S-1', 'S-2'], importId, 'whole')).toEqual(both);
    expect(await register(['S-1', 'S-3', 'S-3'], uuidv7())).toEqual(['organisation.code_taken', expect.stringMatching(/^[0-9a-f-]{36}$/), 'organisation.code_taken']);
  });

  it('close when the import is undone, but for those that somebody belongs to; their codes are free again', async () => {
    const importId = uuidv7();
    const ids = await register(['T-1', 'T-2'], importId);
    const office = someone('college_office', ids[1]);
    const member = { account: uuidv7(), role: 'college_office', name: '样例（虚构）', phone: '13900000001', fromOn: '2026-01-01', toOn: '' };
    await kit.client.rpc(services['tandem.identity.v1.MembershipService']).grantMembership(kit.call(office), member);
    const undo = () => organisations().undoRegistrations(kit.call(operator), { importId, ids });
    const answer = { undone: 1, kept: [{ id: ids[1], org: ids[1], label: 'T-2', reason: 'organisation.in_use' }], after: '' };
    expect(await undo()).toEqual(answer);
    expect(await undo()).toEqual(answer);
    expect(await organisations().getImport(kit.call(operator), { importId })).toEqual({ present: 1, undone: 1 });
    const again = await register(['T-1', 'T-2'], importId);
    expect([again[0] === ids[0], again[1]]).toEqual([false, ids[1]]);
  });

  it('of another import are not closed with this one', async () => {
    const ids = await register(['U-1'], uuidv7());
    expect(await organisations().undoRegistrations(kit.call(operator), { importId: uuidv7(), ids })).toEqual({ undone: 0, kept: [], after: '' });
  });
});
