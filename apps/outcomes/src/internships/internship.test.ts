import { describe, expect, it } from '@jest/globals';
import { close, follow, opened, type Destination } from './internship.js';

const running = opened({ studentId: 's', positionId: 'p', enterpriseOrg: 'e', kind: 'internship', region: '990101', occupation: '9-01-01-01', startedOn: '2027-03-01' });
const closed = close(running, { endedOn: '2027-08-31', endKind: 'completed' }, []);
const job = (employerOrg: string | null, fromOn: string, category = 'contract_job'): Destination => ({ category, employerOrg, fromOn });

describe('what became of an internship', () => {
  it.each([
    ['nothing is known', [], 'unknown'],
    ['hired by the same enterprise', [job('e', '2027-09-01')], 'converted'],
    ['hired there on the last day of the third month', [job('e', '2027-11-30')], 'converted'],
    ['hired there later', [job('e', '2027-12-01')], 'other_job'],
    ['hired by another one', [job('x', '2027-09-01')], 'other_job'],
    ['hired there in time, and by another one since', [job('x', '2028-06-01'), job('e', '2027-09-01')], 'converted'],
    ['a job there from before the internship', [job('e', '2025-09-01')], 'other_job'],
    ['an own business', [job(null, '2027-09-01', 'own_business')], 'other_job'],
    ['further study', [job(null, '2027-09-01', 'further_study')], 'not_seeking'],
    ['still looking', [job(null, '2027-09-01', 'seeking')], 'seeking'],
  ] as const)('%s', (_name, known, sequel) => {
    expect(follow(closed, known).sequel).toBe(sequel);
  });

  it('converted to a job needs no further word', () => {
    expect(close(running, { endedOn: '2027-08-31', endKind: 'converted_to_job' }, []).sequel).toBe('converted');
  });

  it('is not asked of a running one', () => {
    expect(follow(running, [job('e', '2027-04-01')])).toBe(running);
  });
});
