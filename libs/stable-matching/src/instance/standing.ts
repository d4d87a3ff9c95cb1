// What is left of a market after answers: final seats are gone, the others keep at least what they hold.
import { Refused, type Instance } from './instance.js';
import { marketOf, type Market } from './market.js';

/**
 * `final`: accepted; the seat is taken and the applicant is out of the running. `holding`: waits, with an offer or without one (null), and may only
 * move up. `out`: declined, expired or withdrawn; the seat is free again.
 */
export type Stand =
  /** `byHand`: given outside the match, so that others may have come before; a seat that was no acceptable wish always is. */
  | { readonly state: 'final'; readonly position: string; readonly byHand?: boolean }
  | { readonly state: 'holding'; readonly position: string | null }
  | { readonly state: 'out' };

/** By applicant id; whoever is missing holds nothing and waits. */
export type Standing = Readonly<Record<string, Stand>>;

export interface Remaining {
  /** The order is that of the whole instance: nothing is drawn or called anew. */
  readonly market: Market;
  /** By applicant the final position, or -1. */
  readonly final: Int32Array;
  /** Such seats are gone from the market's capacities. */
  readonly isByHand: Uint8Array;
  /** By applicant what is held and cannot be lost, or -1. */
  readonly held: Int32Array;
  readonly isOut: Uint8Array;
}

/**
 * Whoever is final asks for nothing but the final seat, whoever holds one for nothing below it. So final seats count against position, host and reserve as they did in
 * the match, on the very seat, reserved or open, where the order puts them: to take them out with a count of each reserve would be a guess where groups overlap.
 * Refused: an id that the instance does not know, a seat held that the applicant does not want or may not have.
 */
export function remainingOf(instance: Instance, standing: Standing): Remaining {
  const whole = marketOf(instance);
  const states = read(whole, standing);
  const wishRank = whole.wishRank.slice();
  for (let a = 0; a < whole.applicants.length; a += 1) cut(whole, wishRank, states, a);
  const byHand = states.final.filter((_, a) => states.isByHand[a] === 1);
  if (byHand.length === 0) return { market: { ...whole, wishRank }, ...states };
  const nodeCapacity = whole.nodeCapacity.slice();
  for (const p of byHand) {
    for (let node = p; node >= 0; node = whole.nodeParent[node]!) nodeCapacity[node] = Math.max(0, nodeCapacity[node]! - 1);
  }
  return { market: { ...whole, wishRank, nodeCapacity, reserves: { ...whole.reserves, seats: seatsLeft(whole, states) } }, ...states };
}

type States = Omit<Remaining, 'market'>;

function cut({ wishStart, wishPosition }: Market, wishRank: Int32Array, { final, isByHand, held, isOut }: States, a: number): void {
  let isBelow = isOut[a] === 1 || isByHand[a] === 1;
  for (let w = wishStart[a]!; w < wishStart[a + 1]!; w += 1) {
    if (isBelow || (final[a]! >= 0 && wishPosition[w] !== final[a])) wishRank[w] = -1;
    if (wishPosition[w] === held[a]) isBelow = true;
  }
}

function read(market: Market, standing: Standing): States {
  const { applicants, applicantAt, positionAt } = market;
  for (const id of Object.keys(standing)) if (!applicantAt.has(id)) throw new Refused('instance.unknown_id', { applicant: id });
  const final = new Int32Array(applicants.length).fill(-1);
  const held = new Int32Array(applicants.length).fill(-1);
  const [isByHand, isOut] = [new Uint8Array(applicants.length), new Uint8Array(applicants.length)];
  for (const [a, id] of applicants.entries()) {
    const stand = Object.hasOwn(standing, id) ? standing[id] : undefined;
    if (!stand) continue;
    if (stand.state === 'out') {
      isOut[a] = 1;
      continue;
    }
    if (stand.position === null) continue;
    const p = positionAt.get(stand.position);
    if (p === undefined) throw new Refused('instance.unknown_id', { applicant: id, position: stand.position });
    (stand.state === 'final' ? final : held)[a] = p;
    isByHand[a] = isGivenByHand(stand, rankAt(market, a, p), id) ? 1 : 0;
  }
  return { final, isByHand, held, isOut };
}

function isGivenByHand(stand: Exclude<Stand, { readonly state: 'out' }>, rank: number, applicant: string): boolean {
  if (stand.state === 'final') return stand.byHand === true || rank < 0;
  if (rank < 0) throw new Refused('instance.bad_value', { applicant, position: stand.position });
  return false;
}

function rankAt({ wishStart, wishPosition, wishRank }: Market, a: number, p: number): number {
  for (let w = wishStart[a]!; w < wishStart[a + 1]!; w += 1) if (wishPosition[w] === p) return wishRank[w]!;
  return -1;
}

/** A member placed by hand uses up a reserved seat that no other member sits on; never one that is taken, or its holder would have to leave. */
function seatsLeft({ instance, reserves }: Market, { final, held, isByHand }: States): Int32Array {
  const seats = reserves.seats.slice();
  const seated: number[][] = instance.positions.map(() => []);
  for (let a = 0; a < final.length; a += 1) if (final[a]! >= 0 || held[a]! >= 0) seated[Math.max(final[a]!, held[a]!)]!.push(a);
  for (const [p, people] of seated.entries()) {
    for (let n = reserves.start[p]!; n < reserves.start[p + 1]!; n += 1) {
      const members = people.filter((a) => instance.applicants[a]!.groups?.includes(reserves.groups[n]!));
      const byHand = members.filter((a) => isByHand[a]).length;
      seats[n] = Math.max(Math.min(seats[n]!, members.length - byHand), seats[n]! - byHand);
    }
  }
  return seats;
}
