import type { Definition } from './definition.js';

/** 实习转就业率: of those who finished an internship and look for work, those hired by the same enterprise within 3 months. */
export const internshipToJob: Definition = {
  indicator: 'internship_to_job',
  version: 1,
  source: 'internships',
  population: { code: 'finished_internships', sql: `r.state = 'closed' and r.end_kind in ('completed', 'converted_to_job')` },
  denominator: { code: 'destination_known_and_seeking_work', sql: `(r.sequel in ('converted', 'other_job', 'seeking'))::int` },
  numerator: { code: 'hired_by_same_enterprise_within_3_months', sql: `(r.sequel = 'converted')::int` },
  unknown: { code: 'destination_unknown', sql: `(r.sequel = 'unknown')::int` },
  region: 'r.region',
  occupation: 'r.occupation',
  date: 'r.ended_on',
};
