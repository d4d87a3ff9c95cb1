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

/** Two results over the same lists, as figures of everybody (`all`) and of each group; no applicant is named. A group may be small: who publishes the figures suppresses those. */
export function compareOutcomes(instance: Instance, before: Pick<Matching, 'assignments'>, after: Pick<Matching, 'assignments'>): { readonly all: Outcome; readonly groups: Readonly<Record<string, Outcome>> } {
  const groups = [...new Set(instance.applicants.flatMap(({ groups: own = [] }) => own))].sort();
  const of = (people: readonly Asker[]): Outcome => outcome(people, before, after);
  return { all: of(instance.applicants), groups: Object.fromEntries(groups.map((group) => [group, of(instance.applicants.filter(({ groups: own = [] }) => own.includes(group)))])) };
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
