// The business clock of a deployment whose every organisation is an invented one.
import { refusals } from '@tandem/contracts';

export interface Clock {
  readonly state: 'running';
  readonly offsetDays: number;
}

export const refuse = refusals('clock', { real_organisations: 'failed_precondition', too_far: 'invalid_argument' });

/** Ten years: far enough for a retention of 36 months, short enough to notice a slip. */
const MOST_DAYS = 3_650;

export function advance<C extends Clock>(clock: C, days: number, realOrganisations: number): C {
  if (realOrganisations > 0) throw refuse.real_organisations({ organisations: realOrganisations });
  const offsetDays = clock.offsetDays + days;
  if (offsetDays > MOST_DAYS) throw refuse.too_far({ field: 'days', most: MOST_DAYS - clock.offsetDays });
  return { ...clock, offsetDays };
}
