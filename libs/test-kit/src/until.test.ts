import { describe, expect, it } from '@jest/globals';
import { until } from './until.js';

describe('until', () => {
  it('gives the first value that holds', async () => {
    const values = [null, 0, '', 'here', 'later'];
    expect(await until(() => values.shift(), { what: 'a value' })).toBe('here');
  });

  it('takes a check that throws as not yet', async () => {
    let calls = 0;
    const check = async () => {
      calls += 1;
      if (calls < 3) throw new Error('not connected');
      return calls;
    };
    expect(await until(check, { what: 'a connection' })).toBe(3);
  });

  it.each([
    ['the last value', () => false, 'waited 30 ms for the seat; last seen: false'],
    ['nothing', () => undefined, 'waited 30 ms for the seat; last seen: undefined'],
    ['a large number', () => 0n, 'waited 30 ms for the seat; last seen: "0n"'],
    ['the last error', () => Promise.reject(new Error('no table')), 'waited 30 ms for the seat; last error: no table'],
    ['a check that hangs', () => new Promise(() => {}), 'waited 30 ms for the seat; last seen: "nothing: the check has not answered yet"'],
  ])('names what it waited for, and %s', async (_, check, message) => {
    await expect(until(check as () => Promise<unknown>, { deadlineMs: 30, what: 'the seat' })).rejects.toThrow(message);
  });
});
