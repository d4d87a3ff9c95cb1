// How many people an enterprise has, as it says itself: what the caps on interns are taken of. A newer statement supersedes the one before.
import { refusals } from '@tandem/contracts';

export interface Statement {
  /** Kind of post; null: all on-post staff. */
  readonly occupation: string | null;
  readonly staff: number;
  /** The day of the count. */
  readonly countedOn: string;
  /** Where it can be looked up. */
  readonly evidence: string;
}

export interface Headcount extends Statement {
  readonly state: 'stated' | 'superseded';
}

export const refuse = refusals('headcount', {
  not_an_enterprise: 'permission_denied',
  unknown_occupation: 'invalid_argument',
  occupation_not_lowest: 'invalid_argument',
  in_future: 'invalid_argument',
  not_newer: 'failed_precondition',
});

/** What the statement is held against. */
export interface Known {
  /** Of the occupations named, those in force; `true` where it is of the lowest level. */
  readonly occupations: ReadonlyMap<string, boolean>;
  /** The day of the newest count by kind of post; of all staff under the empty name. */
  readonly newest: ReadonlyMap<string, string>;
}

/** A kind of post is an occupation of the lowest level; a count is of the past, and no older than the one that it supersedes. */
export function state(statement: Statement, { occupations, newest }: Known, today: string): Headcount {
  const { occupation, countedOn } = statement;
  if (occupation !== null) {
    const isLowest = occupations.get(occupation);
    if (isLowest === undefined) throw refuse.unknown_occupation({ field: 'occupation', code: occupation });
    if (!isLowest) throw refuse.occupation_not_lowest({ field: 'occupation', code: occupation });
  }
  if (countedOn > today) throw refuse.in_future({ field: 'countedOn', today });
  const before = newest.get(occupation ?? '');
  if (before !== undefined && countedOn < before) throw refuse.not_newer({ field: 'countedOn', newest: before });
  return { ...statement, state: 'stated' };
}

/** Once; told again it changes nothing. */
export function supersede<H extends Headcount>(headcount: H): H {
  return headcount.state === 'superseded' ? headcount : { ...headcount, state: 'superseded' };
}
