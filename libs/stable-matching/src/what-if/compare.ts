// Two results over the same lists, in figures.
import type { Instance, Matching } from '../instance/instance.js';

type Asker = Instance['applicants'][number];

export interface Outcome {
  readonly applicants: number;
  readonly placed: readonly [before: number, after: number];
  readonly firstWish: readonly [before: number, after: number];
  /** By the own list; a place against none is better. */
  readonly better: number;
  readonly worse: number;
}

export interface Comparison {
  readonly all: Outcome;
  readonly groups: Readonly<Record<string, Outcome>>;
}

/** Two results over the same lists, as figures of everybody (`all`) and of each group; no applicant is named. A group may be small: who publishes the figures suppresses those. */
export function compareOutcomes(instance: Instance, before: Pick<Matching, 'assignments'>, after: Pick<Matching, 'assignments'>): Comparison {
  const members = new Map<string, Asker[]>();
  for (const applicant of instance.applicants) {
    for (const group of applicant.groups ?? []) {
      const known = members.get(group);
      if (known) known.push(applicant);
      else members.set(group, [applicant]);
    }
  }
  const groups = [...members].sort(([one], [other]) => (one < other ? -1 : 1));
  const of = (people: readonly Asker[]): Outcome => outcome(people, before, after);
  return { all: of(instance.applicants), groups: Object.fromEntries(groups.map(([group, people]) => [group, of(people)])) };
}

function outcome(people: readonly Asker[], before: Pick<Matching, 'assignments'>, after: Pick<Matching, 'assignments'>): Outcome {
  const wishes = people.map(({ id, preferences }) => [before, after].map(({ assignments }) => wishOf(preferences, assignments[id] ?? null)) as [number, number]);
  const count = (holds: (wish: readonly [number, number]) => boolean): number => wishes.filter(holds).length;
  return {
    applicants: people.length,
    placed: [count(([was]) => was < Infinity), count(([, is]) => is < Infinity)],
    firstWish: [count(([was]) => was === 0), count(([, is]) => is === 0)],
    better: count(([was, is]) => is < was),
    worse: count(([was, is]) => is > was),
  };
}

function wishOf(preferences: readonly string[], position: string | null): number {
  return position === null ? Infinity : preferences.indexOf(position);
}
