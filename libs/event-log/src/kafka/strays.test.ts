import { expect, it } from '@jest/globals';
import { Strays } from './strays.js';

it('leaves a fetch from before a seek, and goes on with the one that begins where it should', () => {
  const strays = new Strays();
  expect([strays.judge(0, 90n, 10n), strays.judge(0, 10n, 10n), strays.judge(0, 90n, 20n)]).toEqual(['stray', 'as expected', 'stray']);
});

it('takes the log’s word when it begins elsewhere again and again, for each partition by itself', () => {
  const strays = new Strays();
  const asked = Array.from({ length: 4 }, () => strays.judge(1, 0n, 70n));
  expect(asked).toEqual(['stray', 'stray', 'stray', 'the log has moved']);
  expect(strays.judge(2, 0n, 70n)).toBe('stray');
});
