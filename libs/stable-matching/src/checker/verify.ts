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
  return verifyMarket(marketOf(instance), claimed, digest);
}

/** The same for an instance that was read before. */
export function verifyMarket(market: Market, claimed: Claimed, digest?: string): Violation[] {
  const { assigned, violations } = readClaim(market, claimed);
  return [...violations, ...verifyAssigned(market, assigned), ...checkDigest(claimed, digest)];
}

/** The same after a refill: final seats stand, nobody is worse off, and nobody still in blocks. */
export function verifyRefill(instance: Instance, standing: Standing, claim: { readonly assignments: Claimed; readonly digest?: string }): Violation[] {
  const { market, final, isByHand, held } = remainingOf(instance, standing);
  const { assigned, violations } = readClaim(market, claim.assignments);
  for (const [a, p] of final.entries()) {
    if (p < 0) continue;
    if (assigned[a] !== p) violations.push({ kind: 'final_seat_changed', applicant: market.applicants[a]!, position: market.positions[p]! });
    if (isByHand[a]) assigned[a] = -1;
  }
  for (const [a, p] of held.entries()) {
    if (p >= 0 && wishOf(market, a, assigned[a]!) < 0) violations.push({ kind: 'worse_than_held', applicant: market.applicants[a]!, position: market.positions[p]! });
  }
  return [...violations, ...verifyAssigned(market, assigned), ...checkDigest(claim.assignments, claim.digest)];
}

/** On numbers: by applicant the position, or -1. */
function verifyAssigned(market: Market, assigned: Int32Array): Violation[] {
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

function isPairs(claimed: Claimed): claimed is Iterable<readonly [string, string | null]> {
  return Symbol.iterator in claimed;
}

function pairsOf(claimed: Claimed): Iterable<readonly [string, string | null]> {
  return isPairs(claimed) ? claimed : Object.entries(claimed);
}

interface Claim {
  readonly assigned: Int32Array;
  readonly violations: Violation[];
}

/** An object names each applicant once, so that it is asked for those of the instance; only what is left over has to be searched. */
function readClaim(market: Market, claimed: Claimed): Claim {
  if (isPairs(claimed)) return readPairs(market, claimed);
  const { applicants } = market;
  if (Object.keys(claimed).length !== applicants.length) return readPairs(market, Object.entries(claimed));
  const claim: Claim = { assigned: new Int32Array(applicants.length).fill(-1), violations: [] };
  for (let a = 0; a < applicants.length; a += 1) {
    const position = claimed[applicants[a]!];
    if (position === undefined || !Object.hasOwn(claimed, applicants[a]!)) return readPairs(market, Object.entries(claimed));
    if (position !== null) seat(market, claim, { a, position });
  }
  return claim;
}

function readPairs(market: Market, pairs: Iterable<readonly [string, string | null]>): Claim {
  const { applicants, applicantAt, positionAt } = market;
  const claim: Claim = { assigned: new Int32Array(applicants.length).fill(-1), violations: [] };
  const isNamed = new Uint8Array(applicants.length);
  for (const [applicant, position] of pairs) {
    const a = applicantAt.get(applicant);
    if (a !== undefined) isNamed[a] = 1;
    else claim.violations.push({ kind: 'unknown_applicant', applicant });
    if (a !== undefined && position !== null) seat(market, claim, { a, position });
    else if (position !== null && !positionAt.has(position)) claim.violations.push({ kind: 'unknown_position', applicant, position });
  }
  for (const [a, applicant] of applicants.entries()) if (!isNamed[a]) claim.violations.push({ kind: 'missing_applicant', applicant });
  return claim;
}

function seat({ applicants, positionAt }: Market, { assigned, violations }: Claim, { a, position }: { a: number; position: string }): void {
  const p = positionAt.get(position);
  if (p === undefined) violations.push({ kind: 'unknown_position', applicant: applicants[a]!, position });
  else if (assigned[a]! >= 0) violations.push({ kind: 'two_seats', applicant: applicants[a]!, position });
  else assigned[a] = p;
}

function checkDigest(claimed: Claimed, digest: string | undefined): Violation[] {
  return digest === undefined || digest === digestByBuffers(pairsOf(claimed)) ? [] : [{ kind: 'wrong_digest' }];
}
