// From frozen lists and entries to an instance of stable matching, and from a matching back to what each student is told.
import { createHash } from 'node:crypto';
import { digestOfLists, type Assignments, type Instance, type Standing } from '@tandem/stable-matching';
import { headHosts, type HeadHost, type Pool } from './heads.js';
import { pointsOf, unacceptable, type PositionFacts, type StudentFacts } from './priorities.js';
import type { RuleSheet } from './round.js';

export interface ListInput {
  readonly studentId: string;
  /** The student's name in this round: the market, and what is published, know no other. */
  readonly alias: string;
  readonly collegeOrg: string;
  readonly choices: readonly string[];
  readonly facts: StudentFacts;
}

export interface EntryInput extends PositionFacts {
  readonly entryId: string;
  readonly positionId: string;
  readonly seats: number;
  readonly enterpriseOrg: string;
  readonly occupation: string;
  /** Whether it counts against the caps on interns. */
  readonly isCapped: boolean;
}

export interface Wish {
  readonly positionId: string;
  readonly points: number;
  /** `enterprise_cap`: the round has no head for it at all. */
  readonly rule: 'age' | 'night_work' | 'major' | 'left_round' | 'enterprise_cap' | null;
}

export interface Market {
  readonly instance: Instance;
  readonly inputHash: string;
  /** Of the lists as they are now. */
  readonly listsDigest: string;
  readonly lists: readonly ListInput[];
  readonly entries: ReadonlyMap<string, EntryInput>;
  /** By alias. */
  readonly wishes: ReadonlyMap<string, readonly Wish[]>;
  /** The caps above a position that can bind, from the nearest up. */
  readonly hostsOf: (positionId: string) => readonly HeadHost[];
}

interface Frame {
  readonly rules: RuleSheet;
  readonly startsOn: string;
}

export interface MarketInput {
  readonly lists: readonly ListInput[];
  readonly entries: readonly EntryInput[];
  readonly pools: readonly Pool[];
  /** For a refill: by host the places of those who are no part of it. */
  readonly stayers?: ReadonlyMap<string, number>;
}

/** `seedOf` makes the lottery's seed from the digest of the frozen lists. The same inputs in any order give the same market. Points are the one scale that an order under a cap needs. */
export function marketOf(frame: Frame, { lists, entries, pools, stayers }: MarketInput, seedOf: (listsDigest: string) => string): Market {
  const byPosition = new Map(entries.map((entry) => [entry.positionId, entry]));
  const listsDigest = digestOfLists(lists.map(({ alias, choices }) => [alias, choices]));
  const sorted = lists.toSorted((a, b) => (a.alias < b.alias ? -1 : 1));
  const { hosts, pathOf } = headHosts(pools, stayers);
  const paths = new Map(entries.map((entry) => [entry.positionId, entry.isCapped ? pathOf(entry) : []]));
  const hostsOf = (positionId: string): readonly HeadHost[] => paths.get(positionId) ?? [];
  const wishes = new Map(sorted.map((list) => [list.alias, wishesOf(frame, list, byPosition, hostsOf)]));
  const scores = new Map<string, Record<string, number>>(entries.map(({ positionId }) => [positionId, {}]));
  for (const [alias, own] of wishes) for (const { positionId, points, rule } of own) if (rule === null) (scores.get(positionId) ?? {})[alias] = points;
  const offered = entries.filter(({ seats, positionId }) => seats > 0 && hasHead(hostsOf(positionId)));
  const instance: Instance = {
    applicants: sorted.map(({ alias }) => ({ id: alias, preferences: acceptableTo(wishes.get(alias) ?? []) })),
    positions: offered
      .toSorted((a, b) => (a.positionId < b.positionId ? -1 : 1))
      .map(({ positionId, seats }) => ({ id: positionId, capacity: seats, ...hostOf(hostsOf(positionId)), scores: scores.get(positionId) ?? {} })),
    ...(hosts.length > 0 && { hosts: hosts.filter((host) => hasHead(pathFrom(host, hosts))) }),
    seed: seedOf(listsDigest),
  };
  return { instance, inputHash: sha256(JSON.stringify(instance)), listsDigest, lists: sorted, entries: byPosition, wishes, hostsOf };
}

function hostOf([nearest]: readonly HeadHost[]): { host?: string } {
  return nearest ? { host: nearest.id } : {};
}

function pathFrom(host: HeadHost, hosts: readonly HeadHost[]): HeadHost[] {
  return [host, ...hosts.filter(({ id }) => id === host.parent)];
}

function hasHead(path: readonly HeadHost[]): boolean {
  return path.every(({ capacity }) => capacity > 0);
}

function acceptableTo(wishes: readonly Wish[]): string[] {
  return wishes.filter(({ rule }) => rule === null).map(({ positionId }) => positionId);
}

function wishesOf({ rules, startsOn }: Frame, { choices, facts }: ListInput, entries: ReadonlyMap<string, EntryInput>, hostsOf: Market['hostsOf']): Wish[] {
  return choices.map((positionId) => {
    const entry = entries.get(positionId);
    if (!entry || entry.seats === 0) return { positionId, points: 0, rule: 'left_round' };
    const rule = unacceptable(facts, entry, startsOn) ?? (hasHead(hostsOf(positionId)) ? null : 'enterprise_cap');
    return { positionId, points: pointsOf(rules, facts, entry), rule };
  });
}

function sha256(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/** More than any sum of points. */
const HELD = 1_000_000_000;

/**
 * For a refill: who holds a seat, or has it for good, comes before everybody else there. A student whose own place was taken back may be in the running again with
 * more points, and an offer that was made binds.
 */
export function keepingHeld(instance: Instance, standing: Standing): Instance {
  const holders = new Map<string, string[]>();
  for (const [student, stand] of Object.entries(standing)) {
    const seat = seatOf(stand);
    if (seat !== null) holders.set(seat, [...(holders.get(seat) ?? []), student]);
  }
  const positions = instance.positions.map(({ scores = {}, ...position }) => {
    const held = (holders.get(position.id) ?? []).map((student) => [student, HELD + (scores[student] ?? 0)] as const);
    return { ...position, scores: { ...scores, ...Object.fromEntries(held) } };
  });
  return { ...instance, positions };
}

export interface WishTold {
  readonly positionId: string;
  readonly wish: number;
  /** `enterprise_cap`: the position has seats, and the enterprise has no head for them. `held`: in a refill, every seat is kept by somebody who had it before; points did not decide. */
  readonly outcome: 'assigned' | 'not_reached' | 'full' | 'enterprise_cap' | 'held' | 'not_acceptable' | 'left_round';
  readonly rule: string;
  readonly points: number;
  /** Lowest points that were admitted, where at least 5 were; else -1. */
  readonly lastPoints: number;
  readonly byLottery: boolean;
}

export interface Told {
  readonly studentId: string;
  readonly alias: string;
  readonly collegeOrg: string;
  readonly positionId: string | null;
  /** Which wish it is, from 1. */
  readonly wish: number | null;
  readonly reason: 'no_list' | 'none_acceptable' | 'all_full' | null;
  readonly wishes: readonly WishTold[];
}

/** A number about others is said only of so many. */
const AT_LEAST = 5;

/** `assignments` and `standing` by alias. What each student is told: about the own wishes alone, and of others only how many points sufficed. In a refill those who stand somewhere stay whatever their points: they are a measure only for who has fewer. */
export function tell(market: Market, assignments: Assignments, standing: Standing = {}): Told[] {
  const everybody = cutoffsOf(market, assignments, {});
  const newcomers = Object.keys(standing).length === 0 ? everybody : cutoffsOf(market, assignments, standing);
  return market.lists.map(({ studentId, alias, collegeOrg }) => {
    const positionId = assignments[alias] ?? null;
    const own = market.wishes.get(alias) ?? [];
    const at = own.findIndex((wish) => wish.positionId === positionId);
    const wishes = own.map((wish, n) => toldOf(wish, n, at, () => limitOf(market, wish, everybody, newcomers)));
    return { studentId, alias, collegeOrg, positionId, wish: at === -1 ? null : at + 1, reason: positionId === null ? reasonOf(own) : null, wishes };
  });
}

interface Cutoff {
  readonly admitted: number;
  readonly lowest: number;
}

function seatOf(stand: Standing[string] | undefined): string | null {
  return stand === undefined || stand.state === 'out' ? null : stand.position;
}

type Cutoffs = ReadonlyMap<string, Cutoff>;

/** Of each position, and of each cap above it, those who got in by their points. */
function cutoffsOf({ lists, wishes, hostsOf }: Market, assignments: Assignments, standing: Standing): Cutoffs {
  const cutoffs = new Map<string, Cutoff>();
  for (const { alias } of lists) {
    const wish = wishes.get(alias)?.find(({ positionId }) => positionId === assignments[alias]);
    if (!wish || seatOf(standing[alias]) === wish.positionId) continue;
    for (const id of [wish.positionId, ...hostsOf(wish.positionId).map((host) => host.id)]) {
      const { admitted, lowest } = cutoffs.get(id) ?? { admitted: 0, lowest: Infinity };
      cutoffs.set(id, { admitted: admitted + 1, lowest: Math.min(lowest, wish.points) });
    }
  }
  return cutoffs;
}

interface Limit {
  readonly outcome: 'full' | 'enterprise_cap';
  readonly cutoff: Cutoff | null;
}

/** What kept somebody out who was acceptable: the position's seats, or, where it has some left, the nearest cap above it that is reached. */
function limitOf({ entries, hostsOf }: Market, wish: Wish, everybody: Cutoffs, newcomers: Cutoffs): Limit {
  const isFull = (id: string, capacity: number): boolean => (everybody.get(id)?.admitted ?? 0) >= capacity;
  const { positionId } = wish;
  const cap = isFull(positionId, entries.get(positionId)?.seats ?? 0) ? undefined : hostsOf(positionId).find(({ id, capacity }) => isFull(id, capacity));
  const id = cap?.id ?? positionId;
  return { outcome: cap ? 'enterprise_cap' : 'full', cutoff: measure(wish, everybody.get(id), newcomers.get(id)) };
}

/** Null where points did not decide. */
function measure({ points }: Wish, everybody: Cutoff | undefined, newcomers: Cutoff | undefined): Cutoff | null {
  return everybody && points <= everybody.lowest ? everybody : (newcomers ?? null);
}

function toldOf({ positionId, points, rule }: Wish, n: number, assignedAt: number, limit: () => Limit): WishTold {
  const base = { positionId, wish: n + 1, points, rule: '', lastPoints: -1, byLottery: false };
  if (rule === 'left_round' || rule === 'enterprise_cap') return { ...base, outcome: rule };
  if (rule !== null) return { ...base, outcome: 'not_acceptable', rule };
  if (n === assignedAt) return { ...base, outcome: 'assigned' };
  if (assignedAt !== -1 && n > assignedAt) return { ...base, outcome: 'not_reached' };
  const { outcome, cutoff } = limit();
  if (cutoff === null) return { ...base, outcome: 'held' };
  const says = cutoff.admitted >= AT_LEAST;
  return { ...base, outcome, lastPoints: says ? cutoff.lowest : -1, byLottery: says && cutoff.lowest === points };
}

function reasonOf(wishes: readonly Wish[]): 'no_list' | 'none_acceptable' | 'all_full' {
  if (wishes.length === 0) return 'no_list';
  return wishes.every(({ rule }) => rule !== null && rule !== 'enterprise_cap') ? 'none_acceptable' : 'all_full';
}
