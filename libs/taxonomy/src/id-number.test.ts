import { describe, expect, it } from '@jest/globals';
import { bornOnOf, idCheckCharacter, idNumberProblem } from './id-number.js';

describe('the citizen identity number', () => {
  it.each([
    ['11010519491231002X', null, 'the standard’s own example'],
    ['440524188001010014', null, 'the standard’s other example'],
    ['110105194912310021', 'check_digit', 'a wrong check character'],
    ['11010519490230002X', 'birth_date', '30 February'],
    ['11010519491331002X', 'birth_date', 'month 13'],
    ['11010519491231002x', 'format', 'a small x'],
    ['1101051949123100', 'format', 'too short'],
    ['', 'format', 'nothing'],
  ])('%s: %s (%s)', (id, problem, _why) => {
    expect(idNumberProblem(id)).toBe(problem);
  });

  it('changes its check character when any one digit changes', () => {
    const digits = '99010120080517001';
    const before = idCheckCharacter(digits);
    for (let n = 0; n < digits.length; n += 1) {
      const changed = digits.slice(0, n) + String((Number(digits[n]) + 1) % 10) + digits.slice(n + 1);
      expect(idCheckCharacter(changed)).not.toBe(before);
    }
  });

  it('says the day of birth', () => {
    expect(bornOnOf('11010519491231002X')).toBe('1949-12-31');
  });
});
