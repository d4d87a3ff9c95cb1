// The independent check of a result, run on every round before it is published. Shares with the solver only the reader of instances, which
// numbers ids and draws the order; it never calls or repeats the solver, and asks of each pair what the definition asks.
import type { Assignments, Instance } from '../instance/instance.js';
import { marketOf, type Market } from '../instance/market.js';
import { remainingOf, type Standing } from '../instance/standing.js';
import { blockingPairs } from './blocking.js';
import { countsOf } from './counts.js';
import { digestByBuffers } from './own-digest.js';

export type ViolationKind =
  | 'unknown_applicant' | 'unknown_position' | 'missing_applicant' | 'two_seats'
  | 'unacceptable_pair' | 'position_over_cap' | 'host_over_cap'
  | 'blocking_pair' | 'unfilled_reserve' | 'wrong_digest'
  | 'worse_than_held' | 'final_seat_changed';

export interface Violation {
  readonly kind: ViolationKind;
  readonly applicant?: string;
  readonly position?: string;
  readonly host?: string;
  readonly group?: string;
  readonly seats?: number;
  readonly taken?: number;
}

/** An object, or pairs as they stand in a file: only pairs can give one applicant two seats. */
export type Claimed = Assignments | Iterable<readonly [applicant: string, position: string | null]>;

/** Every way in which the assignments are not a stable matching of the instance, or not the ones of this digest; empty when all is right. Throws `Refused` when the instance itself is not accepted. */
export function verify(instance: Instance, claimed: Claimed, digest?: string): Violation[] {
  const market = marketOf(instance);
  const { assigned, violations } = readClaim(market, claimed);
  return [...violations, ...verifyAssigned(market, assigned), ...checkDigest(claimed, digest)];
}

/** The same after a refill: final seats stand, nobody is worse off, and nobody still in blocks. */
export function verifyRefill(instance: Instance, standing: Standing, claim: { readonly assignments: Claimed; readonly digest?: string }): Violation[] {
  const { market, final, held } = remainingOf(instance, standing);
  const { assigned, violations } = readClaim(market, claim.assignments);
  for (const [a, p] of final.entries()) {
    if (p < 0) continue;
    if (assigned[a] !== p) violations.push({ kind: 'final_seat_changed', applicant: market.applicants[a]!, position: market.positions[p]! });
    assigned[a] = -1;
  }
  for (const [a, p] of held.entries()) {
    if (p >= 0 && wishOf(market, a, assigned[a]!) < 0) violations.push({ kind: 'worse_than_held', applicant: market.applicants[a]!, position: market.positions[p]! });
  }
  return [...violations, ...verifyAssigned(market, assigned), ...checkDigest(claim.assignments, claim.digest)];
}

/** On numbers: by applicant the position, or -1. */
export function verifyAssigned(market: Market, assigned: Int32Array): Violation[] {
  const { applicants, positions } = market;
  const held = new Int32Array(assigned.length).fill(-1);
  const violations: Violation[] = [];
  for (let a = 0; a < assigned.length; a += 1) {
    if (assigned[a]! < 0) continue;
    held[a] = wishOf(market, a, assigned[a]!);
    if (held[a]! < 0) violations.push({ kind: 'unacceptable_pair', applicant: applicants[a]!, position: positions[assigned[a]!]! });
  }
  const { taken, overCap } = countsOf(market, assigned);
  for (const violation of overCap) violations.push(violation);
  // Which pairs block is asked of matchings only: over a cap or with a pair nobody allows, the answer would mean nothing.
  return violations.length > 0 ? violations : blockingPairs(market, held, taken);
}

/** The acceptable wish of the pair, or -1. */
function wishOf({ wishStart, wishPosition, wishRank }: Market, a: number, p: number): number {
  for (let w = wishStart[a]!; w < wishStart[a + 1]!; w += 1) if (wishPosition[w] === p) return wishRank[w]! < 0 ? -1 : w;
  return -1;
}

function pairsOf(claimed: Claimed): Iterable<readonly [string, string | null]> {
  return Symbol.iterator in claimed ? (claimed as Iterable<readonly [string, string | null]>) : Object.entries(claimed);
}

function readClaim(market: Market, claimed: Claimed): { assigned: Int32Array; violations: Violation[] } {
  const { applicants, applicantAt, positionAt } = market;
  const assigned = new Int32Array(applicants.length).fill(-1);
  const isNamed = new Uint8Array(applicants.length);
  const violations: Violation[] = [];
  for (const [applicant, position] of pairsOf(claimed)) {
    const a = applicantAt.get(applicant);
    const p = position === null ? -1 : positionAt.get(position);
    if (position !== null && p === undefined) violations.push({ kind: 'unknown_position', applicant, position });
    if (a === undefined) {
      violations.push({ kind: 'unknown_applicant', applicant });
      continue;
    }
    isNamed[a] = 1;
    if (position === null || p === undefined) continue;
    if (assigned[a]! >= 0) violations.push({ kind: 'two_seats', applicant, position });
    else assigned[a] = p;
  }
  for (const [a, applicant] of applicants.entries()) if (!isNamed[a]) violations.push({ kind: 'missing_applicant', applicant });
  return { assigned, violations };
}

function checkDigest(claimed: Claimed, digest: string | undefined): Violation[] {
  return digest === undefined || digest === digestByBuffers(pairsOf(claimed)) ? [] : [{ kind: 'wrong_digest' }];
}
