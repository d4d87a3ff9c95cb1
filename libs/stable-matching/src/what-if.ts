// For the coordinator, before and after a round: what would place somebody, and what another rule would change. Each answer is a run of its own, all else fixed.
import { Refused, type Instance, type Matching } from './instance/instance.js';
import { solve } from './solver/solve.js';

export interface NearestChange {
  readonly applicant: string;
  /** The fewest seats added at one wish, and there at the one wanted most, with which a run places the applicant; null where up to the limit none does. */
  readonly seats: { readonly position: string; readonly added: number } | null;
  /** The first position of the instance, added at the end of the list, with which a run places the applicant. */
  readonly listing: { readonly position: string } | null;
}

export const MAX_ADDED = 5;

/** For an applicant whom the instance leaves without a place. Refuses an unknown one, and one who has a place. Costs up to wishes x `maxAdded` + 1 runs. */
export function nearestChange(instance: Instance, applicantId: string, maxAdded = MAX_ADDED): NearestChange {
  const applicant = instance.applicants.find(({ id }) => id === applicantId);
  if (!applicant) throw new Refused('instance.unknown_id', { applicant: applicantId });
  if (solve(instance).assignments[applicantId] !== null) throw new Refused('instance.bad_value', { applicant: applicantId, reason: 'placed' });
  return { applicant: applicantId, seats: seatsAdded(instance, applicant, maxAdded), listing: listingAdded(instance, applicant) };
}

type Asker = Instance['applicants'][number];

function seatsAdded(instance: Instance, { id, preferences }: Asker, maxAdded: number): NearestChange['seats'] {
  for (let added = 1; added <= maxAdded; added += 1) {
    for (const position of preferences) {
      const more = { ...instance, positions: instance.positions.map((each) => (each.id === position ? { ...each, capacity: each.capacity + added } : each)) };
      if (placeOf(more, id) !== null) return { position, added };
    }
  }
  return null;
}

/**
 * One run with all other positions at the end of the list: what it gives is the first that alone would do. Were an earlier one enough alone, naming it alone
 * would be a gainful lie; and wishes that are refused change nothing for those behind them.
 */
function listingAdded(instance: Instance, { id, preferences }: Asker): NearestChange['listing'] {
  const others = instance.positions.map((position) => position.id).filter((position) => !preferences.includes(position));
  const longer = { ...instance, applicants: instance.applicants.map((each) => (each.id === id ? { ...each, preferences: [...preferences, ...others] } : each)) };
  const position = placeOf(longer, id);
  return position === null ? null : { position };
}

/** More seats can make a host's cap bind that did not, and then lack an order: such a change is none that helps. */
function placeOf(instance: Instance, id: string): string | null {
  try {
    return solve(instance).assignments[id] ?? null;
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}

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
