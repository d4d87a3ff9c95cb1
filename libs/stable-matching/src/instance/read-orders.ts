// Orders, groups, reserves and shares of what somebody sent, cleaned item by item.
import { Fields, isFitId, isRecord, type Owner } from './fields.js';
import type { Position, Priorities, Reserve, Share } from './instance.js';
import type { Marks } from './numbers.js';
import { shown, type Problem } from './problems.js';

export interface Context {
  /** By id the applicant's number. */
  readonly people: ReadonlyMap<string, number>;
  readonly marks: Marks;
  readonly problems: Problem[];
  /** Filled here: of each list and each table of scores whom it accepts, and of those without ties in which order. */
  readonly accepted: Map<object, Int32Array>;
  readonly orders: Map<Priorities, Int32Array>;
}

/**
 * Both forms are kept where both are given: `solve` refuses that by name. What stands in the place of an order and is none becomes an empty one: with no order
 * at all the list of a host above would step in.
 */
export function orderIn(raw: Record<string, unknown>, owner: Owner, context: Context): Pick<Position, 'priorities' | 'scores'> {
  const { priorities, scores } = raw;
  return {
    ...(priorities !== undefined && priorities !== null && { priorities: readPriorities(new Fields(context.problems).list(priorities, { ...owner, field: 'priorities' }), owner, context) }),
    ...(scores !== undefined && scores !== null && { scores: readScores(recordIn(scores, owner, context), owner, context) }),
  };
}

function recordIn(value: unknown, owner: Owner, { problems }: Context): Record<string, unknown> {
  if (isRecord(value)) return value;
  problems.push({ code: 'malformed', field: 'scores', value: shown(value), ...owner });
  return {};
}

function readPriorities(list: readonly unknown[], owner: Owner, { people, marks, problems, accepted, orders }: Context): Priorities {
  const numbers: number[] = [];
  marks.begin();
  const keep = (id: unknown): id is string => {
    const n = typeof id === 'string' ? people.get(id) : undefined;
    if (n !== undefined && !marks.has(n)) {
      marks.add(n);
      numbers.push(n);
      return true;
    }
    problems.push({ code: typeof id !== 'string' ? 'malformed' : n === undefined ? 'unknown_applicant' : 'repeated_priority', field: 'priorities', value: shown(id), ...owner });
    return false;
  };
  const read: (string | readonly string[])[] = [];
  let hasTies = false;
  for (const entry of list) {
    if (!Array.isArray(entry)) {
      if (keep(entry)) read.push(entry);
      continue;
    }
    const tied = (entry as unknown[]).filter(keep);
    hasTies ||= tied.length > 1;
    if (tied.length > 1) read.push(tied);
    else read.push(...tied);
  }
  accepted.set(read, Int32Array.from(numbers));
  if (!hasTies) orders.set(read, accepted.get(read)!);
  return read;
}

function readScores(scores: Record<string, unknown>, owner: Owner, { people, problems, accepted }: Context): Record<string, number> {
  const kept: [string, number][] = [];
  const numbers: number[] = [];
  for (const [id, score] of Object.entries(scores)) {
    const n = people.get(id);
    if (n === undefined) problems.push({ code: 'unknown_applicant', field: 'scores', value: shown(id), ...owner });
    else if (typeof score !== 'number' || !Number.isFinite(score)) problems.push({ code: 'bad_number', field: 'scores', applicant: id, value: shown(score), ...owner });
    else {
      kept.push([id, score]);
      numbers.push(n);
    }
  }
  const read = Object.fromEntries(kept);
  accepted.set(read, Int32Array.from(numbers));
  return read;
}

export function readGroups(value: unknown, owner: Owner, problems: Problem[]): string[] {
  if (value === undefined) return [];
  const groups = new Set<string>();
  for (const group of new Fields(problems).list(value, { ...owner, field: 'groups' })) {
    if (!isFitId(group)) problems.push({ code: 'malformed', field: 'groups', value: shown(group), ...owner });
    else if (groups.has(group)) problems.push({ code: 'repeated_group', group, ...owner });
    else groups.add(group);
  }
  return [...groups];
}

export function readReserves(value: unknown, owner: Owner, problems: Problem[]): Reserve[] {
  return groupFigures(value, { field: 'reserves', figure: 'seats', owner }, problems).filter(({ group, figure }) => {
    const isRight = Number.isInteger(figure) && figure > 0;
    if (!isRight) problems.push({ code: 'bad_number', field: 'reserves', group, value: shown(figure), ...owner });
    return isRight;
  }).map(({ group, figure }) => ({ group, seats: figure }));
}

export function readShares(value: unknown, owner: Owner, problems: Problem[]): Share[] {
  const seen = new Set<string>();
  return groupFigures(value, { field: 'shares', figure: 'percent', owner }, problems).filter(({ group, figure }) => {
    const isRight = figure >= 0 && figure <= 100 && Math.abs(Math.round(figure * 100) - figure * 100) < 1e-6;
    if (!isRight) problems.push({ code: 'bad_number', field: 'shares', group, value: shown(figure), ...owner });
    if (seen.has(group)) problems.push({ code: 'repeated_group', field: 'shares', group, ...owner });
    const isFirst = !seen.has(group);
    seen.add(group);
    return isRight && isFirst;
  }).map(({ group, figure }) => ({ group, percent: figure }));
}

interface FigurePlace {
  readonly field: string;
  readonly figure: string;
  readonly owner: Owner;
}

function groupFigures(value: unknown, { field, figure, owner }: FigurePlace, problems: Problem[]): { group: string; figure: number }[] {
  const read: { group: string; figure: number }[] = [];
  for (const entry of new Fields(problems).list(value, { ...owner, field })) {
    if (isRecord(entry) && isFitId(entry['group']) && typeof entry[figure] === 'number') read.push({ group: entry['group'], figure: entry[figure] });
    else problems.push({ code: 'malformed', field, value: shown(entry), ...owner });
  }
  return read;
}
