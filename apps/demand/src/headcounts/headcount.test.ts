// What may be stated of an enterprise's staff, and what becomes of it.
import { describe, expect, it } from '@jest/globals';
import { Refusal } from '@tandem/contracts';
import { state, supersede, type Known, type Statement } from './headcount.js';

const known: Known = { occupations: new Map([['9-01-01-01', true], ['9-01', false]]), newest: new Map([['', '2026-03-31'], ['9-01-01-01', '2026-01-31']]) };
const statement: Statement = { occupation: null, staff: 240, countedOn: '2026-06-30', evidence: '样例社保名册（虚构）' };
const refusal = (more: Partial<Statement>): unknown => {
  try {
    return state({ ...statement, ...more }, known, '2026-07-15').state;
  } catch (error) {
    return error instanceof Refusal ? [error.code, error.details['field']] : error;
  }
};

describe('a statement', () => {
  it.each([
    ['of all staff', {}, 'stated'],
    ['of a kind of post', { occupation: '9-01-01-01' }, 'stated'],
    ['of nobody', { staff: 0 }, 'stated'],
    ['of the same day again: a correction', { countedOn: '2026-03-31' }, 'stated'],
    ['of a kind of post older than that of all staff', { occupation: '9-01-01-01', countedOn: '2026-02-28' }, 'stated'],
    ['of today', { countedOn: '2026-07-15' }, 'stated'],
    ['of tomorrow', { countedOn: '2026-07-16' }, ['headcount.in_future', 'countedOn']],
    ['of an older count than the newest', { countedOn: '2026-03-30' }, ['headcount.not_newer', 'countedOn']],
    ['of an occupation that no list knows', { occupation: '9-99-99-99' }, ['headcount.unknown_occupation', 'occupation']],
    ['of an occupation that is none of the lowest level', { occupation: '9-01' }, ['headcount.occupation_not_lowest', 'occupation']],
  ])('%s', (_name, more, becomes) => {
    expect(refusal(more)).toEqual(becomes);
  });

  it('is superseded once', () => {
    const past = supersede({ ...statement, state: 'stated' });
    expect(past.state).toBe('superseded');
    expect(supersede(past)).toBe(past);
  });
});
