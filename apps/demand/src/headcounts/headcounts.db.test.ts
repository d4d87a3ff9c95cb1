// Statements of staff against a database: who may, who sees them, and that the newest is the one that counts.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { services, type demand, type Principal } from '@tandem/contracts';
import { refusalOf } from '@tandem/service-kit';
import { eventOf, someone, until } from '@tandem/test-kit';
import { v7 as uuidv7 } from 'uuid';
import { demandWorld, type DemandWorld } from '../test-support.js';

let world: DemandWorld;
const client = () => world.kit.client.rpc(services['tandem.demand.v1.HeadcountService']);
beforeAll(async () => {
  world = await demandWorld();
});
afterAll(() => world.stop());

const statement: demand.StateHeadcountRequest = { occupation: '', staff: 240, countedOn: '2026-03-31', evidence: '样例社保名册（虚构）' };
const list = async (as: Principal, more: Partial<demand.ListHeadcountsRequest> = {}) =>
  (await client().listHeadcounts(world.kit.call(as), { page: { first: 100, after: '', skip: 0, withTotal: true }, view: 'own', state: '', occupation: '', descending: false, ...more })).statements;
const codeOf = (promise: Promise<unknown>) => promise.then(() => 'done', (error: unknown) => refusalOf(error)?.code);

describe('a statement of staff', () => {
  it('supersedes the one before of the same kind of post, and no other', async () => {
    const hr = someone('enterprise_hr');
    const state = (more: Partial<demand.StateHeadcountRequest>) => client().stateHeadcount(world.kit.call(hr), { ...statement, ...more });
    await state({});
    await state({ occupation: '9-01-01-01', staff: 50 });
    const { id } = await state({ staff: 260, countedOn: '2026-06-30' });
    const standing = await until(async () => {
      const rows = await list(hr, { state: 'stated' });
      return rows.length === 2 ? rows : null;
    }, { what: 'the older statement to be superseded' });
    expect(standing.map(({ occupation, staff }) => `${occupation} ${staff}`).toSorted()).toEqual([' 260', '9-01-01-01 50']);
    expect(await list(hr, { state: 'superseded' })).toMatchObject([{ staff: 240, version: 2 }]);
    expect((await client().batchGetHeadcounts(world.kit.call(hr), { ids: [id] })).statements).toMatchObject([{ state: 'stated', evidence: statement.evidence }]);
  });

  it('is refused with its field where the count is older, and the others of the batch stand', async () => {
    const hr = someone('enterprise_hr');
    await client().stateHeadcount(world.kit.call(hr), statement);
    const { outcomes } = await client().stateHeadcounts(world.kit.call(hr), { statements: [{ ...statement, countedOn: '2025-12-31' }, { ...statement, occupation: '9-01-01-01' }], atomic: false });
    expect(outcomes.map(({ refused }) => refused?.code ?? 'done')).toEqual(['headcount.not_newer', 'done']);
  });

  it('is nobody’s to see but the enterprise’s own', async () => {
    const hr = someone('enterprise_hr');
    const { id } = await client().stateHeadcount(world.kit.call(hr), statement);
    const other = someone('enterprise_hr');
    expect((await client().batchGetHeadcounts(world.kit.call(other), { ids: [id] })).statements).toEqual([]);
    expect(await list(other)).toEqual([]);
    expect(await codeOf(client().listHeadcounts(world.kit.call(someone('college_office')), { page: undefined, view: 'own', state: '', occupation: '', descending: false }))).toBe('call.role');
  });

  it('is not a park’s own, and not a college’s', async () => {
    expect(await codeOf(client().stateHeadcount(world.kit.call(someone('park_operator')), statement))).toBe('headcount.not_an_enterprise');
    expect(await codeOf(client().stateHeadcount(world.kit.call(someone('college_office')), statement))).toBe('call.role');
  });

  it('of a park that acts for the enterprise is seen by both', async () => {
    const [park, enterprise] = [someone('park_operator'), someone('enterprise_hr')];
    const delegation = uuidv7();
    const part = { parkOrg: park.org, scopes: ['demand.headcount_statement'], fromOn: '2020-01-01', toOn: '' };
    await world.deliver(eventOf('identity.delegation.granted', { id: delegation, org: enterprise.org, state: 'active', public: part }));
    const acting: Principal = { ...park, org: enterprise.org, orgKind: 'enterprise', onBehalfOf: { org: park.org, delegation } };
    await client().stateHeadcount(world.kit.call(acting), statement);
    expect(await list(enterprise)).toMatchObject([{ parkOrg: park.org }]);
    expect(await list(park, { view: 'park' })).toMatchObject([{ enterpriseOrg: enterprise.org }]);
  });
});
