// For a student without a place the nearest change that would help, from where everybody stands: an offer binds, so that a change that takes somebody's place away is none.
import { marketOf, nearestChangesIn, type Instance, type NearestChange, type Standing } from '@tandem/stable-matching';
import { HIDDEN, isSmall } from './figures.js';
import { keepingHeld, type ListInput, type Market } from './market.js';
import { pointsOf, unacceptable } from './priorities.js';
import type { RuleSheet } from './round.js';

export interface Unplaced {
  readonly studentId: string;
  /** `lost_place`: the newest run gave one, which is gone since. `not_told`: of a list that the student alone reads. */
  readonly reason: 'no_list' | 'none_acceptable' | 'all_full' | 'lost_place' | 'not_told';
  /** The student's own list. */
  readonly sealed: boolean;
}

export interface Help {
  /** Something has come free since the newest run: the next refill places the student. */
  readonly nextRefill: boolean;
  /** The fewest seats more, at the wish wanted most among those where they suffice; hidden (-1) where others come first there and are too few to be counted. */
  readonly seats: { readonly positionId: string; readonly added: number } | null;
  readonly listing: string | null;
}

interface Frame {
  readonly rules: RuleSheet;
  readonly startsOn: string;
}

/** Looked for up to so many seats: above five a number of those who come first may be said. */
const MAX_SEATS = 10;
export const noHelp: Help = { nextRefill: false, seats: null, listing: null };

export interface Asked {
  /** All of the college without a place. */
  readonly unplaced: readonly Unplaced[];
  /** Those of them who are shown. */
  readonly shown: readonly Unplaced[];
}

/**
 * By student shown. What is said of a sealed list must be the same whatever is on it, or it would tell of its wishes: no seat at a wish, and not whether a refill would do; the position to list is looked
 * for as if all such lists of the college were empty. For the others' seats those lists count as they are.
 */
export function helpFor(frame: Frame, market: Market, standing: Standing, { unplaced, shown }: Asked): Map<string, Help> {
  const open = shown.filter(({ sealed }) => !sealed);
  const sealed = shown.filter((one) => one.sealed);
  const aliases = new Map(market.lists.map(({ studentId, alias }) => [studentId, alias]));
  const aliasOf = (student: Unplaced): string => aliases.get(student.studentId) ?? '';
  const instance = fromWhereTheyStand(frame, market, standing, new Set(shown.map(aliasOf)));
  const full = open.length > 0 ? changesIn(instance, MAX_SEATS, open.map(aliasOf)) : new Map<string, NearestChange>();
  const unread = sealed.length > 0 ? changesIn(withoutLists(instance, new Set(unplaced.filter((one) => one.sealed).map(aliasOf))), 0, sealed.map(aliasOf)) : new Map<string, NearestChange>();
  return new Map([
    ...open.map((one) => [one.studentId, helpOf(full.get(aliasOf(one)))] as const),
    ...sealed.map((one) => [one.studentId, { ...noHelp, listing: unread.get(aliasOf(one))?.listing?.position ?? null }] as const),
  ]);
}

function changesIn(instance: Instance, seats: number, aliases: readonly string[]): Map<string, NearestChange> {
  return new Map(nearestChangesIn(marketOf(instance), seats, new Set(aliases)).map((change) => [change.applicant, change]));
}

function helpOf(change: NearestChange | undefined): Help {
  if (!change) return { ...noHelp, nextRefill: true };
  const { seats, listing } = change;
  return { nextRefill: false, seats: seats && { positionId: seats.position, added: isSmall(seats.added - 1) ? HIDDEN : seats.added }, listing: listing?.position ?? null };
}

/** The instance of the next refill; and, of those who are asked about, the points at positions that they did not list: without points nobody is acceptable. */
function fromWhereTheyStand({ rules, startsOn }: Frame, market: Market, standing: Standing, asked: ReadonlySet<string>): Instance {
  const instance = keepingHeld(market.instance, standing);
  const lists = market.lists.filter(({ alias }) => asked.has(alias));
  const positions = instance.positions.map((position) => {
    const entry = market.entries.get(position.id);
    const accepts = ({ facts }: ListInput): boolean => entry !== undefined && unacceptable(facts, entry, startsOn) === null;
    const more = lists.filter(accepts).map(({ alias, facts }) => [alias, entry ? pointsOf(rules, facts, entry) : 0] as const);
    return { ...position, scores: { ...Object.fromEntries(more), ...position.scores } };
  });
  return { ...instance, positions, applicants: instance.applicants.map((applicant) => ({ ...applicant, preferences: stillWanted(applicant.preferences, standing[applicant.id]) })) };
}

/** Who is out asks for nothing, who has accepted for that place alone. */
function stillWanted(preferences: readonly string[], stand: Standing[string] | undefined): readonly string[] {
  if (stand?.state === 'out') return [];
  return stand?.state === 'final' ? [stand.position] : preferences;
}

function withoutLists(instance: Instance, aliases: ReadonlySet<string>): Instance {
  return { ...instance, applicants: instance.applicants.map((applicant) => (aliases.has(applicant.id) ? { ...applicant, preferences: [] } : applicant)) };
}
