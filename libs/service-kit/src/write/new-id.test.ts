import { describe, expect, it } from '@jest/globals';
import { validate, version } from 'uuid';
import { newId } from './new-id.js';

describe('ids made in a row', () => {
  const ids = Array.from({ length: 5_000 }, newId);

  it('are UUIDs of version 7', () => {
    expect(ids.every((id) => validate(id) && version(id) === 7)).toBe(true);
  });
  it('are distinct and rise', () => {
    expect(ids).toEqual([...new Set(ids)].sort());
  });
  it('begin with the time', () => {
    const made = Number.parseInt(newId().replaceAll('-', '').slice(0, 12), 16);
    expect(Math.abs(made - Date.now())).toBeLessThan(1_000);
  });
});
