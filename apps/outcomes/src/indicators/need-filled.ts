import type { Definition } from './definition.js';

/** 需求满足率: of the seats that were asked for, those that are filled. A position that was withdrawn asked for nothing. */
export const needFilled: Definition = {
  indicator: 'need_filled',
  version: 1,
  source: 'known_positions',
  population: { code: 'seats_of_published_positions', sql: `r.is_public and r.starts_on is not null and r.close_reason is distinct from 'withdrawn'` },
  weight: 'r.headcount',
  denominator: { code: 'seats_asked_for', sql: 'r.headcount' },
  numerator: { code: 'seats_filled', sql: 'least(r.filled, r.headcount)' },
  unknown: { code: 'none', sql: '0' },
  region: 'r.region',
  occupation: 'r.occupation',
  date: 'r.starts_on',
};
