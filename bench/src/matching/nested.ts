// The same wishes under caps of more levels: kinds of post, enterprises and parks above the positions, each with four fifths of the seats below it.
import type { Levels, OneLevel } from '@tandem/stable-matching';
import { randomNumbers } from './instance.js';

const CHILDREN = 5;
const CAP = 0.8;
const MEMBERS = 0.2;

/** Under one topmost host there is one order, drawn anew; with `reserves` a fifth of the applicants and of each position's seats belong to a group. */
export function nested(level: OneLevel, hostLevels: number, { seed, reserves }: { seed: number; reserves: boolean }): Levels {
  const draw = randomNumbers(seed);
  const { nodeCapacity, nodeParent, rootOf } = hosts(level.capacity, hostLevels);
  const positions = level.capacity.length;
  const applicants = level.wishStart.length - 1;
  const member = Uint8Array.from({ length: applicants }, () => (draw() < MEMBERS ? 1 : 0));
  const owner = new Int32Array(level.wishPosition.length);
  for (let a = 0; a < applicants; a += 1) owner.fill(a, level.wishStart[a], level.wishStart[a + 1]);
  return {
    wishStart: level.wishStart,
    wishPosition: level.wishPosition,
    wishRank: hostLevels === 0 ? level.wishRank : rankedByRoot(level, owner, { rootOf, draw }),
    nodeCapacity,
    nodeParent,
    reserves: {
      start: Int32Array.from({ length: positions + 1 }, (_, p) => (reserves ? p : 0)),
      seats: reserves ? level.capacity.map((seats) => Math.floor(seats * MEMBERS)) : new Int32Array(0),
      groups: reserves ? Array.from({ length: positions }, () => 'members') : [],
      wishGroups: reserves ? owner.map((a) => member[a]!) : null,
      overlaps: new Uint8Array(positions),
    },
  };
}

export function proposals({ wishStart, wishPosition, wishRank }: Pick<Levels, 'wishStart' | 'wishPosition' | 'wishRank'>, assigned: Int32Array): number {
  let count = 0;
  for (let a = 0; a < assigned.length; a += 1) {
    for (let w = wishStart[a]!; w < wishStart[a + 1]!; w += 1) {
      if (wishRank[w]! >= 0) count += 1;
      if (wishPosition[w] === assigned[a]) break;
    }
  }
  return count;
}

function hosts(capacity: Int32Array, hostLevels: number): { nodeCapacity: Int32Array; nodeParent: Int32Array; rootOf: (p: number) => number } {
  const seats = [...capacity];
  const parent = seats.map(() => -1);
  let [from, to] = [0, seats.length];
  for (let level = 0; level < hostLevels; level += 1) {
    for (let first = from; first < to; first += CHILDREN) {
      const below = Array.from({ length: Math.min(CHILDREN, to - first) }, (_, n) => first + n);
      for (const node of below) parent[node] = seats.length;
      seats.push(Math.max(1, Math.floor(CAP * below.reduce((sum, node) => sum + seats[node]!, 0))));
      parent.push(-1);
    }
    [from, to] = [to, seats.length];
  }
  const rootOf = (p: number): number => {
    let node = p;
    while (parent[node]! >= 0) node = parent[node]!;
    return node;
  };
  return { nodeCapacity: Int32Array.from(seats), nodeParent: Int32Array.from(parent), rootOf };
}

function rankedByRoot({ wishPosition }: OneLevel, owner: Int32Array, { rootOf, draw }: { rootOf: (p: number) => number; draw: () => number }): Int32Array {
  const ability = Float64Array.from({ length: owner.at(-1)! + 1 }, draw);
  const byRoot = new Map<number, number[]>();
  for (const [w, p] of wishPosition.entries()) {
    const wishes = byRoot.get(rootOf(p));
    if (wishes) wishes.push(w);
    else byRoot.set(rootOf(p), [w]);
  }
  const wishRank = new Int32Array(wishPosition.length);
  const key = new Float64Array(ability.length);
  const place = new Int32Array(ability.length);
  for (const wishes of byRoot.values()) {
    const people = [...new Set(wishes.map((w) => owner[w]!))];
    for (const a of people) key[a] = 0.5 * ability[a]! + 0.5 * draw();
    for (const [n, a] of people.sort((x, y) => key[y]! - key[x]! || x - y).entries()) place[a] = n;
    for (const w of wishes) wishRank[w] = place[owner[w]!]!;
  }
  return wishRank;
}
