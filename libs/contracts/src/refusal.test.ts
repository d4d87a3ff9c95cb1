import { describe, expect, it } from '@jest/globals';
import { Refusal, refusals } from './refusal.js';

const refuse = refusals('position', { no_seats: 'failed_precondition', unknown: 'not_found' });

describe('refusals', () => {
  it('make a Refusal with the code of its area, its kind and its details', () => {
    const refusal = refuse.no_seats({ seats: 0, field: 'headcount' });
    expect(refusal).toBeInstanceOf(Refusal);
    expect({ ...refusal }).toEqual({ name: 'Refusal', code: 'position.no_seats', kind: 'failed_precondition', details: { seats: 0, field: 'headcount' } });
  });

  it('have empty details when none are given', () => {
    expect(refuse.unknown().details).toEqual({});
  });

  it('are new each time, with the stack of the rule that refused', () => {
    expect(refuse.unknown()).not.toBe(refuse.unknown());
    expect(refuse.unknown().stack).toContain('refusal.test');
  });

  it('show their code alone as their message, because messages end up in logs', () => {
    expect(String(refuse.no_seats({ seats: 0 }))).toBe('Refusal: position.no_seats');
  });
});
