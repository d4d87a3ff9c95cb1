import { expect, it } from '@jest/globals';
import { workingDayAfter } from './working-days.js';

it.each([
  ['a Friday', '2026-11-27', 1, '2026-11-30'],
  ['a week', '2026-11-30', 5, '2026-12-07'],
  ['the day before the National Day week, after which a Saturday is worked', '2026-09-30', 2, '2026-10-09'],
  ['a Friday before a Saturday that is worked for the holiday', '2026-10-09', 1, '2026-10-10'],
  ['a year that has not been announced: its fixed holidays are known', '2027-12-31', 1, '2028-01-03'],
  ['no day at all', '2026-11-28', 0, '2026-11-28'],
])('counts the working days after %s', (_what, day, n, expected) => {
  expect(workingDayAfter(day, n)).toBe(expected);
});
