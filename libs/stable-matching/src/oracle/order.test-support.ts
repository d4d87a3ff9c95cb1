// The orders of model.md section 7 word for word, on ids: what the reader says in numbers, found again without it.
import { createHmac } from 'node:crypto';
import type { Host, Instance, Position, Priorities, Share } from '../instance/instance.js';

export interface Pair {
  readonly applicant: string;
  readonly position: string;
}

export interface Tree {
  /** The topmost binding host, or null for a position on its own. */
  readonly root: Host | null;
  readonly positions: readonly Position[];
  /** Negative if the first pair comes first. */
  readonly compare: (x: Pair, y: Pair) => number;
}

export class Rules {
  private readonly paths = new Map<Position, Host[]>();
  private readonly acceptedBy = new Map<Position, string[]>();
  private readonly wishes: ReadonlyMap<string, readonly string[]>;

  constructor(readonly instance: Instance) {
    this.wishes = new Map(instance.applicants.map(({ id, preferences }) => [id, preferences]));
  }

  host(id: string | undefined): Host | undefined {
    return this.instance.hosts?.find((host) => host.id === id);
  }

  hostsAbove(position: Position): Host[] {
    const known = this.paths.get(position);
    if (known) return known;
    const path: Host[] = [];
    for (let host = this.host(position.host); host; host = this.host(host.parent)) path.push(host);
    this.paths.set(position, path);
    return path;
  }

  accepted(position: Position): string[] {
    const known = this.acceptedBy.get(position) ?? this.readAccepted(position);
    this.acceptedBy.set(position, known);
    return known;
  }

  private readAccepted(position: Position): string[] {
    if (position.scores) return Object.keys(position.scores);
    const list = position.priorities ?? this.hostsAbove(position).find(({ priorities }) => priorities)?.priorities ?? [];
    return list.flat();
  }

  sumBelow(host: Host): number {
    const positions = this.instance.positions.filter((position) => position.host === host.id).map((position) => Math.min(position.capacity, this.accepted(position).length));
    const hosts = (this.instance.hosts ?? []).filter(({ parent }) => parent === host.id).map((child) => Math.min(child.capacity, this.sumBelow(child)));
    return [...positions, ...hosts].reduce((sum, each) => sum + each, 0);
  }

  topmostBinding(position: Position): Host | null {
    return this.hostsAbove(position).findLast((host) => host.capacity < this.sumBelow(host)) ?? null;
  }

  trees(): Tree[] {
    const byRoot = new Map<string, Position[]>();
    for (const position of this.instance.positions) {
      const root = this.topmostBinding(position);
      const key = root ? `host ${root.id}` : `position ${position.id}`;
      byRoot.set(key, [...(byRoot.get(key) ?? []), position]);
    }
    return [...byRoot.values()].map((positions) => {
      const root = this.topmostBinding(positions[0]!);
      return { root, positions, compare: this.order(root, positions) };
    });
  }

  wish({ applicant, position }: Pair): number {
    return this.wishes.get(applicant)!.indexOf(position);
  }

  private order(root: Host | null, positions: readonly Position[]): Tree['compare'] {
    const [first] = positions;
    if (root ? !root.priorities : first!.scores && !first!.shares) return (x, y) => this.score(y) - this.score(x) || this.draw(x.applicant, y.applicant) || this.wish(x) - this.wish(y);
    const strict = root ? this.drawn(root.priorities!) : first!.scores ? this.byScore(first!) : this.drawn(first!.priorities ?? this.hostsAbove(first!).find(({ priorities }) => priorities)?.priorities ?? []);
    const place = new Map(this.called(strict, (root ?? first)!.shares ?? []).map((id, n) => [id, n]));
    return (x, y) => place.get(x.applicant)! - place.get(y.applicant)! || this.wish(x) - this.wish(y);
  }

  private score({ applicant, position }: Pair): number {
    return this.instance.positions.find(({ id }) => id === position)!.scores![applicant]!;
  }

  private byScore({ scores = {} }: Position): string[] {
    return Object.keys(scores).sort((a, b) => scores[b]! - scores[a]! || this.draw(a, b));
  }

  private drawn(list: Priorities): string[] {
    return list.flatMap((entry) => (typeof entry === 'string' ? [entry] : [...entry].sort((a, b) => this.draw(a, b))));
  }

  private draw(a: string, b: string): number {
    const number = (id: string): string => createHmac('sha256', this.instance.seed ?? '').update(id).digest('hex');
    return a === b ? 0 : number(a).localeCompare(number(b));
  }

  /** Step by step as it stands in the text. */
  private called(list: readonly string[], shares: readonly Share[]): string[] {
    const belongs = (id: string, { group }: Share): boolean => this.instance.applicants.find((each) => each.id === id)!.groups?.includes(group) ?? false;
    const order: string[] = [];
    const left = [...list];
    while (left.length > 0) {
      const binding = shares.filter((share) => left.some((id) => belongs(id, share)) && order.filter((id) => belongs(id, share)).length * 100 < share.percent * (order.length + 1));
      const next = left.find((id) => binding.every((share) => belongs(id, share))) ?? left.find((id) => belongs(id, binding[0]!))!;
      order.push(next);
      left.splice(left.indexOf(next), 1);
    }
    return order;
  }
}
