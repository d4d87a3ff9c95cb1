import { expect, it } from '@jest/globals';
import { addMonths } from './months.js';

it.each([
  ['2027-01-31', 1, '2027-02-28'],
  ['2027-08-31', 6, '2028-02-29'],
  ['2027-03-15', 36, '2030-03-15'],
  ['2027-12-01', 3, '2028-03-01'],
])('%s and %i months is %s', (day, months, later) => {
  expect(addMonths(day, months)).toBe(later);
});
