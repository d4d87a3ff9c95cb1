import { describe, expect, it } from '@jest/globals';
import { BusinessClock, endOfDay } from './business-clock.js';

describe('the business clock', () => {
  const wall = () => Date.parse('2026-11-24T17:30:00Z');

  it('knows the date of its time zone, not of UTC', () => {
    expect(new BusinessClock('Asia/Shanghai', wall).today()).toBe('2026-11-25');
    expect(new BusinessClock('UTC', wall).today()).toBe('2026-11-24');
  });

  it('moves forward only', () => {
    const clock = new BusinessClock('Asia/Shanghai', wall);
    clock.advanceTo(30);
    clock.advanceTo(10);
    expect([clock.offsetDays, clock.today()]).toEqual([30, '2026-12-25']);
  });

  it('ends a day at midnight in Shanghai', () => {
    expect(endOfDay('2027-08-31').toISOString()).toBe('2027-08-31T16:00:00.000Z');
  });
});
