// What is left of a market after answers: final seats are gone, the others keep at least what they hold.
import { Refused, type Instance } from './instance.js';
import { marketOf, type Market } from './market.js';

/**
 * `final`: accepted; the seat is subtracted and the applicant is out of the running. `holding`: waits, with an offer or without one (null), and may only
 * move up. `out`: declined, expired or withdrawn; the seat is free again.
 */
export type Stand =
  | { readonly state: 'final'; readonly position: string }
  | { readonly state: 'holding'; readonly position: string | null }
  | { readonly state: 'out' };

/** By applicant id; whoever is missing holds nothing and waits. */
export type Standing = Readonly<Record<string, Stand>>;

export interface Remaining {
  /** The order is that of the whole instance: nothing is drawn or called anew. */
  readonly market: Market;
  /** By applicant the final position, or -1. */
  readonly final: Int32Array;
  /** By applicant what is held and cannot be lost, or -1. */
  readonly held: Int32Array;
  readonly isOut: Uint8Array;
}

/** Refused: an id that the instance does not know, a seat that the applicant does not want or may not have. */
export function remainingOf(instance: Instance, standing: Standing): Remaining {
  const whole = marketOf(instance);
  const states = read(whole, standing);
  const nodeCapacity = whole.nodeCapacity.slice();
  for (const p of states.final) {
    for (let node = p; node >= 0; node = whole.nodeParent[node]!) nodeCapacity[node] = Math.max(0, nodeCapacity[node]! - 1);
  }
  const wishRank = whole.wishRank.slice();
  for (let a = 0; a < whole.applicants.length; a += 1) {
    const isGone = states.final[a]! >= 0 || states.isOut[a] === 1;
    let isBelow = isGone;
    for (let w = whole.wishStart[a]!; w < whole.wishStart[a + 1]!; w += 1) {
      if (isBelow) wishRank[w] = -1;
      if (whole.wishPosition[w] === states.held[a]) isBelow = true;
    }
  }
  const reserves = { ...whole.reserves, seats: seatsLeft(whole, states.final) };
  return { market: { ...whole, nodeCapacity, wishRank, reserves }, ...states };
}

function read(market: Market, standing: Standing): Omit<Remaining, 'market'> {
  const { applicants, applicantAt, positionAt } = market;
  for (const id of Object.keys(standing)) if (!applicantAt.has(id)) throw new Refused('instance.unknown_id', { applicant: id });
  const final = new Int32Array(applicants.length).fill(-1);
  const held = new Int32Array(applicants.length).fill(-1);
  const isOut = new Uint8Array(applicants.length);
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
    // A final seat may have been given by hand, outside the lists; a seat that is held comes from a match.
    if (stand.state === 'holding' && rankAt(market, a, p) < 0) throw new Refused('instance.bad_value', { applicant: id, position: stand.position });
    (stand.state === 'final' ? final : held)[a] = p;
  }
  return { final, held, isOut };
}

function rankAt({ wishStart, wishPosition, wishRank }: Market, a: number, p: number): number {
  for (let w = wishStart[a]!; w < wishStart[a + 1]!; w += 1) if (wishPosition[w] === p) return wishRank[w]!;
  return -1;
}

/** A final member of a group uses up one of its reserved seats; of several groups the first one listed that has a seat left. */
function seatsLeft({ instance, reserves }: Market, final: Int32Array): Int32Array {
  const seats = reserves.seats.slice();
  for (const [a, p] of final.entries()) {
    if (p < 0) continue;
    const groups = instance.applicants[a]!.groups ?? [];
    for (let n = reserves.start[p]!; n < reserves.start[p + 1]!; n += 1) {
      if (seats[n]! === 0 || !groups.includes(reserves.groups[n]!)) continue;
      seats[n]! -= 1;
      break;
    }
  }
  return seats;
}
