// The same lists under another rule, before anything is published: what an organiser may try, and what of the comparison is said.
import { whatIf, withOrders, withReserve, withSeats, type Instance, type WhatIf } from '@tandem/stable-matching';
import type { placement } from '@tandem/contracts';
import { refuse } from './entry.js';
import { AT_LEAST, HIDDEN, isSmall } from './figures.js';
import type { Market } from './market.js';
import { pointsOf } from './priorities.js';
import { refuse as refuseRound, type RuleSheet } from './round.js';

export type Weights = Omit<RuleSheet, 'wishes'>;
export interface Changes {
  readonly seats: readonly { readonly positionId: string; readonly added: number }[];
  /** At each position. */
  readonly everywhere: number;
  /** Null: those of the round's rule sheet. */
  readonly weights: Weights | null;
  readonly reserve: { readonly tag: string; readonly percent: number } | null;
}

/** Caps on interns stay as the round holds them: where one is reached, a seat more places nobody more. */
export function compare(market: Market, changes: Changes): WhatIf {
  assertLarge(market, changes);
  const before = withGroups(market);
  const seats = withSeats(before, { positions: seatsMore(before, changes) });
  const weighed = changes.weights ? withOrders(seats, scoresUnder(market, changes.weights)) : seats;
  return whatIf(before, changes.reserve ? withReserve(weighed, changes.reserve.tag, changes.reserve.percent) : weighed);
}

/** Of lists from before there were groups, no tags are known. */
function withGroups(market: Market): Instance {
  const tags = new Map(market.lists.map(({ alias, facts }) => [alias, (facts as Partial<typeof facts>).tags ?? []]));
  return { ...market.instance, applicants: market.instance.applicants.map((applicant) => ({ ...applicant, groups: [...new Set(tags.get(applicant.id))] })) };
}

function seatsMore({ positions }: Instance, { seats, everywhere }: Changes): Record<string, number> {
  const added = new Map(positions.map(({ id }) => [id, everywhere]));
  for (const { positionId, added: more } of seats) {
    const already = added.get(positionId);
    if (already === undefined) throw refuse.unknown_position({ field: 'seats', position: positionId });
    added.set(positionId, already + more);
  }
  return Object.fromEntries(added);
}

function scoresUnder(market: Market, weights: Weights): Record<string, { scores: Record<string, number> }> {
  const orders = Object.fromEntries(market.instance.positions.map(({ id }) => [id, { scores: {} as Record<string, number> }]));
  for (const { alias, facts } of market.lists) {
    for (const { positionId, rule } of market.wishes.get(alias) ?? []) {
      const [order, entry] = [orders[positionId], market.entries.get(positionId)];
      if (rule === null && order && entry) order.scores[alias] = pointsOf({ ...weights, wishes: 0 }, facts, entry);
    }
  }
  return orders;
}

/** Down to a multiple of five: two trials that differ in what concerns one student would else tell of that one. */
function roughly(count: number): number {
  return isSmall(count) ? HIDDEN : count - (count % AT_LEAST);
}

/** A weight or a reserve for a group of fewer than five would single them out. */
function assertLarge(market: Market, { weights, reserve }: Changes): void {
  const tags = [...(weights?.groups ?? []).map(({ tag }) => tag), ...(reserve ? [reserve.tag] : [])];
  for (const tag of tags) {
    const count = market.lists.filter(({ facts }) => (facts as Partial<typeof facts>).tags?.includes(tag)).length;
    if (isSmall(count)) throw refuseRound.group_too_small({ field: 'change', tag });
  }
}

type Outcome = WhatIf['all'];

/** A group of fewer than five, or that leaves fewer than five out, is not named; of the others a figure is hidden that is small, or whose rest in the group or outside it is. */
export function figuresOf({ all, groups, most }: WhatIf): placement.Scenario {
  const named = Object.entries(groups).filter(([, { applicants }]) => !isSmall(applicants) && !isSmall(all.applicants - applicants));
  return {
    groups: [figures('', all, roughly), ...named.map(([tag, group]) => figures(tag, group, (count, inAll) => (isSmall(count) || isSmall(group.applicants - count) || isSmall(inAll - count) ? HIDDEN : roughly(count)), all))],
    most: { before: roughly(most[0]), after: roughly(most[1]) },
  };
}

function figures(tag: string, of: Outcome, say: (count: number, inAll: number) => number, all: Outcome = of): placement.GroupFigures {
  const both = (name: 'placed' | 'firstWish'): placement.BeforeAfter => ({ before: say(of[name][0], all[name][0]), after: say(of[name][1], all[name][1]) });
  return { tag, students: roughly(of.applicants), placed: both('placed'), firstWish: both('firstWish'), better: say(of.better, all.better), worse: say(of.worse, all.worse) };
}
