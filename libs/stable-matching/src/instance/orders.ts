// The rank of each wish in the one order of its tree: a list, scores on a common scale, or one position's own order; ties by lottery, minimum shares by call order.
import { callSequence, membershipOf } from './call-order.js';
import type { Forest } from './forest.js';
import { Refused, type Instance, type Priorities, type Share } from './instance.js';
import type { Lottery } from './lottery.js';
import { numbersOf } from './numbers.js';
import type { Wishes } from './market.js';
import { refuseMisplacedShares } from './shares.js';

export interface RankInput {
  readonly instance: Instance;
  readonly applicants: readonly string[];
  readonly applicantAt: ReadonlyMap<string, number>;
  readonly forest: Forest;
  readonly wishes: Wishes;
  readonly lottery: Lottery;
}

export interface Ranks {
  readonly wishRank: Int32Array;
  /** Places in the order of position p: orderStart[p + 1] - orderStart[p]; none where its order is that of a tree. */
  readonly orderStart: Int32Array;
  /** Everyone whom a position accepts, listed or not; read again for each call, as only reserves need it. */
  readonly accepted: (position: number) => Int32Array;
}

/** Also refuses what has no order: mixed forms, a missing order, a list that contradicts its topmost binding host, shares where none may be. */
export function ranksOf(input: RankInput): Ranks {
  const ranker = new Ranker(input);
  const { rootHost, hosts, binding } = input.forest;
  refuseMisplacedShares(input.instance, input.forest);
  const below = new Map<number, number[]>(binding.map((h) => [h, []]));
  for (const [p] of input.instance.positions.entries()) {
    if (rootHost[p]! < 0) ranker.single(p);
    else below.get(rootHost[p]!)?.push(p);
  }
  for (const [root, positions] of below) {
    if (positions.length === 0) continue;
    if (hosts[root]!.priorities) ranker.listed(root, positions);
    else ranker.scored(root, positions);
  }
  const { wishRank, orderStart } = ranker;
  for (let p = 1; p < orderStart.length; p += 1) orderStart[p]! += orderStart[p - 1]!;
  return { wishRank, orderStart, accepted: (p) => ranker.accepted(p) };
}

/** Applicants by rank, and beside each the number of its tie; null where there is none. */
interface Order {
  readonly order: Int32Array;
  readonly tie: Int32Array | null;
}

/** One scratch array of ranks for all lists: each list counts on from where the last one ended, so that nothing is cleared or allocated for each. */
class Scratch {
  private readonly marks: Int32Array;
  private base = 1;
  private top = 1;

  constructor(applicants: number) {
    this.marks = new Int32Array(applicants);
  }

  /** Values below the length of the order. Null, or the applicant who stands in the list twice. */
  fill(order: Int32Array, values: Int32Array | null = null): number | null {
    if (this.top > LAST_MARK - order.length) {
      this.marks.fill(0);
      this.top = 1;
    }
    const { marks, top } = this;
    this.base = top;
    this.top = top + order.length;
    for (let n = 0; n < order.length; n += 1) {
      const a = order[n]!;
      if (marks[a]! >= top) return a;
      marks[a] = top + (values ? values[n]! : n);
    }
    return null;
  }

  of(applicant: number): number {
    const rank = this.marks[applicant]! - this.base;
    return rank >= 0 ? rank : -1;
  }
}

const LAST_MARK = 0x7fffffff;

class Ranker {
  readonly wishRank: Int32Array;
  readonly orderStart: Int32Array;
  private readonly own: Scratch;
  private readonly ties: Scratch;
  /** Of the topmost binding host at hand. */
  private readonly rank: Scratch;
  private readonly withTie = new Map<Priorities, Order>();
  private last: (Order & { readonly list: Priorities }) | null = null;

  constructor(private readonly input: RankInput) {
    this.wishRank = new Int32Array(input.wishes.wishPosition.length).fill(-1);
    this.orderStart = new Int32Array(input.instance.positions.length + 1);
    this.own = new Scratch(input.applicants.length);
    this.ties = new Scratch(input.applicants.length);
    this.rank = new Scratch(input.applicants.length);
  }

  /** A position under no binding host. */
  single(p: number): void {
    const { shares = [] } = this.input.instance.positions[p]!;
    const { order } = this.orderOf(p);
    this.orderStart[p + 1] = order.length;
    this.fill(this.called(order, shares), { position: this.input.instance.positions[p]!.id });
    const { atStart, wishAt, wishApplicant } = this.input.wishes;
    for (let at = atStart[p]!; at < atStart[p + 1]!; at += 1) this.wishRank[wishAt[at]!] = this.own.of(wishApplicant[wishAt[at]!]!);
  }

  /** Form (b): the topmost binding host gives the order; each list below must be that order over whom it accepts. */
  listed(root: number, positions: readonly number[]): void {
    const { forest, instance } = this.input;
    const host = forest.hosts[root]!;
    const drawn = this.drawn(host.priorities ?? [], { host: host.id });
    const { rank } = this;
    this.fill(drawn.order, { host: host.id });
    rank.fill(this.called(drawn.order, host.shares ?? []));
    this.ties.fill(drawn.order, drawn.tie);
    this.checkHostsBelow(root);
    const sources = new Map<Priorities, number[]>();
    for (const p of positions) {
      const source = forest.sources[p]!;
      if (source.from === 'scores') throw new Refused('order.mixed_forms', { host: host.id, position: instance.positions[p]!.id });
      if (source.from === 'nowhere') throw new Refused('order.missing', { position: instance.positions[p]!.id });
      sources.set(source.list, [...(sources.get(source.list) ?? []), p]);
      if (source.from === 'position') this.agrees(this.drawn(source.list, { position: instance.positions[p]!.id }), { host: host.id, position: instance.positions[p]!.id });
    }
    for (const [list, users] of sources) {
      this.fill(this.drawn(list, { position: instance.positions[users[0]!]!.id }).order, { position: instance.positions[users[0]!]!.id });
      for (const p of users) this.take(p, (a) => (this.own.of(a) < 0 ? -1 : rank.of(a)));
    }
  }

  /** Form (a): the pairs of the whole tree by score, then lottery, then the applicant's own wish. */
  scored(root: number, positions: readonly number[]): void {
    const { forest, instance, wishes, applicants } = this.input;
    this.refuseListsAmongScores(root, positions);
    if (forest.hosts[root]!.shares?.length) throw new Refused('shares.without_list', { host: forest.hosts[root]!.id });
    const pairs: number[] = [];
    const score = new Float64Array(this.wishRank.length);
    for (const p of positions) {
      const scores = instance.positions[p]!.scores ?? {};
      this.fill(this.idsOf(Object.keys(scores), { position: instance.positions[p]!.id }), { position: instance.positions[p]!.id });
      for (const w of wishesAt(wishes, p)) {
        const a = wishes.wishApplicant[w]!;
        if (this.own.of(a) < 0) continue;
        score[w] = numberAt(scores, applicants[a]!, instance.positions[p]!.id);
        pairs.push(w);
      }
    }
    const id = (w: number): string => applicants[wishes.wishApplicant[w]!]!;
    pairs.sort((v, w) => score[w]! - score[v]! || (wishes.wishApplicant[v] === wishes.wishApplicant[w] ? v - w : this.input.lottery.compare(id(v), id(w))));
    for (const [rank, w] of pairs.entries()) this.wishRank[w] = rank;
  }

  accepted(p: number): Int32Array {
    return this.orderOf(p).order;
  }

  private orderOf(p: number): Order {
    const position = this.input.instance.positions[p]!;
    const source = this.input.forest.sources[p]!;
    switch (source.from) {
      case 'scores':
        return { order: this.byScore(position.scores ?? {}, position.id), tie: null };
      case 'nowhere':
        return { order: new Int32Array(0), tie: null };
      case 'position':
      case 'host':
        return this.drawn(source.list, { position: position.id });
    }
  }

  private byScore(scores: Readonly<Record<string, number>>, position: string): Int32Array {
    const ids = Object.keys(scores);
    for (const id of ids) numberAt(scores, id, position);
    return this.idsOf(ids.sort((a, b) => scores[b]! - scores[a]! || this.input.lottery.compare(a, b)), { position });
  }

  /** Remembers the last list, as positions under one host often share it, and those with ties, which cost most. */
  private drawn(list: Priorities, of: object): Order {
    if (this.last?.list === list) return this.last;
    const known = this.withTie.get(list);
    if (known) return known;
    const isStrict = list.every((entry) => typeof entry === 'string');
    this.last = { list, ...(isStrict ? { order: numbersOf(this.input.instance)?.orders.get(list) ?? this.idsOf(list, of), tie: null } : this.withTies(list, of)) };
    if (!isStrict) this.withTie.set(list, this.last);
    return this.last;
  }

  private withTies(list: Priorities, of: object): Order {
    const entries = list.map((entry) => (typeof entry === 'string' ? [entry] : this.input.lottery.sorted(entry))).filter((tied) => tied.length > 0);
    return { order: this.idsOf(entries.flat(), of), tie: Int32Array.from(entries.flatMap((tied, n) => tied.map(() => n))) };
  }

  /** The slowest step of all: of each id one look into a table larger than the caches. */
  private idsOf(ids: readonly string[], of: object): Int32Array {
    const { applicantAt } = this.input;
    const order = new Int32Array(ids.length);
    for (let n = 0; n < ids.length; n += 1) {
      const a = applicantAt.get(ids[n]!);
      if (a === undefined) throw new Refused('instance.unknown_id', { ...of, applicant: ids[n] });
      order[n] = a;
    }
    return order;
  }

  /** Over everybody accepted, listed or not: else a list could be gamed. */
  private called(order: Int32Array, shares: readonly Share[]): Int32Array {
    if (shares.length === 0) return order;
    const { applicants } = this.input.instance;
    const members = membershipOf(Array.from(order, (a) => applicants[a]!.groups ?? []), shares);
    return callSequence(members, shares).map((n) => order[n]!);
  }

  private fill(order: Int32Array, of: object): void {
    const twice = this.own.fill(order);
    if (twice !== null) throw new Refused('instance.repeated', { ...of, applicant: this.input.applicants[twice] });
  }

  private take(p: number, rankOf: (applicant: number) => number): void {
    const { atStart, wishAt, wishApplicant } = this.input.wishes;
    for (let at = atStart[p]!; at < atStart[p + 1]!; at += 1) {
      const w = wishAt[at]!;
      this.wishRank[w] = rankOf(wishApplicant[w]!);
    }
  }

  private checkHostsBelow(root: number): void {
    const { hosts, hostParent } = this.input.forest;
    for (const [h, { id, priorities }] of hosts.entries()) {
      if (h === root || !priorities || !isBelow(h, root, hostParent)) continue;
      this.agrees(this.drawn(priorities, { host: id }), { host: hosts[root]!.id, below: id });
    }
  }

  /** Names the first pair of applicants whom the two lists order, or tie, differently. */
  private agrees({ order, tie }: Order, names: object): void {
    const { applicants } = this.input;
    for (let n = 0; n < order.length; n += 1) {
      const mine = this.ties.of(order[n]!);
      if (mine < 0) throw new Refused('order.contradiction', { ...names, applicant: applicants[order[n]!] });
      if (n === 0) continue;
      const before = this.ties.of(order[n - 1]!);
      const isTied = tie !== null && tie[n] === tie[n - 1];
      if (isTied ? mine !== before : mine <= before) throw new Refused('order.contradiction', { ...names, applicants: [applicants[order[n - 1]!], applicants[order[n]!]] });
    }
  }

  private refuseListsAmongScores(root: number, positions: readonly number[]): void {
    const { forest, instance } = this.input;
    const withScores = positions.find((p) => forest.sources[p]!.from === 'scores');
    const without = positions.find((p) => forest.sources[p]!.from !== 'scores');
    const host = forest.hosts[root]!.id;
    if (withScores === undefined) throw new Refused('order.missing', { host });
    if (without !== undefined) throw new Refused('order.mixed_forms', { host, positions: [instance.positions[withScores]!.id, instance.positions[without]!.id] });
    const lower = forest.hosts.find(({ priorities }, h) => priorities && isBelow(h, root, forest.hostParent));
    if (lower) throw new Refused('order.mixed_forms', { host: lower.id, position: instance.positions[withScores]!.id });
  }
}

function isBelow(h: number, root: number, hostParent: Int32Array): boolean {
  for (let above = hostParent[h]!; above >= 0; above = hostParent[above]!) if (above === root) return true;
  return false;
}

function wishesAt({ atStart, wishAt }: Wishes, p: number): Int32Array {
  return wishAt.subarray(atStart[p]!, atStart[p + 1]!);
}

function numberAt(scores: Readonly<Record<string, number>>, id: string, position: string): number {
  const score = scores[id];
  if (typeof score !== 'number' || !Number.isFinite(score)) throw new Refused('instance.bad_value', { position, applicant: id, score });
  return score;
}

