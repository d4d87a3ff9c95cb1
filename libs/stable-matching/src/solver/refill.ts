// A freed seat starts deferred acceptance again from what everybody holds.
import type { Instance, Matching } from '../instance/instance.js';
import { remainingOf, type Standing } from '../instance/standing.js';
import { assign, matchingOf } from './solve.js';

/**
 * The matching after a batch of answers. Nobody who holds or accepted a seat ends worse; no pair of those still in blocks; the same answers in any order
 * give the same digest, because only where everybody stands counts. Whoever holds a seat asks for nothing below it, so the best stable matching of what is
 * left is at least as good for each (Wu and Roth 2018: matchings without envy form a lattice with that one on top; Blum, Roth and Rothblum 1997).
 */
export function refill(instance: Instance, standing: Standing): Matching {
  const { market, final, isByHand, isOut } = remainingOf(instance, standing);
  const assigned = assign(market).map((p, a) => (isByHand[a] ? final[a]! : p));
  const matching = matchingOf(market, assigned);
  const unassigned = Object.entries(matching.unassigned).map(([id, reason]) => [id, isOut[market.applicantAt.get(id)!] ? 'out' : reason] as const);
  return { ...matching, unassigned: Object.fromEntries(unassigned) };
}
