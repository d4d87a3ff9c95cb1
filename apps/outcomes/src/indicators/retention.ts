import type { Definition } from './definition.js';

/** 就业稳定率 after so many months: of those who began a job and of whom is known, those who are still there. */
const after = (months: number): Definition => ({
  indicator: `retention_${months}`,
  version: 1,
  source: 'retention_checks',
  population: { code: 'jobs_begun', sql: `r.months = ${months} and r.state in ('due', 'still_there', 'left', 'unknown')` },
  denominator: { code: 'known_after_months', sql: `(r.state in ('still_there', 'left'))::int` },
  numerator: { code: 'still_there', sql: `(r.state = 'still_there')::int` },
  unknown: { code: 'not_answered_or_unknown', sql: `(r.state in ('due', 'unknown'))::int` },
  region: 'r.region',
  occupation: 'r.occupation',
  date: 'r.due_on',
});

export const retention: readonly Definition[] = [3, 6, 12, 24, 36].map(after);
