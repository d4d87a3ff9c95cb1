import { describe, expect, it } from '@jest/globals';
import type { Tx } from '@tandem/persistence';
import type { Call } from '../write/call.js';
import { checkDelegation, Delegations, type KnownDelegationRow } from './delegations.js';

const row: KnownDelegationRow = { org: 'e', id: 'd', sequence: 1, state: 'active', parkOrg: 'park', scopes: ['demand.position'], fromOn: '2026-01-01', toOn: '2026-12-31' };
const code = (run: () => unknown): string => {
  try {
    run();
    return 'may act';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('a park acts for an enterprise', () => {
  it.each<[string, KnownDelegationRow | null, string, string]>([
    ['while the delegation lives', row, '2026-06-01', 'may act'],
    ['on its first day', row, '2026-01-01', 'may act'],
    ['on its last day', row, '2026-12-31', 'may act'],
    ['before it begins', row, '2025-12-31', 'delegation.out_of_dates'],
    ['after it ends', row, '2027-01-01', 'delegation.out_of_dates'],
    ['without an end', { ...row, toOn: null }, '2099-01-01', 'may act'],
    ['once revoked', { ...row, state: 'revoked' }, '2026-06-01', 'delegation.revoked'],
    ['outside its scopes', { ...row, scopes: [] }, '2026-06-01', 'delegation.out_of_scope'],
    ['of another park', { ...row, parkOrg: 'other' }, '2026-06-01', 'delegation.unknown'],
    ['that nobody knows', null, '2026-06-01', 'delegation.unknown'],
  ])('%s', (_name, delegation, today, expected) => {
    expect(code(() => checkDelegation(delegation, 'park', 'demand.position', today))).toBe(expected);
  });

  it('is refused without a look while the service may have missed a revocation for more than 10 s', async () => {
    const call = { principal: { onBehalfOf: { org: 'park', delegation: 'd' } }, today: '2026-06-01' } as unknown as Call;
    const nothingToAsk = {} as Tx;
    await expect(new Delegations(() => 10_001).check(nothingToAsk, call, 'demand.position')).rejects.toMatchObject({ code: 'delegation.unknown', kind: 'aborted' });
  });
});
