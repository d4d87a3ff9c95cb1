// Orders, groups, reserves and shares of what somebody sent, cleaned item by item.
import { Fields, isFitId, isRecord, type Owner } from './fields.js';
import type { Position, Priorities, Reserve, Share } from './instance.js';
import { shown, type Problem } from './problems.js';

interface Context {
  readonly people: ReadonlySet<string>;
  readonly problems: Problem[];
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

function readPriorities(list: readonly unknown[], owner: Owner, { people, problems }: Context): Priorities {
  const seen = new Set<string>();
  const keep = (id: unknown): id is string => {
    const code = typeof id !== 'string' ? 'malformed' : !people.has(id) ? 'unknown_applicant' : seen.has(id) ? 'repeated_priority' : null;
    if (code) problems.push({ code, field: 'priorities', value: shown(id), ...owner });
    else seen.add(id as string);
    return code === null;
  };
  const read: (string | readonly string[])[] = [];
  for (const entry of list) {
    if (!Array.isArray(entry)) {
      if (keep(entry)) read.push(entry);
      continue;
    }
    const tied = (entry as unknown[]).filter(keep);
    if (tied.length > 1) read.push(tied);
    else read.push(...tied);
  }
  return read;
}

function readScores(scores: Record<string, unknown>, owner: Owner, { people, problems }: Context): Record<string, number> {
  const kept: [string, number][] = [];
  for (const [id, score] of Object.entries(scores)) {
    if (!people.has(id)) problems.push({ code: 'unknown_applicant', field: 'scores', value: shown(id), ...owner });
    else if (typeof score !== 'number' || !Number.isFinite(score)) problems.push({ code: 'bad_number', field: 'scores', applicant: id, value: shown(score), ...owner });
    else kept.push([id, score]);
  }
  return Object.fromEntries(kept);
}

export function readGroups(value: unknown, owner: Owner, problems: Problem[]): string[] {
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
